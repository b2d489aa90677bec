import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  type AuthFlowType,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  ListUsersCommand,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { cbor } from '@smithy/core/cbor';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { hasAwsCli, runAws } from '../../aws-cli/aws-cli.ts';
import { region, startTestAccount, type TestAccount } from './test-account.ts';

const UserPoolId = 'ap-southeast-1_D2SandBox';
const ClientId = '1ak3tj1bn3neor7hgsjr1ml5h3';
const issuer = `https://cognito-idp.${region}.amazonaws.com/${UserPoolId}`;
const admin = 'nadia@example.com';
const password = 'Long-enough-123';

let s: TestAccount;
/** Of the app that people sign in with: it has no keys, and no way to find some. */
let app: CognitoIdentityProviderClient;
beforeAll(async () => {
  s = await startTestAccount();
  const credentials = () => Promise.reject(new Error('the app has no keys'));
  app = new CognitoIdentityProviderClient({ region, endpoint: s.endpoint, credentials, maxAttempts: 1 });
  await setPassword(admin, password);
});
afterAll(async () => {
  app?.destroy();
  await s?.close();
});
afterEach(() => {
  vi.useRealTimers();
  s.account.setFaults([]);
});

const changing = () => s.clients.cognito.changing;
const setPassword = (Username: string, Password: string, Permanent = true) =>
  changing().send(new AdminSetUserPasswordCommand({ UserPoolId, Username, Password, Permanent }));
const invite = (Username: string, TemporaryPassword?: string) =>
  changing().send(
    new AdminCreateUserCommand({
      UserPoolId,
      Username,
      TemporaryPassword,
      DesiredDeliveryMediums: ['EMAIL'],
      UserAttributes: [
        { Name: 'email', Value: Username },
        { Name: 'email_verified', Value: 'true' },
      ],
    }),
  );
const statusOf = async (Username: string) =>
  (await s.clients.cognito.reading.send(new AdminGetUserCommand({ UserPoolId, Username }))).UserStatus;

const initiate = (AuthFlow: AuthFlowType, AuthParameters: Record<string, string>, client = ClientId) =>
  app.send(new InitiateAuthCommand({ ClientId: client, AuthFlow, AuthParameters }));
const signIn = (USERNAME: string, PASSWORD: string) => initiate('USER_PASSWORD_AUTH', { USERNAME, PASSWORD });
const refresh = (REFRESH_TOKEN: string) => initiate('REFRESH_TOKEN_AUTH', { REFRESH_TOKEN });
const respond = (USERNAME: string, NEW_PASSWORD: string, Session: string | undefined) =>
  app.send(
    new RespondToAuthChallengeCommand({
      ClientId,
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      ChallengeResponses: { USERNAME, NEW_PASSWORD },
      Session,
    }),
  );

async function tokens(): Promise<{ id: string; access: string; refresh: string }> {
  const { AuthenticationResult } = await signIn(admin, password);
  const { IdToken = '', AccessToken = '', RefreshToken = '' } = AuthenticationResult ?? {};
  return { id: IdToken, access: AccessToken, refresh: RefreshToken };
}

const wellKnown = (file: string) => `${s.endpoint}/${UserPoolId}/.well-known/${file}`;
const read = async (url: string) => JSON.parse(await (await fetch(url)).text());
const keySet = () => createRemoteJWKSet(new URL(wellKnown('jwks.json')), { cooldownDuration: 0 });
const claimsOf = async (token: string) => (await jwtVerify(token, keySet(), { issuer })).payload;
const refused = (message: string) => expect.objectContaining({ name: 'NotAuthorizedException', message });

describe('a token', () => {
  test('is verified by AWS’s own verifier, each for its use alone', async () => {
    const { id, access } = await tokens();
    const verifierOf = async (tokenUse: 'id' | 'access', clientId = ClientId) => {
      const verifier = CognitoJwtVerifier.create({ userPoolId: UserPoolId, clientId, tokenUse });
      verifier.cacheJwks(await read(wellKnown('jwks.json')));
      return verifier;
    };
    expect(await (await verifierOf('access')).verify(access)).toMatchObject({ client_id: ClientId });
    expect(await (await verifierOf('id')).verify(id)).toMatchObject({ aud: ClientId, email: admin });
    await expect((await verifierOf('access')).verify(id)).rejects.toThrow('Token use');
    await expect((await verifierOf('access', 'another')).verify(access)).rejects.toThrow('not allowed');
  });

  test('says what Cognito’s say', async () => {
    const { id, access } = await tokens();
    const { Username: sub } = await s.clients.cognito.reading.send(
      new AdminGetUserCommand({ UserPoolId, Username: admin }),
    );
    const [accessClaims, idClaims] = [await claimsOf(access), await claimsOf(id)];
    expect(decodeProtectedHeader(access)).toEqual({ alg: 'RS256', kid: expect.any(String) });
    const shared = {
      sub,
      iss: issuer,
      'cognito:groups': ['ADMIN'],
      origin_jti: accessClaims.origin_jti,
      event_id: expect.any(String),
      auth_time: expect.any(Number),
      iat: expect.any(Number),
      exp: (accessClaims.iat ?? 0) + 3_600,
      jti: expect.any(String),
    };
    expect(accessClaims).toEqual({
      ...shared,
      client_id: ClientId,
      token_use: 'access',
      scope: 'aws.cognito.signin.user.admin',
      username: sub,
    });
    expect(idClaims).toEqual({
      ...shared,
      aud: ClientId,
      token_use: 'id',
      email: admin,
      email_verified: true,
      'cognito:username': sub,
    });
    expect(idClaims.jti).not.toBe(accessClaims.jti);
  });

  test('names no groups for whoever is in none', async () => {
    await invite('nobody@example.com');
    await setPassword('nobody@example.com', password);
    const { AuthenticationResult } = await signIn('nobody@example.com', password);
    expect(await claimsOf(AuthenticationResult?.AccessToken ?? '')).not.toHaveProperty('cognito:groups');
  });

  test('lives on real time, however the account’s clock is turned', async () => {
    s.clock.advance(5 * 3_600_000);
    const { access } = await tokens();
    expect(await claimsOf(access)).toMatchObject({ token_use: 'access' });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_601_000 });
    await expect(claimsOf(access)).rejects.toThrow('"exp" claim timestamp check failed');
  });

  test('of another account, and one that was changed, is not this one’s', async () => {
    const { access } = await tokens();
    const [head = '', body = '', signature = ''] = access.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'x' })).toString('base64url');
    await expect(claimsOf([head, forged, signature].join('.'))).rejects.toThrow('signature');
    const other = await startTestAccount();
    try {
      const theirs = createRemoteJWKSet(new URL(`${other.endpoint}/${UserPoolId}/.well-known/jwks.json`));
      await expect(jwtVerify(access, theirs)).rejects.toThrow('no applicable key');
    } finally {
      await other.close();
    }
  });
});

describe('the pool’s keys', () => {
  test('are there for everybody, found by the OpenID configuration', async () => {
    const configuration = await read(wellKnown('openid-configuration'));
    expect(configuration).toMatchObject({ issuer, jwks_uri: wellKnown('jwks.json') });
    const { keys } = await read(configuration.jwks_uri);
    expect(keys).toEqual([
      {
        kty: 'RSA',
        alg: 'RS256',
        use: 'sig',
        kid: expect.any(String),
        n: expect.any(String),
        e: 'AQAB',
      },
    ]);
    const another = await fetch(`${s.endpoint}/ap-southeast-1_Another/.well-known/jwks.json`);
    expect(another.status).toBe(404);
  });

  test('outlive a reset, as the account does', async () => {
    const { access } = await tokens();
    await s.account.reset();
    expect(await claimsOf(access)).toMatchObject({ token_use: 'access' });
    await setPassword(admin, password);
  });

  test('can be made to fail', async () => {
    s.account.setFaults([{ action: 'GetJwks', kind: 'error', times: 1 }]);
    expect((await fetch(wellKnown('jwks.json'))).status).toBe(500);
    expect((await fetch(wellKnown('jwks.json'))).status).toBe(200);
    s.account.setFaults([{ action: 'GetJwks', kind: 'reset', times: 1 }]);
    await expect(fetch(wellKnown('jwks.json'))).rejects.toThrow('fetch failed');
  });
});

describe('signing in', () => {
  test('by a refresh token keeps the sign-in, and renews the tokens alone', async () => {
    const first = await tokens();
    const { AuthenticationResult } = await refresh(first.refresh);
    expect(AuthenticationResult).toMatchObject({ ExpiresIn: 3_600, TokenType: 'Bearer' });
    expect(AuthenticationResult).not.toHaveProperty('RefreshToken');
    const before = await claimsOf(first.access);
    const after = await claimsOf(AuthenticationResult?.AccessToken ?? '');
    expect(after).toMatchObject({ origin_jti: before.origin_jti, auth_time: before.auth_time });
    expect(after.jti).not.toBe(before.jti);
    await expect(refresh('made-up')).rejects.toEqual(refused('Invalid Refresh Token'));
    s.clock.advance(30 * 86_400_000);
    await expect(refresh(first.refresh)).rejects.toEqual(refused('Refresh Token has expired'));
  });

  test('is refused by the names that Cognito has for it', async () => {
    await expect(signIn(admin, 'wrong')).rejects.toEqual(refused('Incorrect username or password.'));
    await expect(signIn('siti@example.com', password)).rejects.toEqual(
      refused('Incorrect username or password.'),
    );
    const named = (name: string) => expect.objectContaining({ name });
    // As its client says: who does not exist looks like a wrong password.
    await expect(signIn('who@example.com', password)).rejects.toEqual(
      refused('Incorrect username or password.'),
    );
    const parameters = { USERNAME: admin, PASSWORD: password };
    await expect(initiate('USER_PASSWORD_AUTH', parameters, 'another')).rejects.toEqual(
      named('ResourceNotFoundException'),
    );
    await expect(initiate('USER_SRP_AUTH', parameters)).rejects.toEqual(named('InvalidParameterException'));
    await expect(initiate('USER_PASSWORD_AUTH', { USERNAME: admin })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Missing required parameter PASSWORD',
    });
  });

  test('is over for a disabled user until enabled again, and for a deleted one', async () => {
    const Username = 'ana@example.com';
    const user = { UserPoolId, Username };
    await invite(Username);
    await setPassword(Username, password);
    const { AuthenticationResult } = await signIn(Username, password);
    const token = AuthenticationResult?.RefreshToken ?? '';
    await changing().send(new AdminDisableUserCommand(user));
    await expect(signIn(Username, password)).rejects.toEqual(refused('User is disabled.'));
    await expect(refresh(token)).rejects.toEqual(refused('User is disabled.'));
    await changing().send(new AdminEnableUserCommand(user));
    await signIn(Username, password);
    await changing().send(new AdminDeleteUserCommand(user));
    await expect(refresh(token)).rejects.toEqual(refused('Invalid Refresh Token'));
  });

  test('locks out after five wrong passwords, for twice as long each time', async () => {
    const Username = 'dora@example.com';
    await invite(Username);
    await setPassword(Username, password);
    const wrong = () =>
      expect(signIn(Username, 'wrong')).rejects.toEqual(refused('Incorrect username or password.'));
    for (let attempt = 0; attempt < 5; attempt += 1) await wrong();
    for (let attempt = 0; attempt < 8; attempt += 1) {
      s.clock.advance(400_000);
      await wrong();
    }
    // The thirteenth locks for 2^8 seconds.
    s.clock.advance(200_000);
    await expect(signIn(Username, password)).rejects.toEqual(refused('Password attempts exceeded'));
    s.clock.advance(57_000);
    await signIn(Username, password);
    await wrong();
    await signIn(Username, password);
  });

  test('is all that needs no keys', async () => {
    const user = { UserPoolId, Username: admin };
    const service = 'AWSCognitoIdentityProviderService';
    const call = (target: string) =>
      fetch(s.endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
        body: JSON.stringify(user),
      });
    for (const action of ['AdminGetUser', 'AdminSetUserPassword', 'ListUsers', 'constructor'])
      expect(await (await call(`${service}.${action}`)).json()).toMatchObject({
        __type: 'MissingAuthenticationToken',
      });
    expect(await (await call('AmazonSSM.InitiateAuth')).json()).toMatchObject({
      __type: 'MissingAuthenticationToken',
    });
    // An open action in the header opens no other that the path names.
    const smuggled = await fetch(`${s.endpoint}/service/x/operation/AdminDeleteUser`, {
      method: 'POST',
      headers: { 'x-amz-target': `${service}.InitiateAuth`, 'smithy-protocol': 'rpc-v2-cbor' },
      body: Buffer.from(cbor.serialize(user)),
    });
    expect([smuggled.status, await statusOf(admin)]).toEqual([403, 'CONFIRMED']);
  });
});

describe('a temporary password', () => {
  test('is mailed, opens only the way to an own one, and is then over', async () => {
    const Username = 'bea@example.com';
    await invite(Username);
    const mail = s.account.mails().at(-1);
    expect(mail).toMatchObject({ to: Username, kind: 'invitation' });
    const temporary = /temporary password is (\S+)$/.exec(mail?.text ?? '')?.[1] ?? '';
    const challenged = await signIn(Username, temporary);
    expect(challenged).toMatchObject({ ChallengeName: 'NEW_PASSWORD_REQUIRED', Session: expect.any(String) });
    expect(challenged.AuthenticationResult).toBeUndefined();
    expect(JSON.parse(challenged.ChallengeParameters?.userAttributes ?? '')).toMatchObject({
      email: Username,
    });
    await expect(respond(Username, 'weak', challenged.Session)).rejects.toMatchObject({
      name: 'InvalidPasswordException',
    });
    await expect(respond(admin, password, challenged.Session)).rejects.toEqual(
      refused('Invalid session for the user.'),
    );
    const { AuthenticationResult } = await respond(Username, password, challenged.Session);
    expect(await claimsOf(AuthenticationResult?.AccessToken ?? '')).toMatchObject({ token_use: 'access' });
    expect(await statusOf(Username)).toBe('CONFIRMED');
    expect(s.account.ledger().at(-1)).toMatchObject({
      action: 'RespondToAuthChallenge',
      targets: [Username],
    });
    expect(JSON.stringify(s.account.ledger())).not.toContain(password);
    await expect(respond(Username, 'Long-enough-456', challenged.Session)).rejects.toEqual(
      refused('Invalid session for the user.'),
    );
    await expect(signIn(Username, temporary)).rejects.toEqual(refused('Incorrect username or password.'));
    expect((await signIn(Username, password)).ChallengeName).toBeUndefined();
  });

  test('can be chosen, leaves three minutes to answer, and lasts seven days', async () => {
    const Username = 'cleo@example.com';
    await invite(Username, 'Temporary-123');
    const { Session } = await signIn(Username, 'Temporary-123');
    s.clock.advance(3 * 60_000);
    await expect(respond(Username, password, Session)).rejects.toEqual(
      refused('Invalid session for the user, session is expired.'),
    );
    s.clock.advance(7 * 86_400_000);
    await expect(signIn(Username, 'Temporary-123')).rejects.toEqual(
      refused('Temporary password has expired and must be reset by an administrator.'),
    );
    await setPassword(Username, 'Another-temporary-1', false);
    expect((await signIn(Username, 'Another-temporary-1')).ChallengeName).toBe('NEW_PASSWORD_REQUIRED');
  });

  test('that Cognito makes keeps the policy, and differs each time', async () => {
    const texts = new Set<string>();
    for (let n = 0; n < 20; n += 1) {
      const Username = `many${n}@example.com`;
      await invite(Username);
      const text = /password is (\S+)$/.exec(s.account.mails().at(-1)?.text ?? '')?.[1] ?? '';
      await setPassword(Username, text);
      texts.add(text);
    }
    expect(texts.size).toBe(20);
    const { Users } = await s.clients.cognito.reading.send(
      new ListUsersCommand({ UserPoolId, Filter: 'email ^= "many"' }),
    );
    expect(JSON.stringify(Users)).not.toContain([...texts][0]);
  });
});

test.skipIf(!hasAwsCli)('the guide’s 7.2 and 7.3 are accepted word for word by the AWS CLI', async () => {
  const keys = {
    AWS_ACCESS_KEY_ID: s.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s.credentials.secretAccessKey,
  };
  const cognito = async (action: string, env: Record<string, string>, ...args: string[]) =>
    runAws(
      [
        ...['cognito-idp', action, '--region', region, ...args],
        ...['--endpoint-url', s.endpoint, '--output', 'json'],
      ],
      { AWS_EC2_METADATA_DISABLED: 'true', ...env },
    );
  const USERNAME = 'admin@demo.fikri.dev';
  const of = ['--user-pool-id', UserPoolId, '--username', USERNAME];
  const mailed = s.account.mails().length;
  const attributes = [`Name=email,Value=${USERNAME}`, 'Name=email_verified,Value=true'];
  await cognito(
    'admin-create-user',
    keys,
    ...of,
    ...['--temporary-password', 'TempPassword123!', '--user-attributes', ...attributes],
  );
  // An invitation goes by SMS unless email is asked for, and nobody has a phone number here.
  expect(s.account.mails()).toHaveLength(mailed);
  await cognito('admin-set-user-password', keys, ...of, '--password', 'Password123!', '--permanent');
  const parameters = `USERNAME=${USERNAME},PASSWORD=Password123!`;
  const answer = await cognito(
    'initiate-auth',
    {},
    ...['--auth-flow', 'USER_PASSWORD_AUTH', '--client-id', ClientId, '--auth-parameters', parameters],
  );
  const { AuthenticationResult } = JSON.parse(answer);
  expect(await claimsOf(AuthenticationResult.IdToken)).toMatchObject({ email: USERNAME });
});
