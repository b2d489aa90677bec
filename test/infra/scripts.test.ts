import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StopInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, type TestContext, test } from 'vitest';
import { isSoaking } from '../rounds.ts';
import { mustSucceed, run, runToEnd, silent } from '../run-program.ts';
import { backend, bastion, database } from '../sandbox/aws/test-account.ts';
import { hasShellcheck } from '../shellcheck.ts';
import { callsOf } from './script-calls.ts';
import { botInstance, hasAwsCli2, infraScripts, runScript, standForScripts } from './script-runs.ts';

const filesEnding = (end: string) => readdirSync(infraScripts).filter((name) => name.endsWith(end));
const source = (name: string) => readFileSync(join(infraScripts, name), 'utf8');

async function stand({ onTestFinished }: TestContext) {
  const standing = await standForScripts();
  onTestFinished(standing.close);
  return standing;
}

/** The table of dev-status: mark, what, state. */
const tableOf = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => [line.slice(0, 5).trim(), line.slice(6, 19).trim(), line.slice(20, 32).trim()].join(' '));

function listRarerTroubles(): void {
  test('a database that is busy is waited for, and a stop whose answer is lost is looked at, not taken for refused', async (context) => {
    const { run, changes, account } = await stand(context);
    account.disturb({ what: 'rds-busy', state: 'backing-up', minutes: 30 });
    account.setFaults([{ action: 'StopDBInstance', kind: 'reset', phase: 'after', times: 1 }]);
    const { stdout } = mustSucceed(await run('dev-stop', ['--yes']));
    expect(stdout).toMatch(/database backing-up[\s\S]*database stopping[\s\S]*dev is stopped\./);
    expect(changes()).toEqual([`StopInstances ${backend} ${bastion}`, `StopDBInstance ${database}`]);
  });

  test('a load balancer that sends plain HTTP to HTTPS is not asked for health, and is well', async (context) => {
    const { run, account } = await stand(context);
    account.disturb({ what: 'https' });
    const { code, stdout, stderr } = await run('dev-status');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(tableOf(stdout).slice(-2)).toEqual(['ok target healthy', 'off health not asked']);
    expect(stdout).not.toMatch(/^bad/m);
    expect(stdout).toMatch(/no listener serves plain HTTP, and the certificate is for another name$/m);
  });

  test('where there is nothing, the status says so, and start says what to look at', async (context) => {
    const { run, account } = await stand(context);
    account.disturb({ what: 'empty' });
    const [status, start] = await Promise.all([run('dev-status'), run('dev-start')]);
    expect(status).toMatchObject({ code: 0, stderr: '' });
    expect(tableOf(status.stdout)).toEqual(
      ['instances', 'database', 'NAT gateway', 'endpoint', 'load balancer'].map((what) => `off ${what} none`),
    );
    expect(start.code).toBe(1);
    expect(start.stderr).toMatch(
      /^Nothing is here that belongs to dev of d2-ride-booking\.\nNext: check --region/,
    );
  });

  test('nothing is stopped before somebody typed dev', async (context) => {
    const { run, changes } = await stand(context);
    const { code, stderr } = await run('dev-stop', [], { input: 'yes\n' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/Nothing was stopped\.\nNext: answer dev, or give --yes\.\n$/);
    expect(changes()).toEqual([]);
  });

  test('a database that stays busy past the deadline is left to a later run', async (context) => {
    const { run, changes, account, clients } = await stand(context);
    await clients.ec2.changing.send(new StopInstancesCommand({ InstanceIds: [backend, bastion] }));
    account.disturb({ what: 'rds-busy', state: 'modifying', minutes: 10_000 });
    const { code, stderr } = await run('dev-stop', ['--yes', '--deadline', '0']);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'After 0 minutes the database is modifying.\nNext: run this again once dev-status.sh says that it is available; what is stopped stays so.\n',
    );
    expect(changes()).toHaveLength(1);
  });

  test('a broken database is not waited for', async (context) => {
    const { run, account, changes } = await stand(context);
    account.disturb({ what: 'rds-busy', state: 'storage-full', minutes: 10_000 });
    const { code, stderr } = await run('dev-start');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^The database is storage-full, which a start does not mend\.\nNext: read its events/,
    );
    expect(changes()).toEqual([]);
  });

  test('a stop that AWS refuses says what stands and who can help', async (context) => {
    const { run, account, changes } = await stand(context);
    account.setFaults([{ action: 'StopDBInstance', kind: 'deny' }]);
    const { code, stderr } = await run('dev-stop', ['--yes']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^The database would not stop and is available: .*not authorized.*\nNext: ask an admin/,
    );
    expect(changes()).toEqual([`StopInstances ${backend} ${bastion}`]);
  });

  test('agents that stay away end the wait with the road they miss', async (context) => {
    const { run, account, changes } = await stand(context);
    account.disturb({ what: 'agent-offline', instance: backend });
    const { code, stderr } = await run('dev-start', ['--deadline', '0']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      `After 0 minutes SSM does not reach ${backend}.\nNext: see that enable_nat_gateway`,
    );
    expect(changes()).toEqual([]);
  });
}

describe.skipIf(!hasAwsCli2).concurrent('the scripts in a real shell, with the real AWS CLI', () => {
  test('stop and start dev in the order of dependence, wait for both, and leave alone what the bot runs on', async (context) => {
    const { run, changes, account } = await stand(context);
    const stopped = await run('dev-stop', [], { input: 'dev\n' });
    expect(stopped).toMatchObject({ code: 0, stderr: '' });
    expect(stopped.stdout).not.toContain(botInstance);
    expect(stopped.stdout).toContain(`Stop ${backend} ${bastion} ${database}? type dev:`);
    expect(stopped.stdout).toContain('dev is stopped.');
    expect(stopped.stdout).toContain(
      'storage, backups, the NAT gateway, the interface endpoints, the load balancer',
    );
    expect(stopped.stdout).toMatch(/AWS starts the database by itself 7 days after its stop \(20\d\d-/);
    const stops = [`StopInstances ${backend} ${bastion}`, `StopDBInstance ${database}`];
    expect(changes()).toEqual(stops);
    const states = () =>
      account
        .resources()
        .filter(({ kind }) => kind === 'ec2' || kind === 'rds')
        .map(({ state }) => state);
    expect(states()).toEqual(['stopped', 'stopped', 'stopped']);

    const again = await run('dev-stop');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).not.toContain('type dev');
    expect(changes()).toEqual(stops);

    const started = await run('dev-start');
    expect(started).toMatchObject({ code: 0, stderr: '' });
    expect(started.stdout).toContain('dev is up.');
    expect(changes()).toEqual([
      ...stops,
      `StartDBInstance ${database}`,
      `StartInstances ${backend} ${bastion}`,
    ]);
    expect(states()).toEqual(['running', 'running', 'available']);
    expect(started.stdout).toMatch(
      /database available[\s\S]*backend-api running, bastion running[\s\S]*SSM agents online/,
    );
  });

  test('the status of a dev that is well, then with an agent that is gone and a source that may not be read', async (context) => {
    const { run, account, machine } = await stand(context);
    const well = await run('dev-status');
    expect(well).toMatchObject({ code: 0, stderr: '' });
    expect(tableOf(well.stdout)).toEqual([
      'ok backend-api running',
      'ok bastion running',
      'ok database available',
      'ok NAT gateway available',
      'ok endpoint available',
      'ok endpoint available',
      'ok endpoint available',
      'ok load balancer active',
      'ok target healthy',
      'ok health 200',
    ]);
    expect(well.stdout).toContain(`d2-ride-booking-dev-backend      ${backend} 10.20.11.24, SSM online`);
    expect(well.stdout).toContain(`${database}.`);

    account.disturb({ what: 'agent-offline', instance: bastion });
    account.disturb({ what: 'rds-busy', state: 'backing-up', minutes: 10_000 });
    account.setFaults([{ action: 'DescribeNatGateways', kind: 'deny' }]);
    machine.health = 500;
    const ill = await run('dev-status');
    expect(ill.code).toBe(1);
    const table = tableOf(ill.stdout);
    expect(table.slice(0, 2)).toEqual(['bad bastion running', 'bad NAT gateway unknown']);
    expect(table).toContainEqual(expect.stringMatching(/^bad health 50[03]$/));
    expect(table.indexOf('wait database backing-up')).toBeGreaterThan(
      table.findLastIndex((row) => row.startsWith('bad')),
    );
    expect(table.indexOf('wait database backing-up')).toBeLessThan(
      table.findIndex((row) => row.startsWith('ok')),
    );
    expect(ill.stdout).toContain('SSM does not reach it');
    expect(ill.stderr).toMatch(/^Not everything could be read\.\nNext: /);
    expect(account.ledger()).toEqual([]);
  });

  // Every start of the AWS CLI takes a second of a processor: the rarer troubles are for `npm run soak`.
  if (isSoaking) listRarerTroubles();

  test('who is not signed in, or comes without AWS CLI 2, is told what to do', async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'd2-path-'));
    context.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    for (const tool of ['bash', 'dirname', 'mktemp', 'rm', 'tr'])
      symlinkSync((await run('which', [tool])).trim(), join(folder, tool));
    const old = join(folder, 'old');
    mkdirSync(old);
    writeFileSync(
      join(old, 'aws'),
      '#!/bin/sh\necho aws-cli/1.45.11 Python/3.11.7 Linux/6.18 botocore/1.43.11\n',
    );
    chmodSync(join(old, 'aws'), 0o755);
    const runs = await Promise.all([
      runScript('dev-status', [], { env: { AWS_DEFAULT_REGION: 'ap-southeast-1' } }),
      runScript('dev-stop', [], { env: { AWS_PROFILE: 'nobody' } }),
      runScript('dev-start', [], { env: { PATH: folder } }),
      runScript('dev-start', [], { env: { PATH: `${old}:${process.env.PATH}` } }),
      runScript('dev-status', [], {
        env: {
          AWS_ACCESS_KEY_ID: 'a',
          AWS_SECRET_ACCESS_KEY: 'b',
          AWS_MAX_ATTEMPTS: '1',
          D2_AWS_ARGS: '--endpoint-url http://127.0.0.1:1',
        },
      }),
    ]);
    expect(runs.map(({ code }) => code)).toEqual([1, 1, 1, 1, 1]);
    expect(runs.map(({ stderr }) => stderr.replace(/\n$/, '').split('\n'))).toEqual([
      [
        expect.stringContaining('Unable to locate credentials'),
        expect.stringMatching(/^Next: sign in .*AWS_PROFILE/),
      ],
      [expect.stringContaining('(nobody) could not be found'), expect.stringMatching(/^Next: sign in/)],
      ['There is no AWS CLI here.', expect.stringMatching(/^Next: install version 2: https:/)],
      [
        'AWS CLI 2 is needed, and this is aws-cli/1.45.11.',
        expect.stringMatching(/^Next: install version 2/),
      ],
      [expect.stringContaining('Could not connect'), expect.stringMatching(/^Next: check the network/)],
    ]);
  });
});

test.each([
  ['dev-stop', ['prod'], 'These scripts know dev alone, not prod.'],
  ['dev-start', ['prod'], 'These scripts know dev alone, not prod.'],
  ['dev-stop', ['dev', 'dev'], 'dev is said twice.'],
  ['dev-start', ['--yes'], 'There is no option --yes here.'],
  ['dev-status', ['--every', '3'], 'There is no option --every here.'],
  ['dev-stop', ['--force'], 'There is no option --force.'],
  ['dev-stop', ['--region'], '--region needs a value.'],
  ['dev-stop', ['--project', "x' || 'a'=='a"], "--project can't be x' || 'a'=='a."],
  ['dev-stop', ['--deadline', '1.5'], '--deadline takes whole minutes.'],
  ['dev-stop', ['--every', 'often'], '--every takes seconds.'],
])('%s %j is refused before anything is asked of AWS', async (script, args, sentence) => {
  const { code, stdout, stderr } = await runScript(script, args, { env: { PATH: process.env.PATH } });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(`${sentence}\nNext: see `);
});

test.each(['dev-status', 'dev-start', 'dev-stop'])(
  '%s --help tells every option that it takes',
  async (script) => {
    const { stdout } = mustSucceed(await runScript(script, ['--help'], { env: { PATH: process.env.PATH } }));
    for (const word of ['Usage: ', '--region', '--project', 'AWS_PROFILE', 'D2_AWS_ARGS', 'Exit codes'])
      expect(stdout).toContain(word);
    expect(stdout.includes('--deadline')).toBe(script !== 'dev-status');
    expect(stdout.includes('--yes')).toBe(script === 'dev-stop');
  },
);

test.skipIf(!hasShellcheck)('shellcheck finds nothing in the Bash scripts', async () => {
  expect(await runToEnd('shellcheck', ['-x', ...filesEnding('.sh')], { cwd: infraScripts })).toEqual(silent);
});

/** What Bash 3.2 or macOS's tools lack; shellcheck knows nothing of either. */
const tooNew: Readonly<Record<string, RegExp>> = {
  'mapfile and readarray': /\b(mapfile|readarray)\b/,
  'associative arrays, namerefs': /\b(declare|local|typeset) -\w*[Ang]/,
  'case of a variable': /\$\{\w+(\^|,)/,
  transformations: /\$\{\w+@\w\}/,
  'negative indices and lengths': /\$\{\w+(\[-|:[^}]*:\s*-)/,
  '|& and &>>': /\|&|&>>/,
  coproc: /\bcoproc\b/,
  'printf of a time': /printf.*%\(/,
  '[[ -v ]]': /\[\[? -v /,
  'wait -n': /\bwait -n\b/,
  'fractions in read -t': /\bread\b.* -t ?\d*\.\d/,
  'variables of Bash 4 and 5': /\$\{?(EPOCH\w+|BASHPID|SRANDOM)/,
  ';& and ;;&': /;;?&/,
  'GNU tools': /\b(readlink -f|realpath|date -d|sed -i|sort -V|grep -P|timeout \d|tac|nproc|column)\b/,
  'case within $( )': /\$\([^)\n]*\bcase\b/,
};
test.each(filesEnding('.sh'))('%s keeps to what macOS has', (name) => {
  const code = source(name).replace(/^\s*#.*$/gm, '');
  const found = Object.entries(tooNew)
    .filter(([, pattern]) => pattern.test(code))
    .map(([what]) => what);
  expect(found).toEqual([]);
});

test.each(['dev-status', 'dev-start', 'dev-stop'])(
  '%s asks AWS the same in PowerShell, in the same order',
  (script) => {
    const bash = callsOf(script, 'bash');
    expect(bash.length).toBeGreaterThan(5);
    expect(bash.join('\n')).toContain('ec2 describe-instances --filters Name=tag:Project,Values=$project');
    expect(callsOf(script, 'powershell')).toEqual(bash);
  },
);

test.each(filesEnding('.ps1'))('%s says that it was never run where it was written', (name) => {
  expect(source(name).split('\n').slice(0, 6).join('\n')).toMatch(/never run where it was written/);
  expect(filesEnding('.sh')).toContain(name.replace('.ps1', '.sh'));
});
