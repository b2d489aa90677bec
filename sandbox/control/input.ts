import { z } from 'zod';

/** What the control API takes; a message says what is expected, for those who script against it. */

const word = (what: string) => z.string(`${what} is missing: a string`).min(1, `${what} is empty`);

export const say = z.strictObject({
  user: word('user (name or id)'),
  channel: word('channel (name, id, or "dm")'),
  text: word('text'),
  thread: z.string().optional(),
});

export const click = z.strictObject({
  user: word('user (name or id)'),
  message: word('message (its ts)'),
  action: word("action (a button's label or action_id)"),
});

export const submit = z.strictObject({
  user: word('user (name or id)'),
  view: word('view (its id)'),
  values: z.record(z.string(), z.string(), 'values is missing: an object of action_id and text').default({}),
});

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const sizes = new Map<string | undefined, number>(Object.entries(units));
const span = /(\d+(?:\.\d+)?)(ms|[smhd])/g;

/** `1h30m` and `90s` in milliseconds. */
function readDuration(text: string): number {
  return [...text.matchAll(span)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (sizes.get(unit) ?? 0),
    0,
  );
}

const advance =
  'advance must be milliseconds (a number from 0 up) or a duration such as "5m", "90s" or "1h30m"';
export const clock = z.strictObject({
  advance: z.union(
    [
      z
        .number(advance)
        .min(0, advance)
        .max(366 * units.d, 'advance must be less than a year'),
      z
        .string()
        .regex(/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/, advance)
        .transform(readDuration),
    ],
    advance,
  ),
});

const fault = z
  .strictObject({
    action: word('action ("StopInstances", "slack:chat.update" or "*")'),
    kind: z.enum(
      ['throttle', 'error', 'reset', 'slow', 'deny', 'expired', 'capacity', 'wrong-page'],
      'kind must be throttle, error, reset, slow, deny, expired, capacity or wrong-page',
    ),
    phase: z.enum(['before', 'after', 'body'], 'phase must be before, after or body').optional(),
    times: z.number().int().min(1, 'times must be 1 or more').optional(),
    delayMs: z.number().min(0).optional(),
    rate: z.number().min(0).max(1, 'rate must be between 0 and 1').optional(),
    seed: z.number().int().optional(),
  })
  .refine((each) => !(each.action.startsWith('slack:') && ['capacity', 'wrong-page'].includes(each.kind)), {
    error: 'capacity and wrong-page are for AWS only',
    path: ['kind'],
  });

const list = z.array(fault);

/** One fault, an array of them, or `{faults: […]}`. */
export const faults = z.preprocess((value) => {
  if (Array.isArray(value)) return value;
  return typeof value === 'object' && value !== null && 'faults' in value ? value.faults : [value];
}, list);

export const socket = z
  .strictObject({ disconnect: z.literal(true).optional(), duplicate: z.number().int().min(0).optional() })
  .refine((each) => each.disconnect || each.duplicate !== undefined, {
    error: 'expected {"disconnect": true} or {"duplicate": 1}',
  });
