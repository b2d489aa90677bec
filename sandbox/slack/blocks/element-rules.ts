import { z } from 'zod';

/** Objects and elements of Block Kit, by Slack's rules: what it refuses is refused here, extra fields included. */

const most = (limit: number) => `must be less than ${limit + 1} characters`;
export const atMost = (limit: number) =>
  z.string().min(1, 'must be more than 0 characters').max(limit, most(limit));
export const upTo = (limit: number) => `no more than ${limit} items allowed`;

export const plain = (limit: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: atMost(limit), emoji: z.boolean().optional() });
export const mrkdwn = (limit: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: atMost(limit), verbatim: z.boolean().optional() });
export const textObject = (limit: number) => z.discriminatedUnion('type', [plain(limit), mrkdwn(limit)]);

const confirm = z.strictObject({
  title: plain(100).optional(),
  text: textObject(300),
  confirm: plain(30).optional(),
  deny: plain(30).optional(),
  style: z.enum(['primary', 'danger']).optional(),
});

const actionable = { action_id: atMost(255).optional() };
const confirmable = { ...actionable, confirm: confirm.optional() };
const focusable = { ...confirmable, focus_on_load: z.boolean().optional() };
const placeholdable = { ...focusable, placeholder: plain(150).optional() };

const option = z.strictObject({
  text: textObject(75),
  value: atMost(150),
  description: textObject(75).optional(),
  url: atMost(3000).optional(),
});
const optionGroup = z.strictObject({ label: plain(75), options: z.array(option).min(1).max(100, upTo(100)) });
const choice = {
  options: z.array(option).min(1, 'no less than 1 items allowed').max(100, upTo(100)).optional(),
  option_groups: z.array(optionGroup).max(100, upTo(100)).optional(),
};
const strings = z.array(z.string()).optional();
const multi = { max_selected_items: z.number().int().min(1).optional() };
const conversations = {
  default_to_current_conversation: z.boolean().optional(),
  filter: z.record(z.string(), z.unknown()).optional(),
};

export const button = z.strictObject({
  type: z.literal('button'),
  ...confirmable,
  text: plain(75),
  value: atMost(2000).optional(),
  url: atMost(3000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: atMost(75).optional(),
});

const imageSource = {
  image_url: atMost(3000).optional(),
  slack_file: z.union([z.strictObject({ url: z.string() }), z.strictObject({ id: z.string() })]).optional(),
};
export const imageFields = { ...imageSource, alt_text: atMost(2000) };
export const imageElement = z.strictObject({ type: z.literal('image'), ...imageFields });

const options = (limit: number, least = 1) =>
  z.array(option).min(least, `no less than ${least} items allowed`).max(limit, upTo(limit));

const choosers = [
  z.strictObject({
    type: z.literal('checkboxes'),
    ...focusable,
    options: options(10),
    initial_options: options(10).optional(),
  }),
  z.strictObject({
    type: z.literal('radio_buttons'),
    ...focusable,
    options: options(10),
    initial_option: option.optional(),
  }),
  z.strictObject({ type: z.literal('datepicker'), ...placeholdable, initial_date: z.iso.date().optional() }),
  z.strictObject({
    type: z.literal('datetimepicker'),
    ...focusable,
    initial_date_time: z.number().int().optional(),
  }),
  z.strictObject({
    type: z.literal('timepicker'),
    ...placeholdable,
    initial_time: z.string().optional(),
    timezone: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('static_select'),
    ...placeholdable,
    ...choice,
    initial_option: option.optional(),
  }),
  z.strictObject({
    type: z.literal('multi_static_select'),
    ...placeholdable,
    ...choice,
    ...multi,
    initial_options: z.array(option).optional(),
  }),
  z.strictObject({
    type: z.literal('external_select'),
    ...placeholdable,
    initial_option: option.optional(),
    min_query_length: z.number().int().optional(),
  }),
  z.strictObject({
    type: z.literal('multi_external_select'),
    ...placeholdable,
    ...multi,
    initial_options: z.array(option).optional(),
    min_query_length: z.number().int().optional(),
  }),
  z.strictObject({ type: z.literal('users_select'), ...placeholdable, initial_user: z.string().optional() }),
  z.strictObject({
    type: z.literal('multi_users_select'),
    ...placeholdable,
    ...multi,
    initial_users: strings,
  }),
  z.strictObject({
    type: z.literal('channels_select'),
    ...placeholdable,
    initial_channel: z.string().optional(),
    response_url_enabled: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('multi_channels_select'),
    ...placeholdable,
    ...multi,
    initial_channels: strings,
  }),
  z.strictObject({
    type: z.literal('conversations_select'),
    ...placeholdable,
    ...conversations,
    initial_conversation: z.string().optional(),
    response_url_enabled: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('multi_conversations_select'),
    ...placeholdable,
    ...multi,
    ...conversations,
    initial_conversations: strings,
  }),
] as const;

const overflow = z.strictObject({ type: z.literal('overflow'), ...confirmable, options: options(5) });
const workflowButton = z.strictObject({
  type: z.literal('workflow_button'),
  ...confirmable,
  text: plain(75),
  workflow: z.record(z.string(), z.unknown()),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: atMost(75).optional(),
});

const typing = {
  ...actionable,
  focus_on_load: z.boolean().optional(),
  placeholder: plain(150).optional(),
  initial_value: z.string().optional(),
  dispatch_action_config: z.strictObject({ trigger_actions_on: strings }).optional(),
};

export const actionsElement = z.discriminatedUnion('type', [button, overflow, workflowButton, ...choosers]);
export const accessory = z.discriminatedUnion('type', [
  button,
  overflow,
  workflowButton,
  imageElement,
  ...choosers,
]);
export const inputElement = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('plain_text_input'),
    ...typing,
    multiline: z.boolean().optional(),
    min_length: z.number().int().min(0).max(3000).optional(),
    max_length: z.number().int().min(1).max(3000).optional(),
  }),
  z.strictObject({ type: z.literal('email_text_input'), ...typing }),
  z.strictObject({ type: z.literal('url_text_input'), ...typing }),
  z.strictObject({
    type: z.literal('number_input'),
    ...typing,
    is_decimal_allowed: z.boolean(),
    min_value: z.string().optional(),
    max_value: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('file_input'),
    ...actionable,
    filetypes: strings,
    max_files: z.number().int().min(1).max(10).optional(),
  }),
  ...choosers,
]);

const feedback = z.strictObject({
  text: plain(75),
  accessibility_label: atMost(75).optional(),
  value: atMost(2000),
});
export const contextActionsElement = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('feedback_buttons'),
    ...actionable,
    positive_button: feedback,
    negative_button: feedback,
  }),
  z.strictObject({
    type: z.literal('icon_button'),
    ...confirmable,
    icon: z.string(),
    text: plain(75),
    accessibility_label: atMost(75).optional(),
    value: atMost(2000).optional(),
    visible_to_user_ids: strings,
  }),
]);
