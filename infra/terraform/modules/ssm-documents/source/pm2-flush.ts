import { statSync } from 'node:fs';
import { findToChange } from './find.ts';
import { env, pm2, readHomes } from './pm2.ts';
import { print } from './print.ts';

const service = env('service');
const found = findToChange(await readHomes());
if ('error' in found) {
  print({ service, ...found });
} else {
  const { home, processes } = found;
  const paths = [...new Set(processes.flatMap(({ outLog, errLog }) => [outLog, errLog]))].filter(
    (path) => path !== null,
  );
  const bytes = paths.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
  const failed = processes.map(({ id }) => pm2(home, ['flush', String(id)])).find(({ ok }) => !ok);
  print({
    service,
    home,
    flushed: failed ? [] : paths,
    bytes: failed ? 0 : bytes,
    error: failed ? failed.said : null,
  });
}
