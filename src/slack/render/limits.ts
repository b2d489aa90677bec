/** Slack's limits on messages (docs.slack.dev, Block Kit reference), a little under where Slack counts otherwise than we. */
export const limits = {
  blocks: 50,
  /** Of all text in a message; beyond it Slack answers msg_blocks_too_long. */
  message: 12_000,
  title: 600,
  /** A context block's text. */
  note: 2_000,
  /** The notification's text, before it is escaped. */
  summary: 300,
  buttonText: 75,
  buttonValue: 2_000,
  actions: 25,
  optionText: 75,
  optionValue: 150,
  placeholder: 150,
  /** Options of an overflow menu; a select has room for twenty times as many. */
  menu: 5,
  select: 100,
  /** One block of rich text. */
  richText: 6_000,
  /** Facts or steps in one part. */
  lines: 60,
  fact: 1_000,
  logLine: 300,
  cell: 60,
  imageUrl: 3_000,
  imageAlt: 2_000,
  label: 60,
} as const;
