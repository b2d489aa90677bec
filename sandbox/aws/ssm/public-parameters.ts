import type { Parameter } from './parameter.ts';

// What AWS itself publishes and every account may read; DescribeParameters does not list it.
const published: Record<string, string> = {
  '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64': 'ami-0d2a1b64c1e5f7a90',
};

/** A parameter of AWS's own, by its name or ARN. */
export function publicOf(id: string): Parameter | undefined {
  const name = id.replace(/^arn:aws:ssm:[^:]+::parameter/, '');
  const value = published[name];
  if (value === undefined) return undefined;
  const version = {
    number: 1,
    value,
    type: 'String',
    description: '',
    allowedPattern: '',
    keyId: '',
    tier: 'Standard',
    at: new Date('2026-11-02T00:00:00Z'),
  };
  return { name, versions: [version], tags: new Map() };
}
