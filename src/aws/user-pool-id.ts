import { paginateListUserPools } from '@aws-sdk/client-cognito-identity-provider';
import { UserError } from '../core/reply/errors.ts';
import type { Call } from '../platform/call.ts';
import type { EnvironmentSettings } from '../platform/settings.ts';
import { readAll } from './client/calls.ts';
import type { Clients } from './client/clients.ts';
import { describePool } from './pool-description.ts';
import { belongsTo, isNamedFor } from './tags.ts';

interface Options {
  clients: Clients;
  settings: EnvironmentSettings;
}

interface Candidate {
  id: string;
  name: string;
}

interface TaggedPool extends Candidate {
  tags: { Key: string; Value: string }[];
}

// A look at each, fifteen a second at most.
const mostDescribed = 100;

/** The environment's pool: as `d2.yaml` says, else by its name, else by its Project and Environment tags. Throws `UserError` not-found, or conflict where several fit. */
export async function findPoolId({ clients, settings }: Options, call: Call): Promise<string> {
  const { name: env, prefixes, cognito, where } = settings;
  const listed = await readAll(
    clients.cognito,
    paginateListUserPools,
    { MaxResults: 60 },
    ({ UserPools }) => UserPools,
    call,
  );
  const pools = listed.map(({ Id: id = '', Name: name = '' }) => ({ id, name }));
  const there = `There is ${named(pools)}.`;

  if (cognito.pool !== undefined) {
    const meant = pools.filter(({ id, name }) => cognito.pool === id || cognito.pool === name);
    return only(
      meant,
      `are named ${cognito.pool}`,
      where('cognito.pool'),
      () =>
        new UserError('not-found', `There is no Cognito pool ${cognito.pool} in ${settings.region}.`, {
          hint: `${where('cognito.pool')} names it. ${there}`,
        }),
    );
  }
  const byName = pools.filter(({ name }) => isNamedFor(name, prefixes));
  const exact = byName.find(({ name }) => prefixes.includes(name));
  if (cognito.tag === undefined && exact) return exact.id;
  if (cognito.tag === undefined && byName.length > 0)
    return only(byName, `could be ${env}’s by their names`, where('cognito.pool'));

  const { tagged, hidden } = await readTags(clients, pools, call);
  const unseen = hidden > 0 ? ` The bot may not look at the tags of ${hidden} of them.` : '';
  const isOwn = ({ tags }: TaggedPool) => belongsTo(tags, settings.project, env);
  const { tag } = cognito;
  if (tag !== undefined) {
    const carriers = tagged.filter(({ tags }) =>
      tags.some((t) => t.Key === tag.key && t.Value === tag.value),
    );
    const own = carriers.filter(isOwn);
    return only(
      own.length > 0 ? own : carriers,
      `have the tag ${tag.key}=${tag.value}`,
      where('cognito.tag'),
      () =>
        new UserError('not-found', `There is no Cognito pool with the tag ${tag.key}=${tag.value}.`, {
          hint: `${where('cognito.tag')} says so. ${there}${unseen}`,
        }),
    );
  }
  return only(
    tagged.filter(isOwn),
    `have ${env}’s tags`,
    where('cognito.pool'),
    () =>
      new UserError('not-found', `There is no Cognito pool for ${env}, named ${prefixes.join(' or ')}.`, {
        hint: `Create it with Terraform, tag it Project=${settings.project} and Environment=${env}, or name it in ${where('cognito.pool')}. ${there}${unseen}`,
      }),
  );
}

/** The one there is; several are never chosen from. */
function only(
  pools: readonly Candidate[],
  why: string,
  place: string,
  missing: () => UserError = () => new UserError('not-found', `No Cognito pool ${why}.`),
): string {
  const [first, ...more] = pools;
  if (!first) throw missing();
  if (more.length === 0) return first.id;
  throw new UserError('conflict', `${pools.length} Cognito pools ${why}.`, {
    hint: `Say the id of one in ${place}: ${pools.map(({ id, name }) => `${id} (${name})`).join(', ')}.`,
  });
}

/** Pools with their tags, as far as the bot may see them: its role is for the environments' own. */
async function readTags(clients: Clients, pools: readonly Candidate[], call: Call) {
  const asked = pools.slice(0, mostDescribed);
  const found = await Promise.all(
    asked.map(async (pool): Promise<TaggedPool | undefined> => {
      try {
        const { UserPoolTags = {} } = await describePool(clients, pool.id, call);
        return { ...pool, tags: Object.entries(UserPoolTags).map(([Key, Value]) => ({ Key, Value })) };
      } catch (error) {
        if (error instanceof UserError && ['forbidden', 'not-found'].includes(error.code)) return undefined;
        throw error;
      }
    }),
  );
  const tagged = found.filter((pool) => pool !== undefined);
  return { tagged, hidden: pools.length - tagged.length };
}

const named = (pools: readonly Candidate[]): string =>
  pools.length === 0
    ? 'none'
    : `${pools
        .slice(0, 8)
        .map(({ name }) => name)
        .join(', ')}${pools.length > 8 ? ' …' : ''}`;
