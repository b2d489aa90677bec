import { change } from './change.ts';

await change({ verb: 'reload', wanted: 'online', timeoutMs: 70_000 });
