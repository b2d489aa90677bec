import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { region, startTestAccount, type TestAccount } from '../sandbox/aws/test-account.ts';
import { createWorkspace, hasTerraform, type Workspace } from './terraform.ts';

const dev = 'envs/dev';
/** Dev's toggles without what they switch, of which a plan that stops at the parameter says nothing. */
const alone = 'envs/toggles-of-a-test';
const parameter = '/d2/dev/toggles';

interface Diagnostic {
  severity: 'error' | 'warning';
  summary: string;
  detail: string;
  snippet?: { code: string };
}

describe.skipIf(!hasTerraform)('a plan of dev beside the account', () => {
  let standing: TestAccount;
  let workspace: Workspace;

  beforeAll(async () => {
    standing = await startTestAccount();
    workspace = createWorkspace({
      env: {
        AWS_ENDPOINT_URL: standing.endpoint,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: standing.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: standing.credentials.secretAccessKey,
      },
    });
    mkdirSync(join(workspace.folder, alone));
    for (const file of ['toggles.tf', 'variables.tf', 'versions.tf', 'terraform.tfvars'])
      copyFileSync(join(workspace.folder, dev, file), join(workspace.folder, alone, file));
    writeFileSync(
      join(workspace.folder, alone, 'main.tf'),
      'provider "aws" {\n  region = var.region\n}\noutput "on" { value = local.on }\n',
    );
    workspace.keepInFile(alone);
    for (const root of [dev, alone]) await workspace.init(root);
  });
  afterAll(async () => {
    workspace?.close();
    await standing?.close();
  });
  beforeEach(() => standing.account.reset());

  const put = (Value: string) =>
    standing.clients.ssm.changing.send(
      new PutParameterCommand({ Name: parameter, Type: 'String', Overwrite: true, Value }),
    );

  async function plan(root: string, vars: Record<string, boolean> = {}) {
    const args = Object.entries(vars).map(([name, value]) => `-var=${name}=${value}`);
    const { code, stdout } = await workspace.run(root, [
      'plan',
      '-json',
      '-input=false',
      '-out=tf.plan',
      ...args,
    ]);
    const lines: { type: string; diagnostic?: Diagnostic }[] = stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    const diagnostics = lines.flatMap(({ diagnostic }) => diagnostic ?? []);
    return {
      code,
      errors: diagnostics.filter(({ severity }) => severity === 'error'),
    };
  }

  async function toggles(): Promise<Record<string, { value: boolean; source: string }>> {
    const shown: {
      planned_values: {
        outputs: { toggles: { value: Record<string, { value: boolean; source: string }> } };
      };
    } = JSON.parse(await workspace.must(dev, ['show', '-json', 'tf.plan']));
    return shown.planned_values.outputs.toggles.value;
  }

  it('takes what Slack set over what terraform.tfvars says, on and off', async () => {
    await put('{"enable_web_admin": true, "enable_web_driver": false}');
    expect(await plan(dev, { enable_web_driver: true, enable_web_passenger: true })).toEqual({
      code: 0,
      errors: [],
    });
    expect(await toggles()).toMatchObject({
      enable_web_admin: { value: true, source: 'parameter' },
      enable_web_driver: { value: false, source: 'parameter' },
      enable_web_passenger: { value: true, source: 'tfvars' },
      enable_rds: { value: false, source: 'tfvars' },
    });
  });

  it('says who makes the parameter when there is none', async () => {
    const { code, errors } = await plan(alone);
    expect(code).toBe(1);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.detail).toContain(parameter);
    expect(errors[0]?.snippet?.code).toContain('envs/bootstrap creates it: apply that first');
  });

  it.each([
    { holds: 'on, please', says: ['must hold a JSON object', '"on, please"'], mended: {} },
    { holds: '["enable_rds"]', says: ['must hold a JSON object'], mended: {} },
    { holds: 'null', says: ['must hold a JSON object'], mended: {} },
    { holds: '7', says: ['must hold a JSON object'], mended: {} },
    {
      holds: '{"enable_rdss": true, "enable_web_admin": true}',
      says: ['no toggle: ["enable_rdss"]', 'enable_ec2_backend, enable_nat_gateway, enable_rds,'],
      mended: { enable_web_admin: true },
    },
    {
      holds: '{"enable_rds": "true", "enable_alb": null, "enable_web_admin": false}',
      says: ['not plainly true or false: {"enable_alb":null,"enable_rds":"true"}'],
      mended: { enable_web_admin: false },
    },
    {
      holds: `{"it's; touch /tmp/mine #": 1, "enable_web_driver": true}`,
      says: ['no toggle', 'touch /tmp/mine'],
      mended: { enable_web_driver: true },
    },
  ])('stops at $holds, and names a way out that works', async ({ holds, says, mended }) => {
    await put(holds);
    const { code, errors } = await plan(alone);
    expect(code).toBe(1);
    const text = errors.map(({ detail }) => detail).join('\n');
    expect(text).toContain(`The SSM parameter ${parameter}`);
    for (const words of says) expect(text).toContain(words);
    const values = [...text.matchAll(/^aws ssm put-parameter .* --value '([^']*)'$/gm)].map(
      ([, value]) => value ?? '',
    );
    expect(values.length).toBeGreaterThan(0);
    for (const value of values) expect(JSON.parse(value)).toEqual(mended);
    await put(values[0] ?? '');
    expect(await plan(alone)).toMatchObject({ code: 0, errors: [] });
  });
});
