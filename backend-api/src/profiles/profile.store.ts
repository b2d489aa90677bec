import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../database/database.ts';
import { brokenKeyOf, untilDone } from '../database/refusal.ts';
import { activeStatuses, now, type Role } from '../database/schema.ts';
import { offsetOf, type Page, type PageWish } from '../http/page.ts';
import { conflict, notFound } from '../http/problem.ts';
import { type Profile, type ProfileInput, profileColumns, profileOf } from './profile.ts';

export interface ProfileWish extends PageWish {
  search?: string | undefined;
  role?: Role | undefined;
}

/** People's profiles, addressed by the `sub` of who asks. */
@Injectable()
export class ProfileStore {
  constructor(private readonly database: Database) {}

  /** Throws 404. */
  async findOf(sub: string): Promise<Profile> {
    const row = await this.database.db
      .selectFrom('profiles')
      .select(profileColumns)
      .where('cognito_sub', '=', sub)
      .executeTakeFirst();
    if (!row) throw absent();
    return profileOf(row);
  }

  /** What rides know a person by. */
  async findIdOf(sub: string): Promise<string | undefined> {
    const own = this.database.db.selectFrom('profiles').select('id').where('cognito_sub', '=', sub);
    return (await own.executeTakeFirst())?.id;
  }

  /** Throws 409 when there is one, or for another's email. */
  async create(sub: string, role: Role, { email, phone, fullName }: ProfileInput): Promise<Profile> {
    const row = { id: randomUUID(), cognito_sub: sub, email, phone, full_name: fullName, role };
    await this.database.db
      .insertInto('profiles')
      .values({ ...row, created_at: now, updated_at: now })
      .execute()
      .catch(refuseTaken);
    return this.findOf(sub);
  }

  /** Throws 404, or 409 for another's email. */
  async replace(sub: string, role: Role, { email, phone, fullName }: ProfileInput): Promise<Profile> {
    await this.database.db
      .updateTable('profiles')
      .set({ email, phone, full_name: fullName, role, updated_at: now })
      .where('cognito_sub', '=', sub)
      .execute()
      .catch(refuseTaken);
    return this.findOf(sub);
  }

  /**
   * Past rides stay and lose the name. Throws 404, or 409 while a ride is not over. The lock on the profile keeps new
   * rides from naming it until this is decided: their foreign key waits for it.
   */
  remove(sub: string): Promise<void> {
    return untilDone(() =>
      this.database.db.transaction().execute(async (db) => {
        const own = db.selectFrom('profiles').select('id').where('cognito_sub', '=', sub);
        const profile = await own.forUpdate().executeTakeFirst();
        if (!profile) throw absent();
        const { id } = profile;
        const ride = await db
          .selectFrom('rides')
          .select(['id', 'status'])
          .where('status', 'in', activeStatuses)
          .where((where) => where.or([where('passenger_id', '=', id), where('driver_id', '=', id)]))
          .executeTakeFirst();
        if (ride)
          throw conflict(
            `Your ride ${ride.id} is ${ride.status}: complete or cancel it first, with POST /rides/${ride.id}/….`,
          );
        for (const side of ['passenger_id', 'driver_id'] as const)
          await db
            .updateTable('rides')
            .set({ [side]: null })
            .where(side, '=', id)
            .execute();
        await db.deleteFrom('profiles').where('id', '=', id).execute();
      }),
    );
  }

  /** The newest first. */
  async list({ search, role, ...wish }: ProfileWish): Promise<Page<Profile>> {
    let found = this.database.db.selectFrom('profiles');
    if (role) found = found.where('role', '=', role);
    if (search) {
      const pattern = `%${search.replace(/[!%_]/g, '!$&')}%`;
      found = found.where(
        sql<boolean>`(full_name like ${pattern} escape '!' or phone like ${pattern} escape '!'
          or email like ${pattern.toLowerCase()} escape '!')`,
      );
    }
    const rows = await found
      .select(profileColumns)
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .limit(wish.pageSize)
      .offset(offsetOf(wish))
      .execute();
    const { total } = await found
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    return { items: rows.map(profileOf), ...wish, total };
  }
}

const absent = () => notFound('You have no profile yet: POST /profile makes one.');

function refuseTaken(error: unknown): never {
  const key = brokenKeyOf(error);
  if (key === 'profiles_email') throw conflict('Another profile has this email: use another one.');
  if (key === 'profiles_cognito_sub') throw conflict('You have a profile already: PUT /profile changes it.');
  throw error;
}
