import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { migrations } from '../../backend-api/src/database/migrations/index.ts';
import { hasMariaDb, type MariaDb, startMariaDb } from './mariadb.ts';
import { backend, runMigrations } from './service.ts';

it('knows every file of the migrations by its name', () => {
  const files = readdirSync(join(backend, 'src/database/migrations')).filter((name) => /^\d/.test(name));
  expect(Object.keys(migrations)).toEqual(files.map((name) => name.replace('.ts', '')).sort());
});

describe.skipIf(!hasMariaDb)('npm run migrate', () => {
  let database: MariaDb;
  beforeAll(async () => {
    database = await startMariaDb();
  });
  afterAll(() => database?.close());

  const migrate = (settings: Record<string, string> = database.adminSettings) => runMigrations(settings);

  it('names what refuses it, for whoever may not change the schema or can not get there', async () => {
    const denied = await migrate(database.settings);
    expect(denied).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^Not migrated: CREATE command denied/),
    });
    const wrong = await migrate({ ...database.adminSettings, DB_PASSWORD: 'wrong' });
    expect(wrong).toMatchObject({ code: 1, output: expect.stringContaining('ER_ACCESS_DENIED_ERROR') });
    const nowhere = await migrate({ ...database.adminSettings, DB_PORT: '1' });
    expect(nowhere).toMatchObject({ code: 1, output: expect.stringContaining('ECONNREFUSED') });
  });

  it('does each once, however many do so at once, and then finds nothing to do', async () => {
    const all = await Promise.all([migrate(), migrate(), migrate()]);
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
    const said = all.map(({ output }) => output).sort();
    const nothing = 'The schema is up to date.\n';
    expect(said).toEqual(['0001-profiles: done\n0002-rides: done\n', nothing, nothing]);
    expect(await migrate()).toEqual({ code: 0, output: nothing });
  });

  it('ends when the database goes away while it waits for its turn', async () => {
    const stopped = await startMariaDb();
    onTestFinished(() => stopped.close());
    const other = await stopped.connect();
    other.on('error', () => {});
    await other.query("select get_lock('ea586330-2c93-47c8-908d-981d9d270f9d', 1)");
    const waiting = migrate(stopped.adminSettings);
    const states = async () => JSON.stringify(await other.query('show processlist'));
    await expect.poll(states).toContain('User lock');
    await stopped.stop('SIGKILL');
    expect(await waiting).toMatchObject({ code: 1, output: expect.stringMatching(/^Not migrated: /) });
  });

  it('records what it did, and what must be unique is', async () => {
    const owner = await database.connect();
    const [done] = await owner.query('select name from kysely_migration order by name');
    const [keys] = await owner.query(
      `select distinct index_name as name from information_schema.statistics
       where table_schema = database() and table_name in ('profiles', 'rides') and non_unique = 0`,
    );
    await owner.end();
    expect(done).toEqual([{ name: '0001-profiles' }, { name: '0002-rides' }]);
    const names = (keys as { name: string }[]).map(({ name }) => name);
    for (const name of ['profiles_cognito_sub', 'profiles_email', 'rides_riding', 'rides_driving'])
      expect(names).toContain(name);
  });
});
