/** What the box offers while a command is typed: the everyday ones. `/d2 help` tells of all. */
export interface Suggestion {
  words: string;
  what: string;
}

export const suggestions: readonly Suggestion[] = [
  { words: 'status', what: 'How dev is: what runs, what it costs' },
  { words: 'stop dev', what: 'Stop dev and stop paying for it' },
  { words: 'start dev', what: 'Start dev again' },
  { words: 'health', what: 'Check that the backend is healthy' },
  { words: 'logs errors', what: "The backend's newest errors" },
  { words: 'logs', what: "The backend's newest log lines" },
  { words: 'pm2 list', what: "PM2's processes on the instance" },
  { words: 'pm2 restart backend-api', what: 'Restart the backend, and prove it' },
  { words: 'cognito list', what: 'Users of the Cognito pool' },
  { words: 'cognito add-user rider@example.com', what: 'Create a user' },
  { words: 'whoami', what: 'My role, and where it comes from' },
  { words: 'help', what: 'Everything I may run' },
];

/** For a newcomer. */
export const firstSteps: readonly Suggestion[] = [
  { words: 'status', what: 'See how dev is' },
  { words: 'stop dev', what: 'Put dev to sleep, and watch it happen' },
  { words: 'help', what: 'See what else there is' },
];

/** Those that begin as typed; none once a command is written out. */
export function suggest(typed: string, command: string): Suggestion[] {
  const text = typed.toLowerCase();
  return suggestions.filter(({ words }) => {
    const whole = `${command} ${words}`;
    return whole.startsWith(text) && whole !== text;
  });
}
