import { change } from './change.ts';
import { env } from './pm2.ts';

await change({
  verb: 'stop',
  wanted: 'stopped',
  only: ({ status }) => status !== 'stopped',
  // Unsaved when the instance is about to stop: what PM2 saved is what comes back at boot.
  save: env('save') === 'yes',
  timeoutMs: 20_000,
});
