import { paginateListUserPools } from '@aws-sdk/client-cognito-identity-provider';
import { UserError } from '../core/reply/errors.ts';
import type { Call } from '../platform/call.ts';
import type { EnvironmentSettings } from '../platform/settings.ts';
import { readAll } from './client/calls.ts';
import type { Clients } from './client/clients.ts';
import { describePool, firstNames } from './pool-description.ts';
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
  const there = `There is ${firstNames(pools.map(({ name }) => name))}.`;

  const missing = (sentence: string, hint: string, unseen = '') =>
    new UserError('not-found', sentence, { hint: `${hint} ${there}${unseen}` });

  if (cognito.pool !== undefined) {
    const meant = pools.filter(({ id, name }) => cognito.pool === id || cognito.pool === name);
    const id = only(meant, `are named ${cognito.pool}`, where('cognito.pool'));
    if (id !== undefined) return id;
    throw missing(
      `There is no Cognito pool ${cognito.pool} in ${settings.region}.`,
      `${where('cognito.pool')} names it.`,
    );
  }
  const { tag } = cognito;
  if (tag === undefined) {
    const byName = pools.filter(({ name }) => isNamedFor(name, prefixes));
    const exact = byName.find(({ name }) => prefixes.includes(name));
    const id = exact?.id ?? only(byName, `could be ${env}’s by their names`, where('cognito.pool'));
    if (id !== undefined) return id;
  }

  const { tagged, hidden } = await readTags(clients, pools, call);
  const unseen = hidden > 0 ? ` The bot may not look at the tags of ${hidden} of them.` : '';
  const isOwn = ({ tags }: TaggedPool) => belongsTo(tags, settings.project, env);
  if (tag === undefined) {
    const id = only(tagged.filter(isOwn), `have ${env}’s tags`, where('cognito.pool'));
    if (id !== undefined) return id;
    throw missing(
      `There is no Cognito pool for ${env}, named ${prefixes.join(' or ')}.`,
      `Create it with Terraform, tag it Project=${settings.project} and Environment=${env}, or name it in ${where('cognito.pool')}.`,
      unseen,
    );
  }
  const carriers = tagged.filter(({ tags }) =>
    tags.some(({ Key, Value }) => Key === tag.key && Value === tag.value),
  );
  const own = carriers.filter(isOwn);
  const said = `${tag.key}=${tag.value}`;
  const id = only(own.length > 0 ? own : carriers, `have the tag ${said}`, where('cognito.tag'));
  if (id !== undefined) return id;
  throw missing(`There is no Cognito pool with the tag ${said}.`, `${where('cognito.tag')} says so.`, unseen);
}

/** The one there is, if any; several are never chosen from. */
function only(pools: readonly Candidate[], why: string, place: string): string | undefined {
  if (pools.length <= 1) return pools[0]?.id;
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
