import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkValue } from '../../../sandbox/terraform/check-value.ts';
import { type Diagnostic, hasTerraform, startTestTerraform, type TestTerraform } from './test-terraform.ts';

const configuration = `
  resource "aws_security_group_rule" "conflict" {
    type                     = "ingress"
    protocol                 = "tcp"
    from_port                = 80
    to_port                  = 80
    security_group_id        = "sg-1"
    cidr_blocks              = ["10.0.0.0/8"]
    source_security_group_id = "sg-2"
  }
  resource "aws_iam_role" "json" {
    assume_role_policy = "{ not JSON"
  }
  resource "aws_iam_role_policy_attachment" "arn" {
    role       = "r"
    policy_arn = "AdministratorAccess"
  }
  resource "aws_subnet" "cidr" {
    vpc_id     = "vpc-1"
    cidr_block = "10.0.0.1/24"
  }
  resource "aws_security_group" "member" {
    ingress {
      from_port   = 80
      to_port     = 80
      protocol    = "tcp"
      cidr_blocks = ["10.0.0.0/8", "ten"]
    }
  }
  resource "aws_ssm_parameter" "enum" {
    name  = "/d2/dev/toggles"
    type  = "Text"
    value = "{}"
  }
  resource "aws_ssm_parameter" "one" {
    name           = "/d2/dev/toggles"
    type           = "String"
    value          = "{}"
    insecure_value = "{}"
  }
  resource "aws_ssm_parameter" "none" {
    name = "/d2/dev/toggles"
    type = "String"
  }
  resource "aws_lb_target_group" "range" {
    name                 = "range"
    deregistration_delay = 4000
  }
  resource "aws_cloudwatch_log_group" "ints" {
    retention_in_days = 31
  }
  resource "aws_lambda_function" "with" {
    function_name = "f"
    role          = "arn:aws:iam::123456789012:role/r"
    s3_key        = "f.zip"
  }
  resource "aws_sns_topic" "unknown" {
    nmae = "a slip of the fingers"
  }
  resource "aws_sns_topic" "right" {
    name = "right"
  }
  resource "aws_vpc" "right" {
    cidr_block          = "10.20.0.0/16"
    ipv6_cidr_block     = "2001:db8:1234:1a00::/56"
    ipv6_ipam_pool_id   = "ipam-pool-1"
  }
`;

const blocks = {
  right: [
    '0.0.0.0/0',
    '10.0.0.0/8',
    '203.0.113.7/32',
    '::/0',
    '2001:db8::/32',
    '2001:DB8:0:0:1::/80',
    '2001:db8:1:2:3:4:5:6/128',
    '::ffff:10.0.0.0/104',
  ],
  wrong: [
    '10..0.0/16',
    '0x0a.0.0.0/8',
    '1e1.0.0.0/8',
    '010.0.0.0/8',
    '10.0.0/8',
    '10.0.0.0/33',
    '10.0.0.0',
    '10.0.0.1/31',
    'fffff:::/64',
    '2001:db8::1/32',
    '2001:db8::1/127',
    '::ffff:10.0.0.1/104',
    '2001:db8::/129',
    'fe80::%eth0/64',
  ],
};

test.each([
  ...blocks.right.map((block) => [block, true] as const),
  ...blocks.wrong.map((block) => [block, false] as const),
])('%s is a CIDR block: %s', (block, isRight) => {
  expect(checkValue({ cidr: 1 }, block)).toBe(isRight ? undefined : `(${block}) is not a valid CIDR block`);
  const own = block.includes(':') ? 6 : 4;
  expect(checkValue({ cidr: own }, block) === undefined).toBe(isRight);
  expect(checkValue({ cidr: own === 4 ? 6 : 4 }, block)).toBeDefined();
});

describe.skipIf(!hasTerraform)('validate complains of', () => {
  let s: TestTerraform;
  let found: Diagnostic[];
  beforeAll(async () => {
    s = startTestTerraform();
    found = await s.root(configuration).validate();
  });
  afterAll(() => s?.close());

  const of = (address: string) =>
    found
      .filter((one) => one.address === address)
      .map(({ summary, detail, snippet }) => ({ summary, detail, code: snippet?.code.trim() ?? '' }));

  test.each<[string, string, string, string]>([
    [
      'arguments that exclude each other',
      'aws_security_group_rule.conflict',
      '"cidr_blocks" conflicts with "source_security_group_id".',
      'cidr_blocks              = ["10.0.0.0/8"]',
    ],
    [
      'JSON that is none',
      'aws_iam_role.json',
      '"assume_role_policy" contains an invalid JSON policy or document.',
      'assume_role_policy = "{ not JSON"',
    ],
    [
      'a name where an ARN belongs',
      'aws_iam_role_policy_attachment.arn',
      '"policy_arn" (AdministratorAccess) is an invalid ARN.',
      'policy_arn = "AdministratorAccess"',
    ],
    [
      'a CIDR block with bits beyond its prefix',
      'aws_subnet.cidr',
      '"cidr_block" (10.0.0.1/24) is not a valid CIDR block.',
      'cidr_block = "10.0.0.1/24"',
    ],
    [
      'a value that is not on the list',
      'aws_ssm_parameter.enum',
      '"type" must be one of String, StringList, SecureString, not "Text".',
      'type  = "Text"',
    ],
    [
      'a number that is not on the list',
      'aws_cloudwatch_log_group.ints',
      expect.stringContaining('"retention_in_days" must be one of 0, 1, 3, 5, 7'),
      'retention_in_days = 31',
    ],
    [
      'a number out of range',
      'aws_lb_target_group.range',
      '"deregistration_delay" must be in the range 0 to 3600, not 4000.',
      'deregistration_delay = 4000',
    ],
    [
      'an argument without what it needs',
      'aws_lambda_function.with',
      '"s3_key" also needs "s3_bucket".',
      's3_key        = "f.zip"',
    ],
    [
      'two where one is wanted',
      'aws_ssm_parameter.one',
      expect.stringMatching(/^Only one of .* can be given, but "insecure_value", "value" were\.$/),
      'resource "aws_ssm_parameter" "one" {',
    ],
    [
      'none where one is wanted',
      'aws_ssm_parameter.none',
      'Exactly one of "insecure_value", "value" must be given.',
      'resource "aws_ssm_parameter" "none" {',
    ],
  ])('%s, where it stands', (_, address, detail, code) => {
    expect(of(address)).toContainEqual({ summary: expect.any(String), detail, code });
  });

  test('each of them once', () => {
    const findings = found.map(({ address, detail }) => `${address} ${detail}`);
    expect(findings).toEqual([...new Set(findings)]);
  });

  test('what is wrong inside a set, whose members have no place of their own', () => {
    expect(of('aws_security_group.member')).toEqual([
      {
        summary: 'Invalid argument value',
        detail: '"ingress.cidr_blocks" (ten) is not a valid CIDR block.',
        code: 'resource "aws_security_group" "member" {',
      },
    ]);
  });

  test('an argument that the schema does not have', () => {
    expect(found).toContainEqual(
      expect.objectContaining({
        summary: 'Unsupported argument',
        detail: 'An argument named "nmae" is not expected here. Did you mean "name"?',
      }),
    );
  });

  test('nothing that is right', () => {
    expect(of('aws_sns_topic.right')).toEqual([]);
    expect(of('aws_vpc.right')).toEqual([]);
  });
});
