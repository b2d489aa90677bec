import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wantsColor } from '../../src/config/config.ts';
import { faults, faultsOf, folder, read, readBot, readTerminal, tokens, write } from './reading.ts';

const root = join(import.meta.dirname, '../..');

const good = `app: A0D2CHATOPS
project: d2-ride-booking
region: ap-southeast-1
timezone: Asia/Kuala_Lumpur
environments:
  prod:
    channel: C0PROD
    roles:
      admin: { slack: [U0ADA] }
  dev:
    channel: C0OPS
    protected: false
    roles:
      viewer: { slack: [U0VERA] }
      operator:
        slack: [U0OMAR, S0OPERATORS]
        aws: ['arn:aws:sts::000011112222:assumed-role/D2Operator/*']
services:
  backend-api:
    pm2: api
    logs: { dev: /aws/ec2/dev-d2-ride-booking-backend }
`;

describe('a good configuration', () => {
  it('gives the bot its words, its settings and its grants', () => {
    const config = read(good);
    expect(config.vocabulary).toEqual({
      environments: ['prod', 'dev'],
      defaultEnvironment: 'dev',
      services: ['backend-api'],
    });
    expect(config.grants.dev?.operator).toEqual({
      people: ['U0OMAR'],
      groups: ['S0OPERATORS'],
      arns: ['arn:aws:sts::000011112222:assumed-role/D2Operator/*'],
    });
    expect(config.grants.prod?.operator).toEqual({ people: [], groups: [], arns: [] });
    expect(config.environments.get('dev')?.settings.services[0]).toMatchObject({
      pm2: 'api',
      logGroup: '/aws/ec2/dev-d2-ride-booking-backend',
    });
    expect(config.environments.get('prod')?.settings.services[0]?.logGroup).toBeUndefined();
    expect(config.channels).toEqual(['C0PROD', 'C0OPS']);
    expect(config.slack).toEqual({
      botToken: 'xoxb-sandbox-bot',
      appToken: 'xapp-sandbox-app',
      apiUrl: undefined,
    });
  });

  it('protects an environment that does not say otherwise', () => {
    expect(read(good).environments.get('prod')?.settings.protected).toBe(true);
  });

  it('has the region’s prices, under those of the file', () => {
    const prices = read(
      `${good}prices:\n  instances: { t3.small: 0.03 }\n  balancer: 0.02\n`,
    ).environments.get('dev')?.prices;
    expect([prices?.instance('t3.small'), prices?.instance('t3.micro'), prices?.instance('m9.huge')]).toEqual(
      [0.03, 0.0132, undefined],
    );
    expect([prices?.balancer, prices?.natGateway]).toEqual([0.02, 0.059]);
  });

  it('takes the region of the environment where the file says none', () => {
    const config = read(good.replace('region: ap-southeast-1\n', ''), {
      ...tokens,
      AWS_REGION: 'ap-southeast-1',
    });
    expect(config.region).toBe('ap-southeast-1');
  });

  it('prefers --config to D2_CONFIG to ./d2.yaml', () => {
    const cwd = write(good);
    writeFileSync(join(folder, 'one.yaml'), good.replace('d2-ride-booking\n', 'one\n'));
    writeFileSync(join(folder, 'two.yaml'), good.replace('d2-ride-booking\n', 'two\n'));
    const env = { ...tokens, D2_CONFIG: 'one.yaml' };
    expect(readBot({ cwd, env: tokens }).project).toBe('d2-ride-booking');
    expect(readBot({ cwd, env }).project).toBe('one');
    expect(readBot({ cwd, env, path: 'two.yaml' }).project).toBe('two');
  });

  it('takes the text of D2_YAML for the file, as a container without one does', () => {
    const cwd = write(good);
    const env = {
      ...tokens,
      D2_YAML: good.replace('d2-ride-booking\n', 'text\n'),
      D2_CONFIG: 'no-such.yaml',
    };
    expect(readBot({ cwd, env })).toMatchObject({ project: 'text', path: 'D2_YAML' });
    writeFileSync(join(folder, 'two.yaml'), good.replace('d2-ride-booking\n', 'two\n'));
    expect(readBot({ cwd, env, path: 'two.yaml' }).project).toBe('two');
    const wrong = { ...tokens, D2_YAML: good.replace('channel: C0OPS', 'channel: ops') };
    expect(faultsOf(() => readBot({ cwd, env: wrong }))).toEqual([
      expect.stringMatching(/^D2_YAML:11 environments\.dev\.channel: "ops"/),
    ]);
  });

  it('needs no Slack tokens in a terminal', () => {
    expect(readTerminal({ cwd: write(good), env: {} })).not.toHaveProperty('slack');
  });
});

describe('a wrong configuration', () => {
  it('tells every fault of file and environment at once, each at its line', () => {
    const wrong = good
      .replace('app: A0D2CHATOPS', 'app: d2-chatops')
      .replace('Asia/Kuala_Lumpur', 'Asia/Kuala')
      .replace('channel: C0OPS', 'channel: "#ops"')
      .replace('protected: false', 'protected: no thanks')
      .replace('U0VERA', 'vera')
      .replace('dev: /aws', 'dve: /aws');
    expect(faults(wrong, { SLACK_APP_TOKEN: 'xoxb-sandbox-bot', LOG_LEVEL: 'loud' })).toEqual([
      expect.stringContaining('environment LOG_LEVEL: "loud", expected one of'),
      expect.stringContaining(
        'environment SLACK_BOT_TOKEN: missing, expected the xoxb-… token (api.slack.com',
      ),
      expect.stringContaining(
        'environment SLACK_APP_TOKEN: that is the xoxb-… token, expected the xapp-… one',
      ),
      expect.stringMatching(
        /^d2.yaml:1 app: "d2-chatops", expected an app id such as A0123ABCD, not a name \(/,
      ),
      expect.stringMatching(/^d2.yaml:4 timezone: "Asia\/Kuala", expected an IANA time zone/),
      expect.stringMatching(/^d2.yaml:11 environments.dev.channel: "#ops", expected a channel id .*About/),
      expect.stringMatching(/^d2.yaml:12 environments.dev.protected: "no thanks", expected true or false/),
      expect.stringMatching(
        /^d2.yaml:14 environments.dev.roles.viewer.slack\[0\]: "vera", expected .*Copy member ID/,
      ),
      expect.stringMatching(
        /^d2.yaml:21 services.backend-api.logs.dve: unknown, did you mean dev\? Known here: prod, dev/,
      ),
    ]);
  });

  it('says where a missing key belongs', () => {
    expect(faults(good.replace('    channel: C0OPS\n', ''))).toEqual([
      expect.stringMatching(/^d2.yaml:10 environments.dev.channel: missing, expected a channel id/),
    ]);
  });

  it('takes an unknown key for a slip, and says which was meant', () => {
    expect(faults(good.replace('protected: false', 'protectd: false\n    protected: false'))).toEqual([
      'd2.yaml:12 environments.dev.protectd: unknown, did you mean protected? Known here: channel, protected, region, account, assume, prefix, database, pm2, cognito, alarms, services, prices, roles',
    ]);
    expect(faults(`${good}__proto__: { app: A0EVIL }\n`)[0]).toMatch(/^d2.yaml:22 __proto__: unknown/);
  });

  it.each([
    [
      'an IAM role instead of the ARN that STS tells',
      'arn:aws:iam::000011112222:role/D2Operator',
      'assumed-role form',
    ],
    ['an ARN of every account', 'arn:aws:sts::*:assumed-role/D2Operator/*', 'twelve digits'],
  ])('refuses %s', (_, arn, told) => {
    expect(faults(good.replace('arn:aws:sts::000011112222:assumed-role/D2Operator/*', arn))).toEqual([
      expect.stringMatching(`^d2.yaml:17 environments.dev.roles.operator.aws\\[0\\]: .*${told}`),
    ]);
  });

  it('refuses an environment whose name already means something', () => {
    const named = good
      .replace('  dev:\n    channel', '  error:\n    channel')
      .replace('dev: /aws', 'error: /aws');
    expect(faults(named)).toEqual([
      expect.stringMatching(/^d2.yaml:10 environments.error: already a word of commands/),
    ]);
  });

  it('refuses paths that the SSM documents would refuse', () => {
    const spaced = good.replace('protected: false', 'protected: false\n    pm2: { apps: "/opt/$(id)" }');
    expect(faults(spaced)).toContainEqual(
      expect.stringMatching(/^d2.yaml:13 environments.dev.pm2.apps: .*absolute path/),
    );
  });

  it('refuses a file in which everything is protected', () => {
    expect(faults(good.replace('    protected: false\n', ''))).toEqual([
      expect.stringMatching(/^d2.yaml:5 environments: all protected, expected one with `protected: false`/),
    ]);
  });

  it('asks for prices where none are built in', () => {
    expect(faults(good.replace('ap-southeast-1', 'eu-west-1'))).toEqual([
      expect.stringContaining(
        'none are built in for eu-west-1, expected nat_gateway, balancer, endpoint_zone',
      ),
    ]);
  });

  it.each([
    [
      'no file',
      undefined,
      /no such file; copy the repository’s d2.yaml there, or name yours by --config or D2_CONFIG/,
    ],
    ['an empty file', '', /^d2.yaml:1 app: missing/],
    ['a list', '- a\n', /expected a map/],
    ['broken YAML', 'app: [A0\nteam: T\n', /^d2.yaml:\d: not YAML: /],
    ['a key said twice', `${good}region: eu-west-1\n`, /^d2.yaml:22: not YAML: Map keys must be unique/],
    ['a folder', 'folder', /can’t be read \(EISDIR\)/],
    ['aliases without end', aliases(), /can’t be read \(.*alias/i],
  ])('says what is wrong with %s', (what, yaml, told) => {
    const cwd = write(yaml ?? '');
    const path = what === 'a folder' ? '.' : what === 'no file' ? 'absent.yaml' : 'd2.yaml';
    const found = faultsOf(() => readBot({ cwd, env: {}, path }));
    expect(found.join('\n')).toMatch(new RegExp(told.source, `${told.flags}m`));
    expect(found.join('\n')).toContain('SLACK_BOT_TOKEN: missing');
  });

  it('never shows a token', () => {
    const env = { SLACK_BOT_TOKEN: 'xoxp-11-secret-secret', SLACK_APP_TOKEN: 'xapp-secret with space' };
    expect(faults(good, env).join('\n')).not.toContain('secret');
    expect(faults(good, env)).toHaveLength(2);
  });

  it.each([
    ['http://slack.example.com/api/', false],
    ['ftp://127.0.0.1/', false],
    ['https://slack.example.com/api', true],
    ['http://127.0.0.1:4000/slack/api/', true],
  ])('sends tokens only over TLS or inside the machine: %s', (SLACK_API_URL, fine) => {
    expect(faults(good, { ...tokens, SLACK_API_URL })).toHaveLength(fine ? 0 : 1);
  });
});

describe('the repository’s own d2.yaml', () => {
  it('lets a fresh clone’s terminal work, with nobody in its lists', () => {
    const config = readTerminal({ cwd: root, env: {} });
    expect(config.vocabulary.defaultEnvironment).toBe('dev');
    expect(JSON.stringify(config.grants)).not.toContain('REPLACE');
  });

  it('tells the bot’s installer each thing that is to be filled in', () => {
    const lines = readFileSync(join(root, 'd2.yaml'), 'utf8').split('\n');
    const left = lines.flatMap((line, i) => (/^[^#]*REPLACE/.test(line) ? [`d2.yaml:${i + 1} `] : []));
    const found = faultsOf(() => readBot({ cwd: root, env: tokens }));
    expect(left.length).toBeGreaterThan(3);
    expect(found.map((line) => line.slice(0, line.indexOf(' ') + 1))).toEqual(left);
    expect(found[0]).toContain('still the example’s A0REPLACEME');
  });
});

describe('colour', () => {
  it.each([
    [{}, true],
    [{ NO_COLOR: '1' }, false],
    [{ NO_COLOR: '' }, true],
    [{ TERM: 'dumb' }, false],
  ])('%j → %s', (env, wanted) => expect(wantsColor(env)).toBe(wanted));
});

function aliases(): string {
  const levels = Array.from(
    { length: 9 },
    (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(',')}]`,
  );
  return ['l0: &l0 [x,x]', ...levels].join('\n');
}
