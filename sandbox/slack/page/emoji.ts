/** Only the few that messages here use; every other name is shown as it was written. */
const emoji: ReadonlyMap<string, string> = new Map([
  ['white_check_mark', '✅'],
  ['heavy_check_mark', '✔️'],
  ['x', '❌'],
  ['warning', '⚠️'],
  ['rotating_light', '🚨'],
  ['information_source', 'ℹ️'],
  ['hourglass_flowing_sand', '⏳'],
  ['hourglass', '⌛'],
  ['stopwatch', '⏱️'],
  ['clock3', '🕒'],
  ['large_green_circle', '🟢'],
  ['large_yellow_circle', '🟡'],
  ['red_circle', '🔴'],
  ['white_circle', '⚪'],
  ['lock', '🔒'],
  ['unlock', '🔓'],
  ['rocket', '🚀'],
  ['moneybag', '💰'],
  ['zzz', '💤'],
  ['wave', '👋'],
  ['tada', '🎉'],
  ['eyes', '👀'],
  ['+1', '👍'],
  ['-1', '👎'],
  ['thumbsup', '👍'],
  ['thumbsdown', '👎'],
  ['heart', '❤️'],
  ['fire', '🔥'],
  ['bug', '🐛'],
  ['wrench', '🔧'],
  ['gear', '⚙️'],
  ['mag', '🔍'],
  ['bell', '🔔'],
  ['memo', '📝'],
  ['chart_with_upwards_trend', '📈'],
  ['slightly_smiling_face', '🙂'],
  ['smile', '😄'],
]);

export const emojiFor = (name: string): string => emoji.get(name) ?? `:${name}:`;

/** Slack's plain_text knows emoji and nothing else. */
export const withEmoji = (text: string): string =>
  text.replace(/:([a-z0-9_+-]{1,40}):/g, (_, name: string) => emojiFor(name));
