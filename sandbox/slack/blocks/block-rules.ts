import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { StoredBlock } from '../messages.ts';
import { block } from './block-shapes.ts';
import { upTo } from './element-rules.ts';

export type CheckedBlocks =
  | { ok: true; blocks: StoredBlock[] }
  | {
      ok: false;
      error: 'invalid_blocks' | 'invalid_blocks_format' | 'msg_blocks_too_long';
      reasons: string[];
    };

const refuse = (reasons: string[]): CheckedBlocks => ({ ok: false, error: 'invalid_blocks', reasons });

/** Slack counts what a message shows, all blocks together, not its JSON. */
const longestMessage = 13_000;
const longestTable = 10_000;

function countText(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + countText(each), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, each]) => sum + (key === 'text' && typeof each === 'string' ? each.length : countText(each)),
    0,
  );
}

/** Every object in `value`, itself included, with its JSON pointer. */
function* walk(value: unknown, pointer: string): Generator<[Record<string, unknown>, string]> {
  if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) yield* walk(each, `${pointer}/${index}`);
  } else if (typeof value === 'object' && value !== null) {
    const fields = { ...value };
    yield [value as Record<string, unknown>, pointer];
    for (const [key, each] of Object.entries(fields)) yield* walk(each, `${pointer}/${key}`);
  }
}

function findTwice(blocks: readonly unknown[]): string[] {
  const reasons: string[] = [];
  const blockIds = new Set<unknown>();
  for (const [index, each] of blocks.entries()) {
    const actionIds = new Set<unknown>();
    for (const [object, pointer] of walk(each, `/blocks/${index}`)) {
      if (typeof object.block_id === 'string' && object.block_id) {
        if (blockIds.has(object.block_id))
          reasons.push(`block_id \`${object.block_id}\` already exists [json-pointer:${pointer}/block_id]`);
        blockIds.add(object.block_id);
      }
      if (typeof object.action_id === 'string') {
        if (actionIds.has(object.action_id))
          reasons.push(
            `action_id \`${object.action_id}\` already exists [json-pointer:${pointer}/action_id]`,
          );
        actionIds.add(object.action_id);
      }
    }
  }
  return reasons;
}

function explain(issue: z.core.$ZodIssue): string[] {
  const pointer = `/blocks${issue.path.map((part) => `/${String(part)}`).join('')}`;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `no additional properties allowed: ${key} [json-pointer:${pointer}]`);
  }
  if (issue.code === 'invalid_union')
    return [`unsupported type or missing required field: type [json-pointer:${pointer}]`];
  if (issue.code === 'invalid_type' && issue.input === undefined)
    return [`missing or invalid field [json-pointer:${pointer}]`];
  return [`${issue.message} [json-pointer:${pointer}]`];
}

const short = () => randomBytes(4).toString('base64url').slice(0, 5);

/** Slack names what came without a name, so that clicks can tell blocks and elements apart. */
function withIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withIds);
  if (typeof value !== 'object' || value === null) return value;
  const named = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withIds(each)]));
  return 'type' in named && isInteractive(named) && !named.action_id
    ? { ...named, action_id: short() }
    : named;
}

const interactive = new Set([
  'button',
  'overflow',
  'workflow_button',
  'feedback_buttons',
  'icon_button',
  'checkboxes',
  'radio_buttons',
  'datepicker',
  'datetimepicker',
  'timepicker',
]);

export function isInteractive(element: { type?: unknown }): boolean {
  const type = String(element.type);
  return interactive.has(type) || /_(select|input)$/.test(type);
}

/** Checks `blocks` by Slack's rules; `surface` decides how many there may be. */
export function checkBlocks(value: unknown, surface: 'message' | 'view' = 'message'): CheckedBlocks {
  if (!Array.isArray(value))
    return { ok: false, error: 'invalid_blocks_format', reasons: ['blocks must be an array'] };
  const limit = surface === 'message' ? 50 : 100;
  if (value.length > limit) return refuse([`${upTo(limit)} [json-pointer:/blocks]`]);
  const parsed = z.array(block).safeParse(value, { reportInput: true });
  if (!parsed.success) return refuse(parsed.error.issues.flatMap(explain));
  const twice = findTwice(value);
  if (twice.length > 0) return refuse(twice);
  if (parsed.data.filter((each) => each.type === 'table').length > 1)
    return refuse(['only_one_table_allowed']);
  const tables = parsed.data.filter((each) => each.type === 'table' || each.type === 'data_table');
  if (tables.reduce((sum, each) => sum + countText(each), 0) > longestTable) {
    return refuse([`tables must have less than ${longestTable + 1} characters [json-pointer:/blocks]`]);
  }
  const markdown = parsed.data.filter((each) => each.type === 'markdown');
  if (countText(markdown) > 12_000)
    return refuse(['markdown must be less than 12001 characters [json-pointer:/blocks]']);
  if (surface === 'message' && countText(parsed.data) > longestMessage) {
    return {
      ok: false,
      error: 'msg_blocks_too_long',
      reasons: [`more than ${longestMessage} characters in all`],
    };
  }
  const blocks = parsed.data.map((each): StoredBlock => {
    const named = withIds(each) as typeof each;
    return { ...named, block_id: each.block_id || short() };
  });
  return { ok: true, blocks };
}
