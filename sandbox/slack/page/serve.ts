import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { pathOf } from '../../http.ts';
import type { RequestHandler } from '../../interfaces.ts';

interface Asset {
  type: string;
  body: string;
}

const headers = {
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** In the order in which they override each other. */
const styles = [
  'base',
  'frame',
  'controls',
  'sidebar',
  'channel',
  'blocks',
  'message',
  'account',
  'dialogs',
  'narrow',
];

const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [at('main.tsx')],
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
  });
  return outputFiles.map((file) => file.text).join('');
}

/** Answers GET and HEAD of the page and its assets, bundled once, in memory. Rejects when they don't build. */
export async function servePage(): Promise<RequestHandler> {
  const [html, css, icon, script] = await Promise.all([
    readFile(at('index.html'), 'utf8'),
    Promise.all(styles.map((name) => readFile(at(`styles/${name}.css`), 'utf8'))),
    readFile(at('favicon.svg'), 'utf8'),
    bundle(),
  ]);
  const svg: Asset = { type: 'image/svg+xml', body: icon };
  const assets = new Map<string, Asset>([
    ['/', { type: 'text/html; charset=utf-8', body: html }],
    ['/page.js', { type: 'text/javascript; charset=utf-8', body: script }],
    ['/page.css', { type: 'text/css; charset=utf-8', body: css.join('\n') }],
    ['/favicon.svg', svg],
    ['/favicon.ico', svg],
  ]);

  return async (request, response) => {
    const asset = assets.get(pathOf(request).pathname);
    if (!asset || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
    response.writeHead(200, { ...headers, 'content-type': asset.type });
    response.end(request.method === 'HEAD' ? undefined : asset.body);
    return true;
  };
}
