import { type Kysely, sql } from 'kysely';

/** People, one row a Cognito user. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table profiles (
      id char(36) character set ascii not null,
      cognito_sub varchar(64) character set ascii not null,
      email varchar(254) not null,
      phone varchar(16) character set ascii null,
      full_name varchar(120) not null,
      role enum('ADMIN', 'DRIVER', 'PASSENGER') not null,
      created_at datetime(3) not null default current_timestamp(3),
      updated_at datetime(3) not null default current_timestamp(3) on update current_timestamp(3),
      primary key (id),
      unique key profiles_cognito_sub (cognito_sub),
      unique key profiles_email (email),
      key profiles_full_name (full_name),
      key profiles_role_created_at (role, created_at)
    ) engine = innodb default charset = utf8mb4`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table profiles`.execute(db);
}
