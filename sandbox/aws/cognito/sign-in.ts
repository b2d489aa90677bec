import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { AwsError } from '../errors.ts';
import { type Action, type Input, mapOf, textOf } from '../service.ts';
import { checkAttributes } from './attributes.ts';
import { checkClient, type Pool, seconds, sessionMinutes } from './client.ts';
import { createLockout } from './lockout.ts';
import { temporaryDays } from './passwords.ts';
import type { SignIn, Tokens } from './tokens.ts';
import type { createUsers, User } from './users.ts';

interface SignInOptions {
  pool: Pool;
  clock: Clock;
  users: ReturnType<typeof createUsers>;
  tokens: Tokens;
}

const refused = (why: string) => new AwsError('NotAuthorizedException', why);
const wrong = 'Incorrect username or password.';
const invalid = (why: string) => new AwsError('InvalidParameterException', why);

/** Signing in by password or refresh token, with the challenge of users that still have a temporary password. */
export function createSignIn({ pool, clock, users, tokens }: SignInOptions): Record<string, Action> {
  const lockout = createLockout(clock);
  const sessions = createOpaqueTokens<{ sub: string }>(clock);
  const refreshes = createOpaqueTokens<{ sub: string; signIn: SignIn }>(clock);

  const lackingOf = ({ attributes }: User): string[] => pool.required.filter((name) => !attributes.has(name));

  async function tokensOf(user: User, signIn: SignIn) {
    return { ...(await tokens.issue(user, signIn)), ExpiresIn: seconds('AccessToken'), TokenType: 'Bearer' };
  }

  async function signedIn(user: User) {
    const signIn = tokens.begin();
    const RefreshToken = refreshes.issue({ sub: user.sub, signIn }, seconds('RefreshToken'));
    return {
      ChallengeParameters: {},
      AuthenticationResult: { ...(await tokensOf(user, signIn)), RefreshToken },
    };
  }

  /** A client that hides users tells of no name whether it exists. */
  function find(name: string, hidden: string): User {
    const found = users.lookUp(name);
    if (!found && pool.client.hidesUsers) throw refused(hidden);
    return found ?? users.find(name);
  }

  async function byPassword(parameters: Input) {
    const name = required(parameters, 'USERNAME');
    const password = required(parameters, 'PASSWORD');
    const user = find(name, wrong);
    lockout.assertUnlocked(user);
    if (user.password?.text !== password) {
      lockout.failed(user);
      throw refused(wrong);
    }
    lockout.passed(user);
    checkEnabled(user);
    if (user.status === 'CONFIRMED') return signedIn(user);
    const until = user.password.since.getTime() + temporaryDays * 86_400_000;
    if (until <= clock.now().getTime())
      throw refused('Temporary password has expired and must be reset by an administrator.');
    return {
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session: sessions.issue({ sub: user.sub }, sessionMinutes * 60),
      ChallengeParameters: {
        USER_ID_FOR_SRP: user.sub,
        requiredAttributes: JSON.stringify(lackingOf(user).map((name) => `userAttributes.${name}`)),
        userAttributes: JSON.stringify({ ...Object.fromEntries(user.attributes), sub: undefined }),
      },
    };
  }

  async function byRefresh(parameters: Input) {
    const known = refreshes.find(required(parameters, 'REFRESH_TOKEN'));
    if (!known) throw refused('Invalid Refresh Token');
    if (known.expired) throw refused('Refresh Token has expired');
    const user = find(known.of.sub, 'Invalid Refresh Token');
    checkEnabled(user);
    return { ChallengeParameters: {}, AuthenticationResult: await tokensOf(user, known.of.signIn) };
  }

  return {
    InitiateAuth: {
      open: true,
      run(input) {
        checkClient(pool, textOf(input, 'ClientId'));
        const flow = textOf(input, 'AuthFlow');
        const parameters = mapOf(input, 'AuthParameters');
        if (flow === 'USER_PASSWORD_AUTH') return byPassword(parameters);
        if (flow === 'REFRESH_TOKEN_AUTH' || flow === 'REFRESH_TOKEN') return byRefresh(parameters);
        if (/^(USER_SRP_AUTH|CUSTOM_AUTH|USER_AUTH)$/.test(flow))
          throw invalid(`${flow} is not enabled for the client.`);
        throw invalid('Initiate Auth method not supported.');
      },
    },
    RespondToAuthChallenge: {
      open: true,
      changes: (input) => [textOf(mapOf(input, 'ChallengeResponses'), 'USERNAME')],
      async run(input) {
        checkClient(pool, textOf(input, 'ClientId'));
        const challenge = textOf(input, 'ChallengeName');
        if (challenge !== 'NEW_PASSWORD_REQUIRED')
          throw invalid(`${challenge} is not a challenge of this pool.`);
        const responses = mapOf(input, 'ChallengeResponses');
        const session = textOf(input, 'Session');
        const known = sessions.find(session);
        if (!known) throw refused('Invalid session for the user.');
        if (known.expired) throw refused('Invalid session for the user, session is expired.');
        const user = find(required(responses, 'USERNAME'), 'Invalid session for the user.');
        if (user.sub !== known.of.sub) throw refused('Invalid session for the user.');
        checkEnabled(user);
        const given = givenAttributes(responses);
        checkAttributes(pool, given);
        const lacking = lackingOf(user).find((name) => !given.some(([one]) => one === name));
        if (lacking) throw invalid(`Invalid attributes given, ${lacking} is missing`);
        user.attributes = new Map([...user.attributes, ...given]);
        users.setPassword(user, required(responses, 'NEW_PASSWORD'), { permanent: true });
        sessions.end(session);
        return signedIn(user);
      },
    },
  };
}

const prefix = 'userAttributes.';

/** What somebody says of themselves beside their new password. */
const givenAttributes = (responses: Input): [string, string][] =>
  Object.keys(responses)
    .filter((key) => key.startsWith(prefix))
    .map((key) => [key.slice(prefix.length), textOf(responses, key)]);

function required(parameters: Input, name: string): string {
  const value = textOf(parameters, name);
  if (value === '') throw invalid(`Missing required parameter ${name}`);
  return value;
}

function checkEnabled(user: User): void {
  if (!user.enabled) throw refused('User is disabled.');
}

/** Opaque strings that a client is given and sends back, valid for a while of the account's time. */
function createOpaqueTokens<T>(clock: Clock) {
  const issued = new Map<string, { of: T; until: number }>();
  return {
    issue(of: T, lifetimeSeconds: number): string {
      const token = randomBytes(96).toString('base64url');
      issued.set(token, { of, until: clock.now().getTime() + lifetimeSeconds * 1_000 });
      return token;
    },
    find(token: string): { of: T; expired: boolean } | undefined {
      const found = issued.get(token);
      return found && { of: found.of, expired: found.until <= clock.now().getTime() };
    },
    end: (token: string) => issued.delete(token),
  };
}
