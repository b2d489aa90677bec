import { invoke } from '../../core/reply/actions.ts';
import { UserError } from '../../core/reply/errors.ts';
import { code, sentences } from '../../core/reply/text.ts';
import type { Environment } from '../../platform/environment.ts';
import { isAtLeast } from '../../platform/log-lines/levels.ts';
import { isErrorStream } from '../../platform/logs.ts';
import { serviceSettings } from '../../platform/services.ts';
import { entriesOf } from './entry.ts';
import type { Found } from './found.ts';
import { reach } from './found.ts';
import type { Query } from './query.ts';

const orFiles = ['PM2’s own files can be read with ', code('--from pm2'), '.'];

/** Throws `UserError` not-found without a group, or what the search throws, with PM2's files as the other way. */
export async function fromCloudWatch(
  { logs, settings }: Environment,
  query: Query,
  signal: AbortSignal,
): Promise<Found> {
  const { service, env, since, until, filter, level, stream } = query;
  const { logGroup: group, streams } = serviceSettings(service, settings) ?? {};
  const place = settings.where(`services.${service}.logs`);
  const actions = [
    invoke('From PM2’s files', 'logs', { service, env, from: 'pm2' }),
    invoke('Status', 'status', { env }),
  ];
  if (group === undefined) {
    throw new UserError('not-found', `No log group is configured for ${service} in ${env}.`, {
      hint: sentences(`Say it in ${place}.`, orFiles),
      actions,
    });
  }
  const search = {
    group,
    since,
    limit: reach,
    ...(until && { until }),
    ...(filter !== undefined && { words: filter }),
    ...(level && { level }),
    ...(stream && { stream }),
    ...(streams && { streams }),
  };
  try {
    const { events, more, searchedBackTo } = await logs.search(search, { signal });
    const lines = events.map(({ at, stream: source, message }) => ({
      message,
      at,
      source,
      fromErrors: isErrorStream(source, streams),
    }));
    const entries = entriesOf(lines)
      .map(({ entry }) => entry)
      // The frames of other lines' stacks come with the search.
      .filter((entry) => level === undefined || isAtLeast(entry.level, level));
    return { entries, more, searchedBackTo, from: group, group, missing: [] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const hint = error.code === 'not-found' ? `${place} names it: correct it there.` : (error.hint ?? '');
    throw new UserError(error.code, error.message, {
      hint: sentences(hint, orFiles),
      actions,
      cause: error,
    });
  }
}
