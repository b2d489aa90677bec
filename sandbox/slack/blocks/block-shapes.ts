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

/** Every block that Slack takes in a message or a view. */
export const block = z.discriminatedUnion('type', [
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
