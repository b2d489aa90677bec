import { z } from 'zod';
import { isoTime, text, time } from '../shared/data.ts';
import type { Entry } from './entry.ts';
import type { Found } from './found.ts';
import type { Query } from './query.ts';

export const logsData = z.object({
  service: z.string(),
  since: time,
  until: time.nullable().describe('null: up to now'),
  from: z.string().describe('the log group, or the files on the instances'),
  lines: z
    .array(
      z.object({
        at: time.nullable(),
        level: z.enum(['debug', 'info', 'warn', 'error']).nullable(),
        text: z.string(),
        count: z.number().describe('how often it stood there in a row'),
        stack: z.array(z.string()).describe('the lines of its stack'),
      }),
    )
    .describe('oldest first, equal neighbours as one'),
  more: z.boolean().describe('there are older ones that match'),
  searchedBackTo: time.nullable().describe('where the search gave up before `since`'),
  notRead: z.array(z.string()),
  lastLineAt: time.nullable().describe('where nothing was found: when there was a line at all'),
  logGroup: text,
});

export const describeLogs = (
  { service, since, until }: Query,
  found: Found,
  shown: readonly Entry[],
): z.infer<typeof logsData> => ({
  service,
  since: since.toISOString(),
  until: isoTime(until),
  from: found.from,
  lines: shown.map(({ at, level = null, text, count = 1, stack }) => ({
    at: isoTime(at),
    level,
    text,
    count,
    stack: [...stack],
  })),
  more: found.more,
  searchedBackTo: isoTime(found.searchedBackTo),
  notRead: found.missing,
  lastLineAt: isoTime(shown.at(-1)?.at),
  logGroup: found.group ?? null,
});
