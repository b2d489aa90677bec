import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import {
  accessory,
  actionsElement,
  atMost,
  button,
  contextActionsElement,
  imageElement,
  imageFields,
  inputElement,
  mrkdwn,
  plain,
  textObject,
  upTo,
} from './element-rules.ts';
import type { StoredBlock } from './messages.ts';
import { richText } from './rich-text-rules.ts';

const base = { block_id: z.string().max(255, 'must be less than 256 characters').optional() };
const list = <T extends z.ZodType>(item: T, limit: number) =>
  z.array(item).min(1, 'no less than 1 items allowed').max(limit, upTo(limit));

const cell = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('raw_text'), text: z.string().min(1, 'must be more than 0 characters') }),
  z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string() }),
  richText,
]);
const rows = list(z.array(cell).min(1).max(20, upTo(20)), 100);

const taskCard = z.strictObject({
  type: z.literal('task_card'),
  ...base,
  task_id: z.string(),
  title: z.string(),
  details: richText.optional(),
  output: richText.optional(),
  sources: z.array(z.strictObject({ type: z.literal('url'), url: z.string(), text: z.string() })).optional(),
  status: z.enum(['pending', 'in_progress', 'complete', 'error']),
});

const card = z.strictObject({
  type: z.literal('card'),
  ...base,
  hero_image: imageElement.optional(),
  icon: imageElement.optional(),
  title: mrkdwn(150).optional(),
  subtitle: mrkdwn(150).optional(),
  body: mrkdwn(200).optional(),
  actions: z.array(button).max(5, upTo(5)).optional(),
});

const contained = [
  richText,
  z.strictObject({ type: z.literal('divider'), ...base }),
  z.strictObject({ type: z.literal('header'), ...base, text: plain(150) }),
  z
    .strictObject({
      type: z.literal('section'),
      ...base,
      text: textObject(3000).optional(),
      fields: list(textObject(2000), 10).optional(),
      accessory: accessory.optional(),
      expand: z.boolean().optional(),
    })
    .refine((block) => block.text || block.fields, { error: 'missing required field: text', path: ['text'] }),
  z.strictObject({
    type: z.literal('context'),
    ...base,
    elements: list(z.discriminatedUnion('type', [plain(2000), mrkdwn(2000), imageElement]), 10),
  }),
  z.strictObject({ type: z.literal('actions'), ...base, elements: list(actionsElement, 25) }),
  z.strictObject({ type: z.literal('image'), ...base, ...imageFields, title: plain(2000).optional() }),
  z.strictObject({
    type: z.literal('input'),
    ...base,
    label: plain(2000),
    hint: plain(2000).optional(),
    optional: z.boolean().optional(),
    element: inputElement,
    dispatch_action: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('table'),
    ...base,
    rows,
    column_settings: z
      .array(
        z.strictObject({
          align: z.enum(['left', 'center', 'right']).optional(),
          is_wrapped: z.boolean().optional(),
        }),
      )
      .max(20, upTo(20))
      .optional(),
  }),
  z.strictObject({
    type: z.literal('video'),
    ...base,
    video_url: z.string(),
    thumbnail_url: z.string(),
    alt_text: z.string(),
    title: plain(199),
    title_url: z.string().optional(),
    author_name: z.string().max(49).optional(),
    provider_name: z.string().optional(),
    provider_icon_url: z.string().optional(),
    description: plain(200).optional(),
  }),
] as const;

const block = z.discriminatedUnion('type', [
  ...contained,
  card,
  taskCard,
  z.strictObject({
    type: z.literal('alert'),
    ...base,
    text: textObject(3000),
    level: z.enum(['default', 'info', 'warning', 'error', 'success']).optional(),
  }),
  z.strictObject({ type: z.literal('carousel'), ...base, elements: list(card, 10) }),
  z.strictObject({
    type: z.literal('container'),
    ...base,
    title: plain(150).optional(),
    rich_text_title: richText.optional(),
    subtitle: textObject(150).optional(),
    child_blocks: list(z.discriminatedUnion('type', contained), 10),
    width: z.enum(['narrow', 'standard', 'wide', 'full']).optional(),
    icon: imageElement.optional(),
    is_collapsible: z.boolean().optional(),
    default_collapsed: z.boolean().optional(),
    has_header_divider: z.boolean().optional(),
  }),
  z.strictObject({ type: z.literal('context_actions'), ...base, elements: list(contextActionsElement, 5) }),
  z.strictObject({
    type: z.literal('data_table'),
    ...base,
    rows,
    caption: atMost(2000),
    page_size: z.number().int().min(1).max(100).optional(),
    row_header_column_index: z.number().int().min(0).optional(),
  }),
  z.strictObject({ type: z.literal('markdown'), ...base, text: atMost(12_000) }),
  z.strictObject({
    type: z.literal('plan'),
    ...base,
    title: z.string(),
    tasks: z.array(taskCard).optional(),
  }),
]);

export type BlockVerdict =
  | { ok: true; blocks: StoredBlock[] }
  | {
      ok: false;
      error: 'invalid_blocks' | 'invalid_blocks_format' | 'msg_blocks_too_long';
      reasons: string[];
    };

const refuse = (reasons: string[]): BlockVerdict => ({ ok: false, error: 'invalid_blocks', reasons });

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

/** Judges `blocks` as Slack does; `surface` decides how many there may be. */
export function judgeBlocks(value: unknown, surface: 'message' | 'view' = 'message'): BlockVerdict {
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
