import { readHomes } from './pm2.ts';
import { maxOutput, print } from './print.ts';

const homes = (await readHomes()).map((home) => ({ ...home, more: 0 }));
// Says how many processes it had to leave out.
while (JSON.stringify({ homes }).length > maxOutput) {
  const longest = homes.reduce((a, b) => (b.processes.length > a.processes.length ? b : a));
  longest.processes.pop();
  longest.more++;
}
print({ homes });
