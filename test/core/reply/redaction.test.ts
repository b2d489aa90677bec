import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, redactDeep } from '../../../src/core/reply/redaction.ts';
import { rounds, seed } from '../../rounds.ts';

const from = (alphabet: string, length: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: length, maxLength: length });
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const hex = '0123456789abcdef';

/** Each class with what must not come through. */
const classes: Record<string, fc.Arbitrary<{ text: string; secret: string }>> = {
  'an AWS key id': from(upper, 16).map((tail) => ({ text: `key AKIA${tail} used`, secret: `AKIA${tail}` })),
  'an AWS secret key': from(base64, 40).map((secret) => ({
    text: `aws_secret_access_key = ${secret}`,
    secret,
  })),
  'a session token in an URL': from(base64, 80).map((secret) => ({
    text: `GET /?X-Amz-Security-Token=${secret}&x=1`,
    secret,
  })),
  'a signature': from(hex, 64).map((secret) => ({
    text: `https://s3.amazonaws.com/b/k?X-Amz-Signature=${secret}`,
    secret,
  })),
  'a Slack token': from(base64, 24).map((tail) => ({ text: `token xoxb-123456-${tail}.`, secret: tail })),
  'a webhook': from(base64, 24).map((tail) => ({
    text: `see https://hooks.slack.com/services/T0/B0/${tail}`,
    secret: tail,
  })),
  'a JWT': fc
    .tuple(from(base64, 20), from(base64, 30), from(base64, 43))
    .map(([a, b, c]) => ({ text: `jwt eyJ${a}.eyJ${b}.${c} end`, secret: c })),
  'a private key': from(base64, 64).map((secret) => ({
    text: `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`,
    secret,
  })),
  'an Authorization header': from(base64, 30).map((secret) => ({
    text: `Authorization: Bearer ${secret}`,
    secret,
  })),
  'a cookie': from(base64, 30).map((secret) => ({ text: `Cookie: session=${secret}; a=b`, secret })),
  'a password in an URL': from(base64, 16).map((secret) => ({
    text: `mysql://app_user:${secret}@db:3306/ridebooking`,
    secret,
  })),
  'key=value': from(base64, 16).map((secret) => ({ text: `DB_PASSWORD=${secret} DB_HOST=x`, secret })),
  JSON: from(base64, 16).map((secret) => ({
    text: JSON.stringify({ user: 'a', clientSecret: secret }),
    secret,
  })),
  'JSON in JSON': from(base64, 16).map((secret) => ({
    text: JSON.stringify({ msg: JSON.stringify({ password: secret }) }),
    secret,
  })),
  YAML: from(base64, 16).map((secret) => ({ text: `db:\n  password: ${secret}\n`, secret })),
  'a Python or Node object': from(base64, 16).map((secret) => ({
    text: `{ user: 'app', 'db_password': '${secret}' }`,
    secret,
  })),
  'a password of digits': from('123456789', 9).map((secret) => ({
    text: `{"db_password":${secret},"port":3306}`,
    secret,
  })),
  'a key that ends in pass': from(base64, 16).map((secret) => ({ text: `DB_PASS=${secret}`, secret })),
  'a passphrase': from(base64, 16).map((secret) => ({ text: `export KEY_PASSPHRASE="${secret}"`, secret })),
  'a password with an @ in an URL': from(base64, 8).map((secret) => ({
    text: `mysql://app_user:x@${secret}@db:3306/ridebooking`,
    secret,
  })),
  'an RDS token': fc.tuple(from(upper, 16), from(hex, 64)).map(([key, secret]) => ({
    text: `d2.rds.amazonaws.com:3306/?Action=connect&DBUser=app_user&X-Amz-Credential=AKIA${key}%2F20261123%2Fap-southeast-1&X-Amz-Signature=${secret}`,
    secret,
  })),
  'a signed request': from(hex, 64).map((secret) => ({
    text: `authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261123/x, SignedHeaders=host;x-amz-date, Signature=${secret}`,
    secret,
  })),
  'basic authorization in JSON': from(base64, 24).map((secret) => ({
    text: JSON.stringify({ headers: { Authorization: `Basic ${secret}` } }),
    secret,
  })),
  'an app token': from(base64, 24).map((tail) => ({ text: `SLACK=xapp-1-A0-1-${tail}`, secret: tail })),
  'a session token by itself': from(base64, 90).map((tail) => ({
    text: `got IQoJ${tail} back`,
    secret: tail,
  })),
  'an argument list': from(base64, 16).map((secret) => ({ text: `['--password', '${secret}']`, secret })),
  'a flag': from(base64, 16).map((secret) => ({ text: `mysql --password ${secret} -h x`, secret })),
};

describe('what never leaves the bot', () => {
  it.each(Object.entries(classes))('%s', (_, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, ({ text, secret }) => {
        expect(redact(text)).not.toContain(secret);
      }),
      { seed, numRuns: rounds(200) },
    );
  });

  it.each(Object.entries(classes))('%s, wherever it stands in a line', (_, arbitrary) => {
    const before = fc.constantFrom(
      '',
      'x ',
      '2026-11-23T02:26:13.911Z ',
      '\t',
      '> ',
      '{',
      '"',
      'é ',
      'error: ',
    );
    const after = fc.constantFrom('', ' ', '\n', ' at /opt/apps/backend-api', '\nnext line');
    fc.assert(
      fc.property(before, arbitrary, after, (start, { text, secret }, end) => {
        expect(redact(`${start}${text}${end}`)).not.toContain(secret);
      }),
      { seed, numRuns: rounds(100) },
    );
  });

  it('changes fewer than one of two hundred lines that hide nothing', () => {
    const id = from(hex, 17);
    const word = fc.constantFrom(
      'fare',
      'ride',
      'driver',
      'passenger',
      'request',
      'pool',
      'bypass',
      'key',
      'user',
    );
    const number = fc.nat(99_999);
    const line = fc.oneof(
      fc.tuple(word, number, number).map(([noun, status, ms]) =>
        JSON.stringify({
          level: 'info',
          time: '2026-11-23T02:26:13.911Z',
          msg: `${noun} done`,
          status,
          ms,
        }),
      ),
      fc.tuple(word, number).map(([noun, n]) => `GET /${noun}s/${n}?page=${n}&sort=name 200 ${n} ms`),
      id.map((tail) => `instance i-${tail} is running in ap-southeast-1a`),
      id.map((tail) => `arn:aws:ec2:ap-southeast-1:000011112222:instance/i-${tail}`),
      fc.tuple(word, number).map(([noun, n]) => `${noun}=${n} ${noun}s: ${n}, retries: 3`),
      fc.tuple(word, number).map(([noun, n]) => `https://api.example.com:3000/${noun}/${n}/ana@example.com`),
      fc
        .tuple(word, number)
        .map(([noun, n]) => `Error: ${noun} is NaN\n    at Ride.${noun} (/opt/apps/x.js:${n}:9)`),
      word.map((noun) => `the ${noun}'s token expired, sign in again`),
      word.map((noun) => `password authentication failed for ${noun}`),
      fc.uuid().map((uuid) => `command ${uuid} ended: Success`),
      from(hex, 64).map((sum) => `sha256 ${sum}  release-r42.tgz`),
    );
    const lines = fc.sample(line, { seed, numRuns: rounds(4_000) });
    const changed = lines.filter((one) => redact(one) !== one);
    expect(changed.length / lines.length, changed.slice(0, 5).join('\n')).toBeLessThan(0.005);
  });

  it('hides the same when it is asked twice', () => {
    const any = fc.oneof(...Object.values(classes)).map(({ text }) => redact(text));
    fc.assert(
      fc.property(any, (clean) => {
        expect(redact(clean)).toBe(clean);
      }),
      { seed, numRuns: rounds(500) },
    );
  });

  it('leaves ordinary lines alone', () => {
    const lines = [
      '{"level":"info","time":"2026-11-23T02:26:13.911Z","msg":"request completed","route":"POST /rides","status":201,"latencyMs":34}',
      'Database pool initialized',
      'connect ECONNREFUSED 10.20.21.9:3306',
      'https://ap-southeast-1.console.aws.amazon.com/cloudwatch/home?region=ap-southeast-1#logsV2:log-groups',
      'arn:aws:ec2:ap-southeast-1:000011112222:instance/i-080c218b1eb3925ee',
      'The password is in Secrets Manager. Read it with:',
      'aws secretsmanager get-secret-value --region ap-southeast-1 --secret-id d2-ride-booking/dev/cognito/ana@example.com --query SecretString --output text',
      'ssm:SendCommand d2-pm2-stop backend-api on i-080c218b1eb3925ee',
      '01ARZ3NDEKTSV4RRFFQ69G5FAV',
      'ALB 1/1 healthy · NAT .06, endpoints .08',
    ];
    expect(lines.filter((line) => redact(line) !== line)).toEqual([]);
  });

  it('goes through data, by keys too, and leaves dates as they are', () => {
    const at = new Date(0);
    const cyclic: Record<string, unknown> = {
      at,
      list: [{ token: 'abcdef' }],
      text: 'password=abcdef',
      count: 3,
    };
    cyclic.self = cyclic;
    const clean = redactDeep(cyclic);
    expect(JSON.stringify(clean)).not.toContain('abcdef');
    expect(clean.at).toBe(at);
    expect(clean.count).toBe(3);
  });

  it('takes no longer than it should for hostile text', () => {
    for (const text of [
      'a'.repeat(50_000),
      'password'.repeat(5_000),
      '='.repeat(20_000),
      `${'x.'.repeat(10_000)}@`,
      'eyJ'.repeat(10_000),
    ])
      expect(redact(text).length).toBeGreaterThan(0);
  });
});
