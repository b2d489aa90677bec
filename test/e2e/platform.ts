import {
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, test } from 'vitest';
import { findMariaDb } from '../../sandbox/database/mariadb.ts';
import { has } from '../needs.ts';
import type { Driver } from './driver.ts';

const pia = { email: 'pia@example.com', fullName: 'Pia Passenger', phone: '+60123456789' };
const password = 'Password123!';

/** backend-api and its database behind the bot, in a sandbox that is as new; it leaves it as new. */
export function describePlatform(d: () => Driver): void {
  describe.skipIf(!has('mariadbd', findMariaDb() !== undefined))(
    'the platform that the bot looks after',
    () => {
      let token: string;

      const ask = (path: string, init: RequestInit = {}) =>
        fetch(`http://127.0.0.1:${d().sandbox.machine.port}${path}`, {
          ...init,
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        });
      const becomes = (code: number) =>
        d().until(`/health/ready to be ${code}`, async () => {
          const response = await ask('/health/ready');
          return response.status === code && (await response.json());
        });
      /** Confirmed where it asks to be. */
      async function change(user: string, text: string) {
        const card = await d().say(user, text);
        const [go] = card.buttons;
        return card.state === 'waiting' && go ? d().click(user, card, go) : card;
      }

      test('lets somebody in whom the bot has added, with a token that the pool signed', async () => {
        expect((await change('ada', `/d2 cognito add-user ${pia.email} --role passenger`)).state).toBe(
          'done',
        );
        const cognito = new CognitoIdentityProviderClient({
          region: 'ap-southeast-1',
          endpoint: `${d().sandbox.url}/aws`,
          credentials: { accessKeyId: 'AKIASANDBOXADA000000', secretAccessKey: 'sandbox-secret-of-ada' },
        });
        const user = { UserPoolId: 'ap-southeast-1_D2SandBox', Username: pia.email };
        await cognito.send(new AdminSetUserPasswordCommand({ ...user, Password: password, Permanent: true }));
        const { AuthenticationResult: result } = await cognito.send(
          new InitiateAuthCommand({
            AuthFlow: 'USER_PASSWORD_AUTH',
            ClientId: '1ak3tj1bn3neor7hgsjr1ml5h3',
            AuthParameters: { USERNAME: pia.email, PASSWORD: password },
          }),
        );
        token = result?.AccessToken ?? '';
        cognito.destroy();
        const made = await ask('/profile', { method: 'POST', body: JSON.stringify(pia) });
        expect(await made.json()).toMatchObject({ ...pia, role: 'PASSENGER' });
        expect(made.status).toBe(201);
      });

      test('loses its database when the bot stops it, says so, and stays up', async () => {
        expect((await change('omar', '/d2 stop dev rds')).state).toBe('done');
        expect(await becomes(503)).toMatchObject({ database: { state: 'down', reason: 'ECONNREFUSED' } });
        expect((await ask('/profile')).status).toBe(503);
        expect((await ask('/health')).status).toBe(200);
        await d().until('the line in the logs', async () => {
          const { words } = await d().say('omar', '/d2 logs error');
          return words.includes('Database is unavailable (ECONNREFUSED)');
        });
      });

      test('finds it again, with all that was in it, when the bot starts it', async () => {
        expect((await change('omar', '/d2 start dev rds')).state).toBe('done');
        expect(await becomes(200)).toMatchObject({ database: { state: 'up' } });
        expect(await (await ask('/profile')).json()).toMatchObject(pia);
      });

      test('begins anew with the sandbox', async () => {
        await d().reset();
        await becomes(200);
        expect((await ask('/profile')).status).toBe(404);
      });
    },
  );
}
