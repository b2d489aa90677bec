import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { connect as secureOver } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates } from '../../../sandbox/certificates.ts';
import { createProxy } from '../../../sandbox/database/proxy.ts';
import { hasAwsCli, runAws } from '../../aws-cli/aws-cli.ts';
import {
  codeOf,
  endpoint,
  hasMariaDb,
  masterPassword,
  person,
  region,
  signToken,
  startTestDatabase,
  type TestDatabase,
} from './test-database.ts';

const run = promisify(execFile);

describe.runIf(hasMariaDb)("connections to the sandbox's RDS", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await startTestDatabase();
    await db.database.start();
  });
  afterAll(() => db?.close());

  describe('in the clear', () => {
    it.each(['app_user', 'admin'])('refuses %s', async (user) => {
      const opening = db.open({ user, password: masterPassword, ssl: undefined });
      await expect(opening).rejects.toMatchObject({ errno: 3159, sqlState: 'HY000' });
    });
  });

  describe('the master user', () => {
    it('comes in by password, with the rights that RDS grants', async () => {
      const admin = await db.asAdmin();
      await admin.query('create table connections (id int primary key)');
      await admin.query("create user 'somebody'@'%' identified by 'else'");
      await admin.query("grant select on ridebooking.* to 'somebody'@'%'");
      await expect(admin.query('set global max_connections = 5')).rejects.toMatchObject({ errno: 1227 });
      // It would ask for the proxy's own user on this machine, whoever connects.
      const plugin = "create user 'x'@'%' identified via unix_socket";
      await expect(admin.query(plugin)).rejects.toMatchObject({ errno: 1524 });
      await expect(admin.query("select 'x' into outfile '/tmp/d2-never'")).rejects.toMatchObject({
        errno: 1227,
      });
      await admin.end();
    });

    it.each(['', 'wrong', `${masterPassword} `])('does not come in by "%s"', async (password) => {
      expect(await codeOf(db.asAdmin({ password }))).toBe(1045);
    });

    it('does not come in by token, nor does anybody unknown', async () => {
      const token = await signToken({ username: 'admin' });
      expect(await codeOf(db.withToken(token, { user: 'admin' }))).toBe(1045);
      expect(await codeOf(db.asAdmin({ user: 'root', password: '' }))).toBe(1045);
      expect(await codeOf(db.asAdmin({ user: '', password: '' }))).toBe(1045);
    });

    it('hears of an unknown database', async () => {
      expect(await codeOf(db.asAdmin({ database: 'nowhere' }))).toBe(1049);
    });
  });

  describe("the server's certificate", () => {
    it('is refused by whoever trusts another authority', async () => {
      const { ca } = await makeCertificates(endpoint.host);
      const opening = db.asAdmin({ ssl: { ca, verifyIdentity: true } });
      await expect(opening).rejects.toMatchObject({ code: 'HANDSHAKE_SSL_ERROR' });
    });

    it('is refused by whoever means another host', async () => {
      expect(await codeOf(db.asAdmin({ host: 'another.rds.amazonaws.com' }))).toMatch(/SSL|TLS/);
    });
  });

  describe("MariaDB's own client", () => {
    const query = 'select current_user(), database()';
    const ask = async (user: string, password: string, ...more: string[]) => {
      const ca = join(db.folder, 'ca.pem');
      await writeFile(ca, db.database.ca);
      const reach = ['--no-defaults', '-h', '127.0.0.1', '-P', String(db.database.tunnel.port), '-u', user];
      const rest = [`-p${password}`, '-D', 'ridebooking', '-N', '-e', query, ...more];
      const { stdout } = await run('mariadb', [...reach, `--ssl-ca=${ca}`, ...rest]);
      return stdout.trim();
    };

    it.each([[[]], [['--compress']]])('comes in with a token %o', async (more: string[]) => {
      expect(await ask('app_user', await signToken(), ...more)).toBe('app_user@%\tridebooking');
    });

    it('comes in with the master password', async () => {
      expect(await ask('admin', masterPassword)).toBe('admin@%\tridebooking');
    });

    it('hears a refusal as from RDS', async () => {
      const token = await signToken({ username: 'admin' });
      await expect(ask('app_user', token)).rejects.toThrow(
        "ERROR 1045 (28000): Access denied for user 'app_user'@'127.0.0.1' (using password: YES)",
      );
    });
  });

  it.skipIf(!hasAwsCli)("takes what AWS's own command line signs", async () => {
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: person.accessKeyId,
      AWS_SECRET_ACCESS_KEY: person.secretAccessKey,
    };
    const place = ['--hostname', endpoint.host, '--port', String(endpoint.port), '--region', region];
    const args = ['rds', 'generate-db-auth-token', ...place, '--username', 'app_user'];
    const signed = await runAws(args, env);
    expect(await codeOf(db.withToken(signed.trim()))).toBe('let in');
  });

  describe('strangers', () => {
    /** Everything it hears until the end, having said these. */
    async function say(...bytes: Buffer[]): Promise<Buffer> {
      const socket = connect(db.database.tunnel);
      const received: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => received.push(chunk)).on('error', () => {});
      for (const each of bytes) socket.write(each);
      await once(socket, 'close');
      return Buffer.concat(received);
    }
    const packet = (sequence: number, body: Buffer) =>
      Buffer.concat([Buffer.of(body.length & 0xff, body.length >> 8, 0, sequence), body]);
    const sslRequest = Buffer.alloc(32);
    sslRequest.writeUInt32LE(0x0008_aa00);

    it.each([
      ['HTTP', Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n')],
      ['a packet that is too long', Buffer.of(0xff, 0xff, 0xff, 1)],
      ['a packet out of order', packet(7, sslRequest)],
      ['noise', Buffer.concat([Buffer.of(200, 0, 0, 1), Buffer.alloc(200, 'noise')])],
      ['an empty packet', packet(1, Buffer.alloc(0))],
      ['noise for TLS', Buffer.concat([packet(1, sslRequest), Buffer.of(22), Buffer.alloc(500, 'noise')])],
    ])('who send %s are shown out', async (_, bytes) => {
      expect((await say(bytes)).subarray(4, 5)).toEqual(Buffer.of(10));
      expect(await codeOf(db.asAdmin())).toBe('let in');
    });

    describe('inside TLS', () => {
      const flags = Buffer.alloc(32);
      flags.writeUInt32LE(0x0028_aa08);
      const login = Buffer.concat([
        flags,
        Buffer.from('app_user\0'),
        Buffer.of(3, 1, 2, 3),
        Buffer.from('ridebooking\0mysql_native_password\0'),
      ]);

      /** The first packet that answers the login. */
      async function logInWith(...bytes: Buffer[]): Promise<Buffer> {
        const socket = connect(db.database.tunnel);
        await once(socket, 'data');
        socket.write(packet(1, sslRequest));
        const secure = secureOver({ socket, servername: endpoint.host, ca: db.database.ca });
        for (const each of bytes) secure.write(each);
        const [answer] = await once(secure, 'data');
        secure.destroy();
        return answer;
      }
      const isBadHandshake = (answer: Buffer) =>
        answer[4] === 0xff && answer.readUInt16LE(5) === 1043 && answer.toString().endsWith('Bad handshake');

      it('hear that their login is cut short, wherever it is', async () => {
        const whole = await logInWith(packet(2, login));
        expect(whole.subarray(5).toString()).toBe('mysql_clear_password\0\0');
        for (let length = 0; length < login.length; length += 1) {
          const answer = await logInWith(packet(2, login.subarray(0, length)));
          expect(isBadHandshake(answer), `${length} bytes`).toBe(true);
        }
      });

      it.each([
        ['of before MySQL 4.1', Buffer.concat([Buffer.alloc(4), login.subarray(4)])],
        [
          'whose proof is said to be longer than the packet',
          Buffer.concat([login.subarray(0, 41), Buffer.of(0xfc, 0xff, 0xff)]),
        ],
        [
          'whose proof has a length of 8 bytes',
          Buffer.concat([login.subarray(0, 41), Buffer.of(0xfe, 3, 0, 0, 0, 0, 0, 0, 0), login.subarray(42)]),
        ],
      ])('hear that a login %s is none', async (_, body) => {
        expect(isBadHandshake(await logInWith(packet(2, body)))).toBe(true);
      });

      it('hear that a packet is out of order or too long', async () => {
        expect(isBadHandshake(await logInWith(packet(3, login)))).toBe(true);
        expect(isBadHandshake(await logInWith(Buffer.of(0xff, 0xff, 0xff, 2)))).toBe(true);
      });
    });

    it('who write into the log write one line, of what can be printed', async () => {
      db.lines.length = 0;
      const token = (await signToken()).replace(/^[^:]+/, `\x1b[31m\n${'x'.repeat(1_000)}`);
      expect(await codeOf(db.withToken(token))).toBe(1045);
      expect(db.lines).toEqual([
        expect.stringMatching(/^127.0.0.1: the token of app_user: it is for \?\[31m\?x+$/),
      ]);
      expect(db.lines[0]?.length).toBeLessThanOrEqual(300);
    });

    it('who say nothing are shown out when their time is up, even where MariaDB is silent', async () => {
      const closed: Promise<unknown>[] = [];
      const silent = createServer((socket) => closed.push(once(socket.resume(), 'close')));
      silent.listen(join(db.folder, 'silent'));
      const { cert, key } = await makeCertificates(endpoint.host);
      const proxy = await createProxy({
        upstream: join(db.folder, 'silent'),
        tls: { cert, key },
        endpoint,
        region,
        credentialOf: () => undefined,
        now: () => new Date(),
        iamUsers: [],
        log: () => {},
        loginMs: 50,
      });
      await proxy.open();
      await once(connect(proxy.port, '127.0.0.1'), 'close');
      const hasty = connect(proxy.port, '127.0.0.1');
      await once(silent, 'connection');
      hasty.resetAndDestroy();
      await Promise.all(closed);
      await proxy.close();
      silent.close();
    });

    it('who go away at any point leave the others alone', async () => {
      const socket = connect(db.database.tunnel);
      await once(socket, 'data');
      socket.end();
      const other = connect(db.database.tunnel);
      await once(other, 'data');
      other.write(packet(1, sslRequest));
      other.resetAndDestroy();
      const refused = connect(db.database.tunnel);
      await once(refused, 'data');
      refused.write(packet(1, Buffer.alloc(40)));
      await once(refused, 'data');
      refused.resetAndDestroy();
      const inside = connect(db.database.tunnel);
      await once(inside, 'data');
      inside.write(packet(1, sslRequest));
      const secure = secureOver({ socket: inside, servername: endpoint.host, ca: db.database.ca });
      secure.on('error', () => {}).write(packet(2, Buffer.alloc(40)));
      await once(secure, 'data');
      inside.resetAndDestroy();
      expect(await codeOf(db.asAdmin())).toBe('let in');
    });
  });
});
