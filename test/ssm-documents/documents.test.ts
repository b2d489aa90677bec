import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderDocuments } from '../../infra/terraform/modules/ssm-documents/render.ts';
import { runToEnd, silent } from '../run-program.ts';
import { hasShellcheck, shellcheck } from '../shellcheck.ts';
import { documentsFolder, listDocuments, readDocument, scriptOf } from './run-document.ts';

const hostile = [
  '',
  '-rf',
  '--version',
  '../../etc',
  '/opt/../etc',
  'a..b',
  '/a/..',
  '/',
  '//',
  '{{ ssm:secret }}',
  '{{service}}',
  '$(id)',
  '`id`',
  'a;id',
  'a|id',
  'a&&id',
  'a b',
  'a\nb',
  'a\tb',
  'a\0b',
  "a'b",
  'a"b',
  'a\\b',
  '/.*/',
  '/a b',
  'a/b',
  '*',
  '~',
  '$HOME',
  'ａ',
  'a\u202eb',
  'a\u200bb',
  '🚗',
  `${'a'.repeat(20)}!`,
  '-'.repeat(5_000),
  `${'a-'.repeat(5_000)}!`,
  '/a'.repeat(5_000),
];

describe('the SSM documents', () => {
  it('are what their sources make', async () => {
    const texts = await renderDocuments();
    expect([...texts.keys()].sort()).toEqual(listDocuments());
    for (const [file, text] of texts) {
      const hint = 'npm run docs';
      expect(readFileSync(new URL(file, documentsFolder), 'utf8'), hint).toBe(text);
    }
  });

  it.skipIf(!hasShellcheck).each(listDocuments())('%s pleases shellcheck', async (file) => {
    expect(await shellcheck(scriptOf(readDocument(file)))).toEqual(silent);
  });

  describe.each(listDocuments())('%s', (file) => {
    const document = readDocument(file);
    const script = scriptOf(document);

    it('ends at the first failure, reads every parameter from its environment and holds no braces of SSM', () => {
      expect(script.split('\n').slice(0, 2)).toEqual(['#!/bin/bash', 'set -euo pipefail']);
      for (const name of Object.keys(document.parameters)) expect(script).toContain(`"\${SSM_${name}:?}"`);
      expect(script).not.toMatch(/\{\{|\}\}/);
    });

    it('takes its own defaults and refuses what is hostile', () => {
      for (const [name, { allowedPattern, default: value }] of Object.entries(document.parameters)) {
        const pattern = new RegExp(allowedPattern);
        expect(allowedPattern).toMatch(/^\^.*\$$/);
        // What Go's matcher does not know: look-around and back references.
        expect(allowedPattern).not.toMatch(/\(\?|\\\d/);
        if (value !== undefined) expect(value).toMatch(pattern);
        expect(
          hostile.filter((text) => pattern.test(text)),
          name,
        ).toEqual([]);
      }
    });

    it('will not run without its parameters', async () => {
      const ended = await runToEnd('/bin/bash', ['-c', script], { env: { PATH: '/usr/bin:/bin' } });
      expect(ended).toEqual({
        status: expect.any(Number),
        stdout: '',
        stderr: expect.stringContaining('SSM_'),
      });
      expect(ended.status).not.toBe(0);
    });
  });

  it('let through the names and paths in use', () => {
    const { parameters } = readDocument('d2-health.yaml');
    const service = new RegExp(parameters.service?.allowedPattern ?? '');
    const home = new RegExp(parameters.homes?.allowedPattern ?? '');
    for (const name of ['backend-api', 'web_driver', 'api.v2', '3000']) expect(name).toMatch(service);
    for (const homes of [
      '/root/.pm2=root',
      '/tmp/d2-x_Y1/root/.pm2=root,/home/appuser/.pm2=appuser',
      '/var/folders/5k/y_0/T/d2-a/home/ec2-user/.pm2=jo.doe,/a/.pm2=a,/b/.pm2=_b-c',
    ]) {
      expect(homes).toMatch(home);
    }
    const unowned = [
      '/root/.pm2',
      '/root/.pm2=',
      '/a=-b',
      '/a=b,',
      '/a=b,,/c=d',
      '/a=b /c=d',
      '/a=b\n',
      ',/a=b',
    ];
    expect(unowned.filter((homes) => home.test(homes))).toEqual([]);
    const port = new RegExp(parameters.port?.allowedPattern ?? '');
    const ports = Array.from({ length: 70_000 }, (_, n) => String(n)).filter((text) => port.test(text));
    expect([ports.length, ports[0], ports.at(-1)]).toEqual([65_535, '1', '65535']);
    const lines = new RegExp(readDocument('d2-pm2-logs.yaml').parameters.lines?.allowedPattern ?? '');
    const taken = Array.from({ length: 600 }, (_, n) => String(n)).filter((text) => lines.test(text));
    expect(taken).toEqual(Array.from({ length: 500 }, (_, n) => String(n + 1)));
  });
});
