import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { awsClis, serveAwsCli } from '../aws-cli/aws-cli.ts';
import { has } from '../needs.ts';
import { bastion, startTestAccount } from '../sandbox/aws/test-account.ts';

export const infraScripts = join(import.meta.dirname, '../../infra/scripts');

/** An AWS CLI 2: Debian's first, for an older one may stand before it on the path, and to ask each takes a second. */
const awsCli2 = ['/usr/bin/aws', ...awsClis].find(
  (path) => existsSync(path) && /^aws-cli\/2/.test(String(spawnSync(path, ['--version']).stdout)),
);
export const hasAwsCli2 = has('the AWS CLI 2', awsCli2 !== undefined);

export interface Run {
  code: number;
  stdout: string;
  stderr: string;
}

interface Circumstances {
  /** What is typed; nothing by itself. */
  input?: string;
  env?: Record<string, string | undefined>;
}

/** Runs a script of infra/scripts in nobody's account: only `env` tells of one. */
export async function runScript(
  script: string,
  args: readonly string[] = [],
  { input = '', env = {} }: Circumstances = {},
): Promise<Run> {
  const aws = await serveAwsCli(awsCli2);
  const child = spawn('bash', [join(infraScripts, `${script}.sh`), ...args], {
    env: {
      PATH: `${aws.folder}${delimiter}${process.env.PATH}`,
      ...aws.env,
      HOME: '/nonexistent',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const ended = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

/** What the bot runs on: an instance in the same account, tagged like dev's others, but for its service. */
export const botInstance = 'i-0c4a7095000000001';

/** AWS's answer to DescribeInstances with that instance in it; any other answer as it is. */
function withBot(body: string): string {
  const [from, to] = [
    body.indexOf(`<item><reservationId>r-${bastion.slice(2)}`),
    body.indexOf('</reservationSet>'),
  ];
  if (from < 0) return body;
  const copy = body
    .slice(from, to)
    .replaceAll(bastion, botInstance)
    .replace('<value>bastion</value>', '<value>chatops</value>')
    .replace(/(?<=<name>)\w+(?=<\/name>)/, 'running');
  return body.slice(0, to) + copy + body.slice(to);
}

/** How much of AWS's time passes between one look of a script and its next. */
const lookMs = 240_000;

/** An account of its own, where time passes as the scripts look at instances and database, and the scripts before it. */
export async function standForScripts() {
  const standing = await startTestAccount();
  const door = createServer(async (incoming, outgoing) => {
    const { method, headers, url: path } = incoming;
    const sent = await text(incoming);
    if (/Action=Describe(DB)?Instances&/.test(sent)) standing.clock.advance(lookMs);
    const onward = ask(standing.endpoint, { method, headers, path }, async (answer) => {
      const body = withBot(await text(answer));
      outgoing
        .writeHead(answer.statusCode ?? 500, { 'content-type': answer.headers['content-type'] })
        .end(body);
    });
    onward.on('error', () => outgoing.destroy());
    onward.end(sent);
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(door.address() as AddressInfo).port}/aws`;
  return {
    ...standing,
    run: (script: string, args: readonly string[] = [], { input = '', env = {} }: Circumstances = {}) =>
      runScript(script, script === 'dev-status' ? args : [...args, '--every', '0.1'], {
        input,
        env: {
          AWS_ACCESS_KEY_ID: standing.credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: standing.credentials.secretAccessKey,
          D2_AWS_ARGS: `--endpoint-url ${endpoint}`,
          ...env,
        },
      }),
    changes: () => standing.account.ledger().map(({ action, targets }) => `${action} ${targets.join(' ')}`),
    async close(): Promise<void> {
      door.closeAllConnections();
      await new Promise((resolve) => door.close(resolve));
      await standing.close();
    },
  };
}
