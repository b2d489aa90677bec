import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

// Stands for the team's web-driver: a small site with a health check, which logs its requests as backend-api does.
const { PORT = '3001', HOST = '0.0.0.0' } = process.env;

function log(level, fields) {
  const stream = level === 'error' ? process.stderr : process.stdout;
  const base = { level, time: new Date().toISOString(), service: 'web-driver', pid: process.pid };
  stream.write(`${JSON.stringify({ ...base, ...fields })}\n`);
}

const page =
  '<!doctype html><title>D2 driver</title><h1>D2 driver</h1><p>Sign in to see the rides near you.</p>';

function answer(path) {
  if (path === '/health')
    return [
      200,
      'application/json',
      JSON.stringify({ status: 'ok', service: 'web-driver', timestamp: new Date().toISOString() }),
    ];
  return path === '/' ? [200, 'text/html', page] : [404, 'text/html', '<h1>404</h1>'];
}

const server = createServer((request, response) => {
  const began = performance.now();
  const path = (request.url ?? '/').split('?')[0];
  const [status, type, body] = answer(path);
  response.writeHead(status, { 'content-type': type }).end(body);
  if (path === '/health') return;
  const latencyMs = Math.round((performance.now() - began) * 10) / 10;
  const fields = { requestId: randomUUID(), method: request.method, route: path, status, latencyMs };
  log(status >= 400 ? 'warn' : 'info', { ...fields, msg: 'request' });
});

server.listen(Number(PORT), HOST, () =>
  log('info', { context: 'NextServer', msg: `web-driver listening on ${PORT}` }),
);
process.on('SIGINT', () => server.close(() => process.exit(0)));
