import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'd2-terminal-'));
const session = 'arn:aws:sts::000011112222:assumed-role/D2Viewer/omar@example.com';
let sts: Server;
let endpoint = '';
let answer: { status: number; body: string };
/** How often AWS was asked. */
let asked = 0;

// Nothing of AWS but the caller's identity, and how it refuses a token that expired.
const identity = {
  status: 200,
  body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${session}</Arn><UserId>AROA:omar</UserId><Account>000011112222</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
};
const expired = {
  status: 403,
  body: '<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error></ErrorResponse>',
};

beforeAll(async () => {
  sts = createServer((_, response) => {
    asked += 1;
    response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body);
  });
  await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
  const address = sts.address();
  endpoint = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  writeFileSync(
    join(folder, 'd2.yaml'),
    `app: A0D2CHATOPS
project: d2-ride-booking
region: ap-southeast-1
timezone: Asia/Kuala_Lumpur
environments:
  dev:
    channel: C0OPS
    protected: false
    roles:
      viewer: { aws: ['arn:aws:sts::000011112222:assumed-role/D2Viewer/*'] }
  prod: { channel: C0OPS, roles: {} }
services: { backend-api: {} }
`,
  );
});
afterAll(() => {
  sts.close();
  rmSync(folder, { recursive: true });
});

interface Run {
  words: string[];
  as?: typeof identity;
  /** Closes the answer's reader at once, as `| head` would. */
  closed?: boolean;
}

async function d2({ words, as = identity, closed = false }: Run) {
  answer = as;
  const child = spawn(
    process.execPath,
    [join(root, 'bin/d2.cjs'), '--config', join(folder, 'd2.yaml'), ...words],
    {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        AWS_ENDPOINT_URL: endpoint,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let out = '';
  let err = '';
  if (closed) child.stdout.destroy();
  else child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { code, out, err };
}

describe('d2 as a process', () => {
  it('takes its caller from STS, and the role from d2.yaml’s ARNs', async () => {
    const { code, out, err } = await d2({ words: ['whoami', '--json'] });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { state, message, data } = JSON.parse(out);
    expect(state).toBe('done');
    expect(message).toContain('omar@example.com');
    expect(data.environments).toMatchObject([
      { name: 'dev', role: 'viewer' },
      { name: 'prod', role: null },
    ]);
  });

  it('refuses whom the environment does not list, and says what to write where', async () => {
    const { code, out } = await d2({ words: ['status', 'prod'] });
    expect(code).toBe(1);
    expect(out).toContain('needs viewer');
    expect(out).toContain(`${session} to environments.prod.roles.viewer.aws`);
  });

  it('says in a sentence that credentials expired, and what to do', async () => {
    const { code, out } = await d2({ words: ['status'], as: expired });
    expect(code).toBe(1);
    expect(out).toContain('expired');
    expect(out).toContain('aws sso login');
  });

  it('helps with every command, and does not ask AWS who wants to know', async () => {
    const before = asked;
    const { code, out } = await d2({ words: ['help'], as: expired });
    expect({ code, asked }).toEqual({ code: 0, asked: before });
    expect(out).toContain('pm2 …');
    expect(out).toContain('d2 whoami tells what you may run');
  });

  it('ends as it should when nobody reads its answer', async () => {
    expect(await d2({ words: ['whoami'], closed: true })).toEqual({ code: 0, out: '', err: '' });
  });

  it.each([
    [['stauts'], 'Did you mean status?'],
    [['status', '--colour'], 'has no --colour'],
    [['status', 'mars'], 'mars'],
  ])('answers %j with exit code 2', async (words, told) => {
    const { code, out } = await d2({ words });
    expect(code).toBe(2);
    expect(out).toContain(told);
  });
});
