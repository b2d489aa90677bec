import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMariaDb } from '../../../sandbox/database/mariadb.ts';
import { run } from '../../run-program.ts';
import { until } from '../../until.ts';
import { codeOf, hasMariaDb, signToken, startTestDatabase, type TestDatabase } from './test-database.ts';

describe.runIf(hasMariaDb)("the sandbox's RDS, from start to end", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await startTestDatabase();
  });
  afterAll(() => db?.close());

  const count = async (connection: Connection) => {
    const [rows] = await connection.query<RowDataPacket[]>('select count(*) as n from entries');
    return rows[0]?.n;
  };
  const endOf = (connection: Connection) =>
    new Promise((resolve) => connection.on('error', ({ code }: { code?: string }) => resolve(code)));

  it('refuses connections before its first start', async () => {
    expect(await codeOf(db.asAdmin())).toBe('ECONNREFUSED');
  });

  it('starts, and starting it again is nothing', async () => {
    await Promise.all([db.database.start(), db.database.start()]);
    const admin = await db.asAdmin();
    await admin.query('create table entries (id int auto_increment primary key, content longblob)');
    await admin.query("insert into entries (content) values ('first')");
    await admin.end();
  });

  it('lets nobody else on the machine near it, and leaves no password about', async () => {
    expect((await stat(db.folder)).mode & 0o077).toBe(0);
    expect(existsSync(join(db.folder, 'setup.sql'))).toBe(false);
  });

  it('has MariaDB itself listen on its socket alone', async () => {
    const admin = await db.asAdmin();
    const [rows] = await admin.query<RowDataPacket[]>('select @@skip_networking as alone, @@port as port');
    expect(rows).toEqual([{ alone: 1, port: 0 }]);
    await admin.end();
  });

  it("marks its process as the sandbox's", async () => {
    const processes = await run('ps', ['axeww', '-o', 'command=']);
    const ours = processes.split('\n').filter((line) => line.includes(`D2_SANDBOX_FOLDER=${db.folder}`));
    expect(ours).toEqual([expect.stringContaining('mariadbd')]);
  });

  it('passes what is larger than a packet of the protocol, both ways', async () => {
    const connection = await db.withToken(await signToken());
    const content = randomBytes(2 ** 24 + 1);
    await connection.query('insert into entries (content) values (?)', [content]);
    const [rows] = await connection.query<RowDataPacket[]>(
      'select content from entries order by id desc limit 1',
    );
    expect(content.equals(rows[0]?.content)).toBe(true);
    await connection.end();
  });

  it('passes many rows', async () => {
    const connection = await db.withToken(await signToken());
    const [rows] = await connection.query<RowDataPacket[]>(
      'with recursive n (i) as (select 1 union all select i + 1 from n where i < 900) ' +
        "select a.i, repeat('x', 20) as x from n a join n b on b.i <= 50",
    );
    expect(rows.length).toBe(45_000);
    await connection.end();
  });

  it('serves fifty at once', async () => {
    const token = await signToken();
    const connections = await Promise.all(Array.from({ length: 50 }, () => db.withToken(token)));
    const answers = await Promise.all(
      connections.map((each, i) => each.query<RowDataPacket[]>('select ? as i, sleep(0.01)', [i])),
    );
    expect(answers.map(([rows]) => rows[0]?.i)).toEqual(connections.map((_, i) => i));
    await Promise.all(connections.map((each) => each.end()));
  });

  it("tells who is one too many what MariaDB says, and lets in the next when there's room", async () => {
    const opened: Connection[] = [];
    const codes = new Set<unknown>();
    const token = await signToken();
    for (let i = 0; i < 9; i += 1) {
      const some = await Promise.allSettled(Array.from({ length: 10 }, () => db.withToken(token)));
      for (const each of some)
        if (each.status === 'fulfilled') opened.push(each.value);
        else codes.add(each.reason.errno);
    }
    expect([...codes]).toEqual([1040]);
    await Promise.all(opened.map((each) => each.end()));
    await until(async () => expect(await codeOf(db.asAdmin())).toBe('let in'));
  });

  it.each(['stop', 'kill'] as const)(
    'cuts connections at a %s, refuses others, and comes back where it was',
    async (how) => {
      const { port } = db.database.tunnel;
      const connection = await db.withToken(await signToken());
      const before = await count(connection);
      const ended = endOf(connection);
      await db.database[how]();
      expect(await ended).toBe('PROTOCOL_CONNECTION_LOST');
      expect(await codeOf(db.asAdmin())).toBe('ECONNREFUSED');
      await db.database.start();
      expect(db.database.tunnel.port).toBe(port);
      const again = await db.withToken(await signToken());
      expect(await count(again)).toBe(before);
      await again.end();
    },
  );

  it('cuts who is at the door too', async () => {
    const socket = connect(db.database.tunnel).on('error', () => {});
    await new Promise((resolve) => socket.once('data', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await db.database.stop();
    await closed;
    await db.database.start();
  });

  it('closes its connections when MariaDB ends by itself, says so, and can be started', async () => {
    const admin = await db.asAdmin();
    const [rows] = await admin.query<RowDataPacket[]>('select @@pid_file as file');
    const ended = endOf(admin);
    process.kill(Number(await readFile(String(rows[0]?.file), 'utf8')), 'SIGKILL');
    await ended;
    await until(() => expect(db.lines.at(-1)).toContain('MariaDB has ended by itself'));
    await until(async () => expect(await codeOf(db.asAdmin())).toBe('ECONNREFUSED'));
    await db.database.start();
    expect(await codeOf(db.asAdmin())).toBe('let in');
  });

  it('leaves nothing behind', async () => {
    await db.database.close();
    expect(existsSync(db.folder)).toBe(false);
  });
});

describe.runIf(hasMariaDb)('a MariaDB that cannot start', () => {
  let around: string;
  beforeEach(async () => {
    around = await mkdtemp(join(tmpdir(), 'd2-'));
  });
  afterEach(() => rm(around, { recursive: true, force: true }));

  it('says why its data were not laid out, lays them out once it can, and gives its own last words', async () => {
    const folder = join(around, 'x');
    const mariaDb = await createMariaDb({ folder, setup: [] });
    await writeFile(join(folder, 'data'), 'in the way');
    await expect(mariaDb.start()).rejects.toThrow(/not laid out: .*data/s);
    await mariaDb.start();
    await mariaDb.stop();
    await writeFile(join(folder, 'data/ibdata1'), 'no tablespace');
    await expect(mariaDb.start()).rejects.toThrow(/MariaDB did not start: .*\[ERROR\]/s);
    await mariaDb.close();
  });

  it('names the statement of its set-up that fails', async () => {
    const mariaDb = await createMariaDb({ folder: join(around, 'x'), setup: ['create nonsense'] });
    await expect(mariaDb.start()).rejects.toThrow(/not laid out: .*create nonsense|nonsense/s);
    await mariaDb.close();
  });

  it('asks for a shorter path where its socket would not fit', async () => {
    const folder = join(around, 'x'.repeat(100));
    await expect(createMariaDb({ folder, setup: [] })).rejects.toThrow('set TMPDIR to a shorter one');
  });
});
