import { env, readHomes } from './pm2.ts';
import { maxOutput, print } from './print.ts';

const kept = new Set(env('services').split(','));
const homes = (await readHomes({ crashes: true })).map((home) => ({ ...home, more: 0 }));
// Says how many processes it had to leave out: the services' own last of all.
while (JSON.stringify({ homes }).length > maxOutput) {
  const longest = homes.reduce((a, b) => (b.processes.length > a.processes.length ? b : a));
  const last = longest.processes.findLastIndex(({ name }) => !kept.has(name));
  longest.processes.splice(last, 1);
  longest.more++;
}
print({ homes });
