import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestAccount, type TestAccount } from '../aws/test-account.ts';
import { hasTerraform, startTestTerraform, type TestTerraform } from './test-terraform.ts';

const Name = '/d2/dev/toggles';
const parameter = (more: string, lifecycle = '') => `
  provider "aws" {
    default_tags {
      tags = { Project = "d2-ride-booking" }
    }
  }
  resource "aws_ssm_parameter" "toggles" {
    name = "${Name}"
    ${more}
    ${lifecycle && `lifecycle {\n ${lifecycle}\n }`}
  }
`;
const plain = 'type = "String"\n insecure_value = "{}"';
const lookUp = `
  data "aws_ssm_parameter" "toggles" {
    name = "${Name}"
  }
  output "toggles" {
    value = data.aws_ssm_parameter.toggles.insecure_value
  }
`;

describe.skipIf(!hasTerraform)('beside an account, aws_ssm_parameter', () => {
  let account: TestAccount;
  let s: TestTerraform;
  beforeAll(async () => {
    account = await startTestAccount();
    s = startTestTerraform({
      AWS_ENDPOINT_URL: account.endpoint,
      AWS_REGION: 'ap-southeast-1',
      AWS_ACCESS_KEY_ID: account.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: account.credentials.secretAccessKey,
    });
  });
  afterAll(async () => {
    s?.close();
    await account?.close();
  });
  beforeEach(() => account.account.reset());
  afterEach(() => account.account.setFaults([]));

  const ssm = () => account.clients.ssm.changing;
  const get = async () => (await ssm().send(new GetParameterCommand({ Name }))).Parameter;
  const put = (Value: string) =>
    ssm().send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
  const tags = async () => {
    const asked = new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: Name });
    return (await ssm().send(asked)).TagList;
  };
  const actionsOf = async (root: ReturnType<TestTerraform['root']>) =>
    (await root.plan()).get('aws_ssm_parameter.toggles')?.actions;

  test('is created, tagged, changed and deleted in Parameter Store, in the account that STS names', async () => {
    const root = s.root(
      parameter(`${plain}\n description = "What is switched on"\n tags = { Environment = "dev" }`),
    );
    await root.apply();
    expect(await get()).toMatchObject({ Value: '{}', Type: 'String', Version: 1 });
    expect(await tags()).toEqual(
      expect.arrayContaining([
        { Key: 'Project', Value: 'd2-ride-booking' },
        { Key: 'Environment', Value: 'dev' },
      ]),
    );
    expect((await root.state()).get('aws_ssm_parameter.toggles')).toMatchObject({
      arn: `arn:aws:ssm:ap-southeast-1:000011112222:parameter${Name}`,
      version: 1,
      tier: 'Standard',
      tags: { Environment: 'dev' },
    });
    expect(await actionsOf(root)).toEqual(['no-op']);

    root.write(parameter('type = "String"\n insecure_value = "{\\"enable_rds\\":true}"'));
    expect((await root.plan()).get('aws_ssm_parameter.toggles')).toMatchObject({
      actions: ['update'],
      after_unknown: { version: true },
    });
    await root.must('apply', 'tf.plan');
    expect(await get()).toMatchObject({ Value: '{"enable_rds":true}', Version: 2 });
    expect(await tags()).toEqual([{ Key: 'Project', Value: 'd2-ride-booking' }]);
    const { Parameters } = await ssm().send(new DescribeParametersCommand({}));
    expect(Parameters?.[0]).not.toHaveProperty('Description');
    expect(await actionsOf(root)).toEqual(['no-op']);

    await root.must('destroy', '-auto-approve');
    await expect(get()).rejects.toMatchObject({ name: 'ParameterNotFound' });
    expect(account.account.ledger().map(({ action }) => action)).toEqual([
      'PutParameter',
      'PutParameter',
      'RemoveTagsFromResource',
      'DeleteParameter',
    ]);
  });

  test('shows what somebody else has changed, and puts it right', async () => {
    const root = s.root(parameter(plain));
    await root.apply();
    await put('{"enable_rds":false}');
    const where = { ResourceType: 'Parameter' as const, ResourceId: Name };
    await ssm().send(new AddTagsToResourceCommand({ ...where, Tags: [{ Key: 'By', Value: 'hand' }] }));
    expect((await root.plan()).get('aws_ssm_parameter.toggles')).toMatchObject({
      actions: ['update'],
      before: { insecure_value: '{"enable_rds":false}', tags_all: { By: 'hand' } },
      after: { insecure_value: '{}', tags_all: { Project: 'd2-ride-booking' } },
    });
    await root.must('apply', 'tf.plan');
    expect(await get()).toMatchObject({ Value: '{}', Version: 3 });
    expect(await tags()).toEqual([{ Key: 'Project', Value: 'd2-ride-booking' }]);
  });

  test('is left to somebody else where its value is ignored, and data has the value of now', async () => {
    const ignored = 'ignore_changes = [value, insecure_value]';
    const root = s.root(
      parameter(plain, ignored) + lookUp.replace('{', '{\n depends_on = [aws_ssm_parameter.toggles]'),
    );
    await root.apply();
    await put('{"enable_rds":true}');
    expect(await actionsOf(root)).toEqual(['no-op']);
    await root.apply();
    expect(await get()).toMatchObject({ Value: '{"enable_rds":true}', Version: 2 });
    expect(await root.must('output', '-raw', 'toggles')).toBe('{"enable_rds":true}');
  });

  test('is created again when it is gone', async () => {
    const root = s.root(parameter(plain));
    await root.apply();
    await ssm().send(new DeleteParameterCommand({ Name }));
    expect(await actionsOf(root)).toEqual(['create']);
    await root.apply();
    await ssm().send(new DeleteParameterCommand({ Name }));
    await root.must('destroy', '-auto-approve', '-refresh=false');
  });

  test('keeps a write-only value out of the state', async () => {
    const secret = (value: string, version: number) =>
      parameter(`type = "SecureString"\n value_wo = "${value}"\n value_wo_version = ${version}`);
    const value = async () =>
      (await ssm().send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter?.Value;
    const root = s.root(secret('hush', 1));
    await root.apply();
    expect(await value()).toBe('hush');
    expect(await root.must('state', 'pull')).not.toContain('hush');
    root.write(secret('hush again', 1));
    expect(await actionsOf(root)).toEqual(['no-op']);
    root.write(secret('hush again', 2));
    await root.apply();
    expect(await value()).toBe('hush again');
  });

  test('takes the new value when it moves from one argument to another', async () => {
    const moves = [
      ['insecure_value', 'value'],
      ['value', 'insecure_value'],
      ['insecure_value', 'value_wo'],
      ['value_wo', 'insecure_value'],
    ].map(([before = '', after = '']) => ({ name: `${before}-to-${after}`, before, after }));
    const all = <T>(value: T) => moves.map(() => value);
    const given = (argument: (move: (typeof moves)[number]) => string, value: string) =>
      moves
        .map((move) => {
          const version = argument(move) === 'value_wo' ? 'value_wo_version = 1' : '';
          return `resource "aws_ssm_parameter" "${move.name}" {
            name = "/d2/dev/${move.name}"
            type = "String"
            ${argument(move)} = "${value}"
            ${version}
          }`;
        })
        .join('\n');
    const actions = async () => [...(await root.plan()).values()].map((change) => change.actions[0]);
    const root = s.root(given(({ before }) => before, 'old'));
    await root.apply();
    root.write(given(({ after }) => after, 'new'));
    expect(await actions()).toEqual(all('update'));
    await root.must('apply', 'tf.plan');
    const stored = await Promise.all(
      moves.map(({ name }) => ssm().send(new GetParameterCommand({ Name: `/d2/dev/${name}` }))),
    );
    expect(stored.map(({ Parameter }) => Parameter)).toMatchObject(all({ Value: 'new', Version: 2 }));
    expect(await root.must('state', 'pull')).not.toContain('"old"');
    expect(await actions()).toEqual(all('no-op'));
  });

  test('keeps what AWS has where its value is ignored and something else changes', async () => {
    const ignored = 'ignore_changes = [value, insecure_value]';
    const root = s.root(parameter(plain, ignored));
    await root.apply();
    await put('{"enable_rds":true}');
    root.write(parameter(`${plain}\n description = "What is switched on"`, ignored));
    await root.apply();
    expect(await get()).toMatchObject({ Value: '{"enable_rds":true}', Version: 3 });
  });

  test('is imported with all that AWS has of it, so that only the tags are left to change', async () => {
    await put('{}');
    const root = s.root(parameter('type = "String"\n value = "{}"'));
    const { stderr } = await root.run('import', 'aws_ssm_parameter.toggles', '/d2/none');
    expect(stderr).toContain('Cannot import non-existent remote object');
    await root.must('import', 'aws_ssm_parameter.toggles', Name);
    const { actions, before, after } = (await root.plan()).get('aws_ssm_parameter.toggles') ?? {};
    expect(actions).toEqual(['update']);
    expect({ ...before, tags_all: null }).toEqual({ ...after, tags_all: null });
  });

  test('says what stands in the way, and leaves it alone', async () => {
    await put('{"somebody":"else"}');
    const root = s.root(parameter(plain));
    const { code, stderr } = await root.run('apply', '-auto-approve');
    expect(code).toBe(1);
    expect(stderr).toContain(`Writing parameter ${Name}: ParameterAlreadyExists`);
    expect((await root.state()).size).toBe(0);
    expect(await get()).toMatchObject({ Value: '{"somebody":"else"}' });
  });

  test('keeps its state when AWS refuses a change', async () => {
    const root = s.root(parameter(plain));
    await root.apply();
    root.write(parameter(`${plain.replace('{}', 'no')}\n allowed_pattern = "^\\\\{"`));
    const { code, stderr } = await root.run('apply', '-auto-approve');
    expect(code).toBe(1);
    expect(stderr).toContain('ParameterPatternMismatchException');
    expect((await root.state()).get('aws_ssm_parameter.toggles')).toMatchObject({ insecure_value: '{}' });
  });

  test('is remembered when AWS takes it and then refuses to say its tags, so that it can be applied again', async () => {
    const root = s.root(parameter(plain));
    account.account.setFaults([{ action: 'ssm:ListTagsForResource', kind: 'deny' }]);
    const { code, stderr } = await root.run('apply', '-auto-approve');
    expect(code).toBe(1);
    expect(stderr).toContain(`Reading the tags of parameter ${Name}: AccessDenied`);
    expect(await get()).toMatchObject({ Value: '{}', Version: 1 });
    expect((await root.state()).get('aws_ssm_parameter.toggles')).toMatchObject({ id: Name, arn: null });
    account.account.setFaults([]);
    await root.apply();
    expect(await actionsOf(root)).toEqual(['no-op']);
  });

  test('is remembered with its new value when AWS refuses its new tags, which the next apply gives it', async () => {
    const root = s.root(parameter(plain));
    await root.apply();
    root.write(parameter(`${plain.replace('{}', 'new')}\n tags = { Environment = "dev" }`));
    account.account.setFaults([{ action: 'ssm:AddTagsToResource', kind: 'deny' }]);
    const { code, stderr } = await root.run('apply', '-auto-approve');
    expect(code).toBe(1);
    expect(stderr).toContain(`Tagging parameter ${Name}: AccessDenied`);
    expect((await root.state()).get('aws_ssm_parameter.toggles')).toMatchObject({ insecure_value: 'new' });
    account.account.setFaults([]);
    expect((await root.plan()).get('aws_ssm_parameter.toggles')).toMatchObject({
      actions: ['update'],
      before: { insecure_value: 'new', tags_all: { Project: 'd2-ride-booking' } },
    });
    await root.must('apply', 'tf.plan');
    expect(await get()).toMatchObject({ Value: 'new', Version: 2 });
    expect(await tags()).toContainEqual({ Key: 'Environment', Value: 'dev' });
  });

  test('that is missing is named, with the way to get it', async () => {
    const root = s.root(lookUp);
    const { code, stderr } = await root.run('plan');
    expect(code).toBe(1);
    expect(stderr).toContain(`ParameterNotFound: there is no parameter ${Name} in ap-southeast-1`);
    expect(stderr.replace(/\s+/g, ' ')).toContain(`aws ssm put-parameter --name ${Name}`);
  });

  test('an account that the provider block does not allow is refused', async () => {
    const root = s.root(`provider "aws" {\n allowed_account_ids = ["123456789012"]\n }\n${lookUp}`);
    const { code, stderr } = await root.run('plan');
    expect(code).toBe(1);
    expect(stderr).toContain('AWS account ID not allowed: 000011112222');
  });

  test('wrong keys and a silent endpoint are told apart', async () => {
    const keys = 'access_key = "AKIASANDBOX000000000"\n secret_key = "wrong"';
    const refused = await s.root(`provider "aws" {\n ${keys}\n }\n${lookUp}`).run('plan');
    expect(refused.stderr).toContain('SignatureDoesNotMatch');
    const nowhere = 'endpoints {\n ssm = "http://127.0.0.1:9"\n sts = "http://127.0.0.1:9"\n }';
    const silent = await s.root(`provider "aws" {\n ${nowhere}\n }\n${lookUp}`).run('plan');
    expect(silent.stderr).toContain('nothing answers at http://127.0.0.1:9');
    expect(silent.stderr.replace(/\s+/g, ' ')).toContain('Start what AWS_ENDPOINT_URL names');
  });
});
