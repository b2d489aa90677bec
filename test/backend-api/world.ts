import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Answer, type Api, type AskOptions, createApi } from './api.ts';
import { type MariaDb, startMariaDb } from './mariadb.ts';
import { runMigrations, type Service, startService } from './service.ts';
import { type Pool, startPool } from './tokens.ts';

export interface Person {
  sub: string;
  token: string;
  /** The profile's id; empty without one. */
  id: string;
  ask(method: string, target: string, options?: Omit<AskOptions, 'token'>): Promise<Answer>;
}

export interface World {
  api: Api;
  database: MariaDb;
  pool: Pool;
  service: Service;
  /** Somebody of these groups, with a profile unless told otherwise. */
  person(groups: readonly string[], options?: { profile?: boolean }): Promise<Person>;
  close(): Promise<void>;
}

export const idOf = (answer: Answer): string => z.looseObject({ id: z.uuid() }).parse(answer.json).id;
export const detailOf = (answer: Answer): string =>
  z.looseObject({ detail: z.string() }).parse(answer.json).detail;

/** backend-api with a migrated database, whose own time zone is not UTC, and a user pool. */
export async function startWorld(settings: Record<string, string> = {}): Promise<World> {
  const [database, pool] = await Promise.all([startMariaDb(), startPool()]);
  const stores = () => Promise.all([database.close(), pool.close()]);
  const { service, api } = await serve(database, { ...pool.settings, ...settings }).catch(async (error) => {
    await stores();
    throw error;
  });

  async function person(groups: readonly string[], { profile = true } = {}): Promise<Person> {
    const sub = randomUUID();
    const token = await pool.token({ sub, groups });
    const ask: Person['ask'] = (method, target, options) => api.ask(method, target, { ...options, token });
    if (!profile) return { sub, token, id: '', ask };
    const made = await ask('POST', '/profile', {
      body: { email: `${sub}@example.com`, fullName: 'Ann Other' },
    });
    return { sub, token, id: idOf(made), ask };
  }

  return {
    api,
    database,
    pool,
    service,
    person,
    async close() {
      await service.stop();
      await stores();
    },
  };
}

async function serve(database: MariaDb, settings: Record<string, string>) {
  const { code, output } = await runMigrations(database.adminSettings);
  if (code !== 0) throw new Error(output);
  const owner = await database.connect();
  await owner.query("set global time_zone = '+07:00'");
  await owner.end();
  const service = await startService({ ...database.settings, ...settings });
  return { service, api: await createApi(service.url) };
}
