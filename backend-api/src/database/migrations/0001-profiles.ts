import { type Kysely, sql } from 'kysely';

/**
 * People, one row a Cognito user. Both MySQL 8 and MariaDB know these collations, where their default ones differ:
 * addresses are equal only byte by byte, names are searched without regard to case.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table profiles (
      id varchar(36) character set ascii collate ascii_bin not null,
      cognito_sub varchar(64) character set ascii collate ascii_bin not null,
      email varchar(254) collate utf8mb4_bin not null,
      phone varchar(16) collate utf8mb4_bin null,
      full_name varchar(120) not null,
      role enum('ADMIN', 'DRIVER', 'PASSENGER') not null,
      created_at datetime(3) not null,
      updated_at datetime(3) not null,
      primary key (id),
      unique key profiles_cognito_sub (cognito_sub),
      unique key profiles_email (email),
      key profiles_created_at (created_at),
      key profiles_role_created_at (role, created_at)
    ) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_520_ci`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table profiles`.execute(db);
}
