import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasTerraform, startTestTerraform, type TestTerraform } from './test-terraform.ts';

const configuration = `
  data "aws_iam_policy_document" "base" {
    statement {
      sid       = "Read"
      actions   = ["s3:GetObject"]
      resources = ["arn:aws:s3:::d2/*"]
    }
  }
  data "aws_iam_policy_document" "this" {
    policy_id               = "bot"
    source_policy_documents = [data.aws_iam_policy_document.base.json]
    statement {
      sid       = "Send"
      actions   = ["ssm:CancelCommand", "ssm:SendCommand"]
      resources = ["*"]
      condition {
        test     = "StringEquals"
        variable = "ssm:resourceTag/Environment"
        values   = ["dev", "prod"]
      }
      condition {
        test     = "StringEquals"
        variable = "ssm:resourceTag/Project"
        values   = ["d2-ride-booking"]
      }
    }
    statement {
      effect      = "Deny"
      not_actions = ["iam:Get*"]
      resources   = ["arn:aws:iam::*:user/&{aws:username}"]
      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
    }
    override_policy_documents = [jsonencode({
      Statement = { Sid = "Read", Effect = "Allow", Action = "s3:ListBucket", Resource = "*" }
    })]
  }
  output "document" {
    value = data.aws_iam_policy_document.this.json
  }
`;

describe.skipIf(!hasTerraform)('a policy document', () => {
  let s: TestTerraform;
  beforeAll(() => {
    s = startTestTerraform();
  });
  afterAll(() => s?.close());

  test('is rendered as IAM reads it: sources first, statements of the same Sid replaced, variables in place', async () => {
    const root = s.root(configuration);
    await root.apply();
    const text = await root.must('output', '-raw', 'document');
    expect(JSON.parse(text)).toEqual({
      Version: '2012-10-17',
      Id: 'bot',
      Statement: [
        { Sid: 'Read', Effect: 'Allow', Action: 's3:ListBucket', Resource: '*' },
        {
          Sid: 'Send',
          Effect: 'Allow',
          Action: ['ssm:SendCommand', 'ssm:CancelCommand'],
          Resource: '*',
          Condition: {
            StringEquals: {
              'ssm:resourceTag/Environment': ['dev', 'prod'],
              'ssm:resourceTag/Project': 'd2-ride-booking',
            },
          },
        },
        {
          Effect: 'Deny',
          NotAction: 'iam:Get*',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: it is IAM's own variable.
          Resource: 'arn:aws:iam::*:user/${aws:username}',
          Principal: { AWS: '*' },
        },
      ],
    });
  });

  test('leaves a document as it was written, also where it looks like what the stand-in makes ids of', async () => {
    const root = s.root(`
data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::acme@7/{r}/#5"]
  }
}
resource "aws_sqs_queue" "this" {
  name = "of-%3-{a}"
}
output "document" { value = data.aws_iam_policy_document.this.json }
output "arn" { value = aws_sqs_queue.this.arn }
`);
    await root.apply();
    const [statement] = [JSON.parse(await root.must('output', '-raw', 'document')).Statement].flat();
    expect(statement).toMatchObject({ Resource: 'arn:aws:s3:::acme@7/{r}/#5' });
    expect(await root.must('output', '-raw', 'arn')).toMatch(/:of-%3-\{a\}$/);
  });

  test('refuses a Sid that stands twice, and says what to do', async () => {
    const statement = 'statement {\n sid = "A"\n actions = ["s3:*"]\n resources = ["*"]\n }\n';
    const root = s.root(`data "aws_iam_policy_document" "this" {\n${statement}${statement}}\n`);
    const { code, stderr } = await root.run('plan');
    expect(code).toBe(1);
    expect(stderr).toContain('The Sid A stands twice');
    expect(stderr).toContain('Give each statement of the policy a Sid of its own');
  });
});
