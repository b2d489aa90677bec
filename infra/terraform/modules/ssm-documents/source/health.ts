import { get } from 'node:http';
import { copiesOf } from '../../../../../src/platform/pm2-copies.ts';
import { findService } from './find.ts';
import { env, readHomes } from './pm2.ts';
import { print } from './print.ts';

interface Answer {
  httpStatus: number | null;
  latencyMs: number | null;
  body: string | null;
  error: string | null;
}

const service = env('service');
const nothing = { httpStatus: null, latencyMs: null, body: null };
const homes = await readHomes();
const found = findService(homes);
const copies = copiesOf(homes, service).map(({ in: { home }, processes }) => ({
  home,
  statuses: processes.map(({ status }) => status),
}));
if ('error' in found) {
  const error = found.error === 'not found' ? 'no process' : found.error;
  print({ service, port: null, ...nothing, copies, ...found, error });
} else {
  const asked = env('port');
  // One that is down may have had another port than its like.
  const { port: own } = found.processes.find(({ status }) => status === 'online') ?? found.processes[0];
  const port = asked === 'pm2' ? own : Number(asked);
  print({ service, port, copies, ...(port === null ? { ...nothing, error: 'no port' } : await ask(port)) });
}

function ask(port: number): Promise<Answer> {
  const began = performance.now();
  return new Promise((resolve) => {
    let timedOut = false;
    const fail = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const refused = error.code === 'ECONNREFUSED';
      resolve({ ...nothing, error: timedOut ? 'timed out' : refused ? 'refused' : error.message });
    };
    const request = get({ host: '127.0.0.1', port, path: env('path'), agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body = (body + text).slice(0, 2_000);
      });
      response.on('error', fail);
      response.on('end', () => {
        clearTimeout(timer);
        const latencyMs = Math.round(performance.now() - began);
        resolve({ httpStatus: response.statusCode ?? null, latencyMs, body, error: null });
      });
    });
    request.on('error', fail);
    // Of the whole exchange: a service that trickles bytes is not well either.
    const timer = setTimeout(() => {
      timedOut = true;
      request.destroy(new Error('timed out'));
    }, 5_000);
  });
}
