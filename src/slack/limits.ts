/** Slack's limits on messages (docs.slack.dev, Block Kit reference), a little under where Slack counts otherwise than we. */
export const limits = {
  blocks: 50,
  /** Of all text in a message; beyond it Slack answers msg_blocks_too_long. */
  message: 12_000,
  text: 3_000,
  /** The notification's text. */
  summary: 300,
  buttonText: 75,
  buttonValue: 2_000,
  actions: 25,
  richText: 6_000,
  logLine: 300,
} as const;
