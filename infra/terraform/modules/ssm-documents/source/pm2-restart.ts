import { change } from './change.ts';

await change({ verb: 'restart', wanted: 'online', timeoutMs: 40_000 });
