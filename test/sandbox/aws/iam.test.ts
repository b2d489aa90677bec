import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Caller, evaluate, type Policies, type Request } from '../../../sandbox/aws/iam/evaluate.ts';
import { readPolicy } from '../../../sandbox/aws/iam/policy.ts';

const ada: Caller = { kind: 'user', arn: 'arn:aws:iam::111122223333:user/ada' };
const role: Caller = {
  kind: 'role',
  arn: 'arn:aws:iam::111122223333:role/ops',
  session: 'arn:aws:sts::111122223333:assumed-role/ops/ada',
};
const policy = (...Statement: object[]) => readPolicy({ Version: '2012-10-17', Statement });
const allow = (Action: unknown, Resource: unknown = '*', Condition?: unknown) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition !== undefined && { Condition }),
});
const deny = (Action: unknown, Resource: unknown = '*', Condition?: unknown) => ({
  ...allow(Action, Resource, Condition),
  Effect: 'Deny',
});
const ask = (request: Partial<Request>, policies: Policies, caller: Caller = ada) =>
  evaluate(caller, { action: 's3:GetObject', resource: 'arn:aws:s3:::box/key', ...request }, policies)
    .allowed;
const own = (...statements: object[]): Policies => ({ identity: [policy(...statements)] });

describe('what an identity may', () => {
  test('nothing, until something allows it, and nothing again once something denies it', () => {
    expect(ask({}, {})).toBe(false);
    expect(ask({}, own(allow('s3:GetObject')))).toBe(true);
    expect(ask({}, own(allow('s3:GetObject'), deny('s3:*')))).toBe(false);
    expect(ask({}, { identity: [policy(deny('s3:*')), policy(allow('*'))] })).toBe(false);
  });

  test.each([
    ['s3:getobject', true],
    ['S3:Get*', true],
    ['s3:GetObjec?', true],
    ['s3:Get', false],
    ['s3:Get?', false],
    ['*', true],
    ['ec2:*', false],
  ])('the action %s takes in s3:GetObject: %s', (pattern, expected) => {
    expect(ask({}, own(allow(pattern)))).toBe(expected);
  });

  // The documentation's own examples of what wildcards in an ARN reach.
  test.each([
    ['arn:aws:s3:::box/*', 'arn:aws:s3:::box/a/b', true],
    ['arn:aws:s3:::box/*/test/*', 'arn:aws:s3:::box/1/2/test/3/object.jpg', true],
    ['arn:aws:s3:::box/*/test/*', 'arn:aws:s3:::box//test/object.jpg', true],
    ['arn:aws:s3:::box/*/test/*', 'arn:aws:s3:::box/1-test/object.jpg', false],
    ['arn:aws:s3:::box/*/test/*', 'arn:aws:s3:::box/test/object.jpg', false],
    ['arn:aws:s3:::box/KEY', 'arn:aws:s3:::box/key', false],
    ['arn:aws:s3:::box/(k)[ey]+.$', 'arn:aws:s3:::box/key', false],
    ['arn:aws:logs:*:1:log-group:/d2/*', 'arn:aws:logs:eu-west-1:1:log-group:/d2/a:log-stream:b', true],
    [
      'arn:aws:logs:eu-west-1:1:log-group:/d2/a',
      'arn:aws:logs:eu-west-1:1:log-group:/d2/a:log-stream:b',
      false,
    ],
  ])('%s takes in %s: %s', (pattern, resource, expected) => {
    expect(ask({ resource }, own(allow('*', pattern)))).toBe(expected);
  });

  test('where a wildcard inside a segment would have to cross a colon, it says nothing rather than guess', () => {
    const group = 'arn:aws:logs:eu-west-1:1:log-group:a:log-stream:b';
    expect(() => ask({ resource: group }, own(allow('*', 'arn:aws:logs:eu-west-1:1:log-*b')))).toThrow(
      'colon',
    );
  });

  test('NotAction and NotResource mean all but these', () => {
    const but = own({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' });
    expect(ask({}, but)).toBe(true);
    expect(ask({ action: 'iam:CreateUser', resource: '*' }, but)).toBe(false);
    const elsewhere = own(allow('*'), { Effect: 'Deny', Action: '*', NotResource: 'arn:aws:s3:::box/*' });
    expect(ask({}, elsewhere)).toBe(true);
    expect(ask({ resource: 'arn:aws:s3:::other/key' }, elsewhere)).toBe(false);
  });
});

describe('conditions', () => {
  const meets = (Condition: unknown, context: Request['context'] = {}) =>
    ask({ context }, own(allow('*', '*', Condition)));

  test.each([
    ['StringEquals', { k: ['a', 'b'] }, { k: 'b' }, true],
    ['StringEquals', { k: 'a' }, { k: 'A' }, false],
    ['StringEquals', { 'AWS:PrincipalTag/Team': 'a' }, { 'aws:principaltag/team': 'a' }, true],
    ['StringEquals', { k: 'a*' }, { k: 'ab' }, false],
    ['StringEqualsIgnoreCase', { k: 'a' }, { k: 'A' }, true],
    ['StringLike', { k: 'a*c?' }, { k: 'abbcd' }, true],
    ['StringNotLike', { k: ['a*', 'b*'] }, { k: 'bcd' }, false],
    ['StringNotEquals', { k: ['a', 'b'] }, { k: 'c' }, true],
    ['StringNotEquals', { k: ['a', 'b'] }, { k: 'b' }, false],
    ['NumericLessThan', { k: '1.2' }, { k: '1.1' }, true],
    ['NumericGreaterThanEquals', { k: 10 }, { k: '9' }, false],
    ['DateLessThan', { k: '2026-11-24T00:00:00Z' }, { k: '2026-11-23T23:59:59Z' }, true],
    ['DateGreaterThan', { k: '2026-11-24T00:00:00Z' }, { k: '1764028800' }, false],
    ['Bool', { k: true }, { k: 'True' }, true],
    ['IpAddress', { k: ['203.0.113.0/24', '2001:db8::/32'] }, { k: '203.0.113.9' }, true],
    ['IpAddress', { k: ['203.0.113.0/24', '2001:db8::/32'] }, { k: '2001:db9::1' }, false],
    ['NotIpAddress', { k: '203.0.113.0/24' }, { k: '203.0.114.9' }, true],
    ['ArnLike', { k: 'arn:aws:ecs:*:1:task/*' }, { k: 'arn:aws:ecs:eu-west-1:1:task/a:b' }, true],
    ['ArnEquals', { k: 'arn:aws:*:1:task/a' }, { k: 'arn:aws:ecs:eu-west-1:1:task/a' }, 'no ARN'],
    ['ArnEquals', { k: 'arn:aws:e*:1:1:task/a' }, { k: 'arn:aws:ecs:eu:1:task/a' }, false],
  ])('%s %j of %j: %s', (operator, wanted, context, expected) => {
    const answer = () => meets({ [operator]: wanted }, context);
    if (typeof expected === 'string') expect(answer).toThrow(expected);
    else expect(answer()).toBe(expected);
  });

  test.each([
    ['StringEquals', false],
    ['StringNotEquals', true],
    ['StringLike', false],
    ['ArnNotLike', true],
    ['Bool', false],
    ['StringEqualsIfExists', true],
    ['StringNotEqualsIfExists', true],
    ['ForAllValues:StringEquals', true],
    ['ForAnyValue:StringEquals', false],
  ])('%s of a key that the request lacks: %s', (operator, expected) => {
    expect(meets({ [operator]: { k: 'true' } })).toBe(expected);
  });

  test('Null asks whether a key is there', () => {
    expect(meets({ Null: { k: 'true' } })).toBe(true);
    expect(meets({ Null: { k: 'true' } }, { k: 'x' })).toBe(false);
    expect(meets({ Null: { k: false } }, { k: 'x' })).toBe(true);
    expect(meets({ Null: { k: 'true' } }, { k: [] })).toBe(true);
  });

  test('several values of the request are all or any of them', () => {
    const of = (set: string, k: readonly string[]) =>
      meets({ [`${set}:StringLike`]: { k: ['a*', 'b'] } }, { k });
    expect([
      of('ForAllValues', ['a1', 'b']),
      of('ForAllValues', ['a1', 'c']),
      of('ForAllValues', []),
    ]).toEqual([true, false, true]);
    expect([of('ForAnyValue', ['c', 'b']), of('ForAnyValue', ['c', 'd']), of('ForAnyValue', [])]).toEqual([
      true,
      false,
      false,
    ]);
    expect(meets({ 'ForAllValues:StringNotEquals': { k: ['a', 'b'] } }, { k: ['c', 'b'] })).toBe(false);
    expect(meets({ 'ForAnyValue:StringNotEquals': { k: ['a', 'b'] } }, { k: ['c', 'b'] })).toBe(true);
    expect(() => meets({ StringEquals: { k: 'a' } }, { k: ['a'] })).toThrow('ForAllValues');
  });

  test('all keys and all operators must be met', () => {
    const both = { StringEquals: { a: '1', b: '2' }, Bool: { c: 'true' } };
    expect(meets(both, { a: '1', b: '2', c: 'true' })).toBe(true);
    for (const gone of ['a', 'b', 'c'])
      expect(meets(both, { a: '1', b: '2', c: 'true', [gone]: 'x' })).toBe(false);
  });

  test('variables take their values from the request', () => {
    const home = own(allow('*', `arn:aws:s3:::box/${'$'}{aws:username}/*`));
    const resource = 'arn:aws:s3:::box/ada/x';
    expect(ask({ resource, context: { 'aws:username': 'ada' } }, home)).toBe(true);
    expect(ask({ resource, context: { 'aws:username': 'omar' } }, home)).toBe(false);
    expect(ask({ resource }, home)).toBe(false);
    const team = { StringEquals: { 'aws:ResourceTag/team': `${'$'}{aws:PrincipalTag/team, 'none'}` } };
    expect(meets(team, { 'aws:ResourceTag/team': 'a', 'aws:PrincipalTag/team': 'a' })).toBe(true);
    expect(meets(team, { 'aws:ResourceTag/team': 'none' })).toBe(true);
    expect(() => ask({ resource, context: { 'aws:username': '*' } }, home)).toThrow('wildcard');
  });

  test.each([
    [
      'a negated comparison with a variable without value',
      'StringNotEquals',
      `${'$'}{aws:username}`,
      'has no value',
    ],
    ['one of the kind among others', 'ArnNotLike', ['arn:a:b:c:d:e', `${'$'}{aws:username}`], 'has no value'],
    ['a variable of several values', 'StringEquals', `${'$'}{aws:TagKeys}`, "it can't be a variable"],
    ['a star as text', 'StringLike', `${'$'}{*}`, `The literal ${'$'}{*}`],
    ['a question mark as text', 'StringLike', `a${'$'}{?}`, `The literal ${'$'}{?}`],
    ['a dollar as text', 'StringLike', `${'$'}{$}{a}`, `The literal ${'$'}{$}`],
    ['a variable without name', 'StringEquals', `${'$'}{}`, 'is not understood'],
    ['a variable with a fallback that is no text', 'StringEquals', `${'$'}{a, b}`, 'is not understood'],
    ['what is no number', 'NumericEquals', 'ten', 'ten is no number'],
    ['an empty number', 'NumericLessThan', ' ', 'is no number'],
    ['what is no date', 'DateLessThan', 'tomorrow', 'is no date'],
    ['what is no address', 'IpAddress', '203.0.113', 'is no address'],
    ['a width that is no number', 'IpAddress', '203.0.113.0/x', 'x is no number'],
    ['Null of neither true nor false', 'Null', 'yes', 'Null takes true or false'],
  ])('%s makes no answer', (_, operator, wanted, words) => {
    const given = /^Numeric|^Date/.test(operator) ? '10' : operator === 'IpAddress' ? '203.0.113.9' : 'a';
    expect(() => meets({ [operator]: { k: wanted } }, { k: given, 'aws:TagKeys': ['a', 'b'] })).toThrow(
      words,
    );
  });

  test.each(['ten', ''])('a request’s %j, which is no number, makes no answer', (k) => {
    expect(() => meets({ NumericEquals: { k: 10 } }, { k })).toThrow('is no number');
  });

  const home = `arn:aws:s3:::box/${'$'}{aws:username}/*`;
  test.each([
    ['an allow of all but a resource', { Effect: 'Allow', Action: '*', NotResource: home }],
    ['a deny of all but a resource', { Effect: 'Deny', Action: '*', NotResource: home }],
    ['a deny of a resource', deny('*', ['arn:aws:s3:::other', home])],
  ])('%s that a variable without value names makes no answer, where it decides', (_, statement) => {
    const asked = { resource: 'arn:aws:s3:::box/ada/x' };
    const policies = own(allow('*'), statement);
    expect(() => ask(asked, policies)).toThrow('a variable that has no value');
    expect(ask({ ...asked, context: { 'aws:username': 'ada' } }, policies)).toBe(
      statement.Effect === 'Allow' || 'NotResource' in statement,
    );
    const named = 'NotResource' in statement ? { NotResource: [home, '*'] } : { Resource: [home, '*'] };
    expect(ask(asked, own(allow('*'), { ...statement, ...named }))).toBe('NotResource' in statement);
    expect(
      ask({ ...asked, action: 'ec2:StopInstances' }, own(allow('*'), { ...statement, Action: 's3:*' })),
    ).toBe(true);
  });

  test('in the older language a variable is text', () => {
    const old = readPolicy({ Statement: [allow('*', `arn:aws:s3:::box/${'$'}{aws:username}`)] });
    expect(
      ask({ resource: 'arn:aws:s3:::box/ada', context: { 'aws:username': 'ada' } }, { identity: [old] }),
    ).toBe(false);
  });
});

describe('what a resource allows', () => {
  const of = (Principal: unknown, Effect = 'Allow') =>
    policy({ Effect, Principal, Action: 's3:*', Resource: 'arn:aws:s3:::box/*' });

  test.each([
    ['everybody', '*', true],
    ['everybody, in other words', { AWS: '*' }, true],
    ['the role', { AWS: role.arn }, true],
    ['its session', { AWS: ['arn:aws:sts::111122223333:assumed-role/ops/ada'] }, true],
    ['another role', { AWS: 'arn:aws:iam::111122223333:role/op' }, false],
    ['the account, which leaves it to the role', { AWS: 'arn:aws:iam::111122223333:root' }, false],
    ['the account by its number', { AWS: '111122223333' }, false],
    ['a service', { Service: 's3.amazonaws.com' }, false],
  ])('%s', (_, principal, expected) => {
    expect(ask({}, { resource: of(principal), resourceAccount: '111122223333' }, role)).toBe(expected);
  });

  test('a deny of the account takes in its roles', () => {
    const policies = { ...own(allow('*')), resource: of({ AWS: '111122223333' }, 'Deny') };
    expect(ask({}, policies, role)).toBe(false);
  });

  test('in another account both must allow it', () => {
    const resourceAccount = '999900001111';
    expect(ask({}, { resource: of({ AWS: role.arn }), resourceAccount }, role)).toBe(false);
    expect(ask({}, { ...own(allow('*')), resource: of({ AWS: role.arn }), resourceAccount }, role)).toBe(
      true,
    );
    expect(
      ask({}, { ...own(allow('*')), resource: of({ AWS: '111122223333' }), resourceAccount }, role),
    ).toBe(true);
    expect(ask({}, { ...own(allow('*')), resource: of({ AWS: '5' }), resourceAccount }, role)).toBe(false);
  });

  test('a role is taken by whom its trust names, whatever else they may', () => {
    const trust = policy({
      Effect: 'Allow',
      Principal: { Service: 'ec2.amazonaws.com' },
      Action: 'sts:AssumeRole',
    });
    const taking = { action: 'sts:AssumeRole', resource: 'arn:aws:iam::111122223333:role/box' };
    expect(ask(taking, { resource: trust }, { kind: 'service', name: 'ec2.amazonaws.com' })).toBe(true);
    expect(ask(taking, { resource: trust }, { kind: 'service', name: 'lambda.amazonaws.com' })).toBe(false);
    expect(ask(taking, { ...own(allow('*')), resource: trust }, role)).toBe(false);
    for (const action of ['sts:TagSession', 'sts:SetSourceIdentity']) {
      const also = policy(...trust.Statement.map((one) => ({ ...one, Action: action })));
      expect(ask({ ...taking, action }, { ...own(allow('*')), resource: trust }, role)).toBe(false);
      expect(ask({ ...taking, action }, { ...own(allow('*')), resource: also }, role)).toBe(false);
      const service: Caller = { kind: 'service', name: 'ec2.amazonaws.com' };
      expect(ask({ ...taking, action }, { resource: also }, service)).toBe(true);
    }
    const federated = policy({
      Effect: 'Allow',
      Principal: { Federated: 'idp' },
      Action: 'sts:AssumeRoleWithSAML',
    });
    expect(
      ask(
        { ...taking, action: 'sts:AssumeRoleWithSAML' },
        { resource: federated },
        { kind: 'federated', provider: 'idp' },
      ),
    ).toBe(true);
  });
});

describe('without the policy of a key or a role', () => {
  const key = 'arn:aws:kms:eu-west-1:111122223333:key/k';
  const unanswered = "can't be answered without the policy";

  test.each([
    ['kms:Decrypt', key],
    ['KMS:Decrypt', key],
    ['sts:AssumeRole', role.arn],
    ['sts:TagSession', role.arn],
    ['sts:SetSourceIdentity', role.arn],
  ])('%s on %s is neither allowed nor refused, unless it is denied', (action, resource) => {
    expect(() => ask({ action, resource }, own(allow('*')))).toThrow(unanswered);
    expect(() => ask({ action, resource }, {})).toThrow(unanswered);
    expect(ask({ action, resource }, own(allow('*'), deny(action)))).toBe(false);
  });

  test.each([
    ['kms:ListKeys', '*'],
    ['kms:DeleteAlias', 'arn:aws:kms:eu-west-1:111122223333:alias/d2'],
    ['sts:GetCallerIdentity', '*'],
  ])('%s on %s is answered: there is none', (action, resource) => {
    expect(ask({ action, resource }, own(allow('*')))).toBe(true);
    expect(ask({ action, resource }, {})).toBe(false);
  });

  test('a key lets in whom its own policy does, or whom the account may', () => {
    const of = (Principal: unknown) => policy({ ...allow('kms:*'), Principal });
    const asked = { action: 'kms:Decrypt', resource: key };
    expect(ask(asked, { ...own(allow('*')), resource: of({ AWS: '111122223333' }) }, role)).toBe(true);
    expect(ask(asked, { resource: of({ AWS: '111122223333' }) }, role)).toBe(false);
    expect(ask(asked, { ...own(allow('*')), resource: of({ AWS: ada.arn }) }, role)).toBe(false);
    expect(ask(asked, { resource: of({ AWS: role.arn }) }, role)).toBe(true);
  });
});

test.each([
  ['an unknown element', { ...allow('*'), NotPrincipal: '*' }],
  ['an unknown kind of principal', { ...allow('*'), Principal: { CanonicalUser: 'x' } }],
  ['both Action and NotAction', { ...allow('*'), NotAction: '*' }],
  ['no action', { Effect: 'Allow', Resource: '*' }],
  ['both Resource and NotResource', { ...allow('*'), NotResource: '*' }],
  ['what is no action', allow('GetObject')],
  ['another effect', { ...allow('*'), Effect: 'Maybe' }],
])('a policy with %s is refused', (_, statement) => {
  expect(() => policy(statement)).toThrow('not understood');
});

test.each([
  ['an unknown operator', own(allow('*', '*', { StringMatches: { k: 'a' } })), 'StringMatches'],
  [
    'an operator on which IfExists means nothing',
    own(allow('*', '*', { NullIfExists: { k: 'true' } })),
    'NullIfExists',
  ],
  ['a principal in an identity’s policy', own({ ...allow('*'), Principal: '*' }), 'Principal'],
  ['no principal in a resource’s', { resource: policy(allow('*')) }, 'Principal'],
  ['no resource in an identity’s', own({ Effect: 'Allow', Action: '*' }), 'no Resource'],
])('%s makes no answer', (_, policies: Policies, words) => {
  expect(() => ask({ context: { k: 'a' } }, policies)).toThrow(words);
});

describe('for any policies', () => {
  const actions = fc.constantFrom('*', 's3:*', 's3:Get*', 's3:GetObject', 's3:PutObject', 'ec2:*');
  const resources = fc.constantFrom(
    '*',
    'arn:aws:s3:::box/*',
    'arn:aws:s3:::box/key',
    'arn:aws:s3:::other/*',
  );
  const conditions = fc.option(
    fc.record({
      operator: fc.constantFrom(
        'StringEquals',
        'StringNotEquals',
        'StringLike',
        'StringEqualsIfExists',
        'Null',
        'ForAnyValue:StringEquals',
        'ForAllValues:StringEquals',
      ),
      key: fc.constantFrom('a', 'b'),
    }),
    { nil: undefined },
  );
  const statement = (Effect: string) =>
    fc.tuple(actions, resources, conditions).map(([Action, Resource, condition]) => ({
      Effect,
      Action,
      Resource,
      ...(condition && { Condition: { [condition.operator]: { [condition.key]: 'true' } } }),
    }));
  const any = fc.oneof(statement('Allow'), statement('Deny'));
  const policies = fc.array(any, { maxLength: 6 });
  const request = fc.record({
    action: fc.constantFrom('s3:GetObject', 's3:PutObject', 'ec2:StopInstances'),
    resource: fc.constantFrom('arn:aws:s3:::box/key', 'arn:aws:s3:::other/key', '*'),
    context: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('true', 'false')),
  });

  test('one more deny never allows more, and one more allow never less', () => {
    fc.assert(
      fc.property(
        policies,
        statement('Deny'),
        statement('Allow'),
        request,
        (statements, denial, grant, asked) => {
          const before = ask(asked, own(...statements));
          if (ask(asked, own(...statements, denial))) expect(before).toBe(true);
          if (before) expect(ask(asked, own(...statements, grant))).toBe(true);
        },
      ),
    );
  });

  test('neither the order of statements nor how they are spread over policies matters', () => {
    fc.assert(
      fc.property(policies, request, (statements, asked) => {
        const answer = ask(asked, own(...statements));
        expect(ask(asked, own(...statements.toReversed()))).toBe(answer);
        expect(ask(asked, { identity: statements.map((one) => policy(one)) })).toBe(answer);
      }),
    );
  });

  test('a deny without condition is final, and without an allow there is nothing', () => {
    fc.assert(
      fc.property(policies, request, (statements, asked) => {
        expect(ask(asked, own(...statements, deny('*')))).toBe(false);
        expect(ask(asked, own(...statements.filter(({ Effect }) => Effect === 'Deny')))).toBe(false);
      }),
    );
  });
});
