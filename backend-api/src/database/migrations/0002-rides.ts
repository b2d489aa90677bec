import { type Kysely, sql } from 'kysely';

/**
 * Rides. The two virtual columns are unique: nobody rides or drives twice at a time, whoever asks at once.
 * (MariaDB takes no char column into a virtual one: what it holds would depend on the session's sql_mode.)
 * A deleted profile leaves its rides behind without a name.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table rides (
      id varchar(36) character set ascii collate ascii_bin not null,
      passenger_id varchar(36) character set ascii collate ascii_bin null,
      driver_id varchar(36) character set ascii collate ascii_bin null,
      status enum('REQUESTED', 'ACCEPTED', 'STARTED', 'COMPLETED', 'CANCELLED') not null default 'REQUESTED',
      pickup_latitude decimal(8, 6) not null,
      pickup_longitude decimal(9, 6) not null,
      pickup_address varchar(200) null,
      dropoff_latitude decimal(8, 6) not null,
      dropoff_longitude decimal(9, 6) not null,
      dropoff_address varchar(200) null,
      requested_at datetime(3) not null,
      accepted_at datetime(3) null,
      started_at datetime(3) null,
      completed_at datetime(3) null,
      cancelled_at datetime(3) null,
      cancelled_by enum('ADMIN', 'DRIVER', 'PASSENGER') null,
      riding varchar(36) character set ascii collate ascii_bin
        as (case when status in ('REQUESTED', 'ACCEPTED', 'STARTED') then passenger_id end) virtual,
      driving varchar(36) character set ascii collate ascii_bin
        as (case when status in ('ACCEPTED', 'STARTED') then driver_id end) virtual,
      primary key (id),
      unique key rides_riding (riding),
      unique key rides_driving (driving),
      key rides_requested_at (requested_at),
      key rides_passenger (passenger_id, requested_at),
      key rides_driver (driver_id, requested_at),
      key rides_status (status, requested_at),
      constraint rides_passenger_fk foreign key (passenger_id) references profiles (id),
      constraint rides_driver_fk foreign key (driver_id) references profiles (id)
    ) engine = innodb default character set utf8mb4 collate utf8mb4_unicode_520_ci`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table rides`.execute(db);
}
