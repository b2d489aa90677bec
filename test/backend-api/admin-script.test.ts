import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RowDataPacket } from 'mysql2';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasMariaDb, type MariaDb, startMariaDb } from './mariadb.ts';
import { backend, runMigrations } from './service.ts';

const script = readFileSync(join(backend, 'database/users.sql'), 'utf8');

// What is not run here: RDS's plugin. MariaDB has none by that name, so that one clause is a password's instead.
const plugin = "IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'";
const password = 'of-a-test-only';
const here = script.replaceAll(plugin, `IDENTIFIED BY '${password}'`);

const rows = 'SELECT, INSERT, UPDATE, DELETE';
const schema = 'CREATE, DROP, REFERENCES, INDEX, ALTER';

describe('database/users.sql', () => {
  it('gives both users the plugin of RDS and asks them for TLS', () => {
    for (const user of ['app_user', 'migrator']) {
      expect(script).toContain(`CREATE USER IF NOT EXISTS '${user}'@'%' ${plugin};`);
      expect(script).toContain(`ALTER USER '${user}'@'%' REQUIRE SSL;`);
    }
  });

  describe.runIf(hasMariaDb)('on a MariaDB, but for the plugin', () => {
    let database: MariaDb;
    let owner: Connection;
    const open: Connection[] = [];

    beforeAll(async () => {
      database = await startMariaDb();
      owner = await database.connect();
      // As an environment is before the first time.
      await owner.query("drop database ridebooking; drop user 'app_user'@'%'");
      await owner.query(here);
    });
    afterAll(async () => {
      await Promise.all([...open, owner].map((connection) => connection?.end()));
      await database?.close();
    });

    const connectAs = async (user: string) => {
      const port = Number(database.settings.DB_PORT);
      const connection = await createConnection({
        host: '127.0.0.1',
        port,
        user,
        password,
        database: 'ridebooking',
      });
      open.push(connection);
      return connection;
    };
    const grantsOf = async (user: string) => {
      const [found] = await owner.query<RowDataPacket[]>(`show grants for '${user}'@'%'`);
      return found.map((row) => String(Object.values(row)[0]).replace(/ IDENTIFIED BY .*'/, ''));
    };

    it('lets nobody in without TLS', async () => {
      for (const user of ['app_user', 'migrator'])
        await expect(connectAs(user)).rejects.toMatchObject({ code: 'ER_ACCESS_DENIED_ERROR' });
    });

    it('may be run again, and changes nothing then', async () => {
      await owner.query('create table ridebooking.kept (id int); insert into ridebooking.kept values (1)');
      const before = await Promise.all(['app_user', 'migrator'].map(grantsOf));
      await owner.query(here);
      expect(await Promise.all(['app_user', 'migrator'].map(grantsOf))).toEqual(before);
      const [kept] = await owner.query('select id from ridebooking.kept');
      expect(kept).toEqual([{ id: 1 }]);
      await owner.query('drop table ridebooking.kept');
    });

    it('grants what stands in it, on this schema alone', async () => {
      const login = (user: string) => `GRANT USAGE ON *.* TO \`${user}\`@\`%\` REQUIRE SSL`;
      expect(await grantsOf('app_user')).toEqual([
        login('app_user'),
        `GRANT ${rows} ON \`ridebooking\`.* TO \`app_user\`@\`%\``,
      ]);
      expect(await grantsOf('migrator')).toEqual([
        login('migrator'),
        `GRANT ${rows}, ${schema} ON \`ridebooking\`.* TO \`migrator\`@\`%\``,
      ]);
    });

    it('lets migrator make the schema, and app_user only use it', async () => {
      // This MariaDB has no certificate.
      await owner.query("alter user 'app_user'@'%' require none; alter user 'migrator'@'%' require none");
      const as = (DB_USER: string) => ({ ...database.settings, DB_USER, DB_PASSWORD: password });
      expect(await runMigrations(as('app_user'))).toMatchObject({
        code: 1,
        output: expect.stringContaining('denied'),
      });
      expect(await runMigrations(as('migrator'))).toMatchObject({ code: 0 });
      const user = await connectAs('app_user');
      for (const statement of [
        'create table more (id int)',
        'drop table rides',
        'alter table profiles add more int',
        'truncate table rides',
        'create index more on profiles (phone)',
        'drop database ridebooking',
        'select * from mysql.user',
        "grant select on ridebooking.* to 'migrator'@'%'",
      ])
        await expect(user.query(statement), statement).rejects.toMatchObject({
          message: expect.stringContaining('denied'),
        });
      await user.query('delete from profiles');
      const migrator = await connectAs('migrator');
      for (const statement of ['create database more', "create user 'more'@'%'", 'select * from mysql.user'])
        await expect(migrator.query(statement), statement).rejects.toMatchObject({
          message: expect.stringContaining('denied'),
        });
    });
  });
});
