import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { createMachine } from '../../../sandbox/instance/machine.ts';
import { machineUser } from '../../../sandbox/instance/user.ts';
import type { Machine, MachineResult } from '../../../sandbox/interfaces.ts';
import { createInstances } from '../../../src/aws/instances.ts';
import type { Instances } from '../../../src/platform/instances.ts';
import { settingsOf } from '../../environment-settings.ts';
import { clientsOf, json, startWire } from '../wire.ts';

// The shell against the real documents, run by bash beside a real PM2: do both sides mean the same JSON?

const instance = 'i-080c218b1eb3925ee';
const operation = '01JD2Q4B8ZC0FFEE0000000000';
const call = () => ({ signal: AbortSignal.timeout(30_000) });
const change = () => ({ ...call(), operation });

const documents = new URL('../../../infra/terraform/modules/ssm-documents/documents/', import.meta.url);
const document = z.object({
  parameters: z.record(z.string(), z.object({ default: z.string().optional() })),
  mainSteps: z.tuple([z.object({ inputs: z.object({ runCommand: z.array(z.string()) }) })]),
});
const sendCommand = z.object({
  DocumentName: z.string(),
  Parameters: z.record(z.string(), z.tuple([z.string()])),
});

let machine: Machine;
let shell: Instances;
const endings: (() => void)[] = [];

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'd2-'));
  machine = await createMachine({
    folder,
    backend: new URL('../../../backend-api', import.meta.url).pathname,
  });
  await machine.boot();
  let result: MachineResult | undefined;
  const wire = await startWire(async ({ action, body }) => {
    if (action === 'DescribeInstanceInformation') {
      return json({ InstanceInformationList: [{ InstanceId: instance, PingStatus: 'Online' }] });
    }
    if (action === 'SendCommand') {
      result = await runDocument(sendCommand.parse(JSON.parse(body)));
      return json({ Command: { CommandId: 'c-1' } });
    }
    const Status = result?.exitCode === 0 ? 'Success' : 'Failed';
    return json({ Status, StandardOutputContent: result?.stdout, StandardErrorContent: result?.stderr });
  });
  const clients = clientsOf(wire.url);
  endings.push(wire.close, clients.close);
  const { root, app } = machine.homes;
  shell = createInstances({
    clients,
    settings: settingsOf('dev', {
      pm2: {
        homes: [
          { home: root, user: machineUser },
          { home: app, user: machineUser },
        ],
        apps: machine.appRoot,
        logs: undefined,
      },
    }),
  });
});

afterAll(async () => {
  for (const end of endings) end();
  await machine.close();
});

async function runDocument({ DocumentName, Parameters }: z.infer<typeof sendCommand>) {
  const { parameters, mainSteps } = document.parse(
    parse(await readFile(new URL(`${DocumentName}.yaml`, documents), 'utf8')),
  );
  const env = Object.entries(parameters).map(([name, { default: fallback = '' }]) => {
    return [`SSM_${name}`, Parameters[name]?.[0] ?? fallback];
  });
  const commands = mainSteps[0].inputs.runCommand;
  return machine.run({ commands, env: Object.fromEntries(env), timeoutSeconds: 30 });
}

test('list, health and logs tell of the service', async () => {
  const homes = await shell.listProcesses(instance, call());
  const process = homes.flatMap(({ processes }) => processes).find(({ name }) => name === 'backend-api');
  expect(process).toMatchObject({ status: 'online', port: machine.port });
  expect(await shell.checkHealth(instance, 'backend-api', call())).toMatchObject({
    status: 200,
    port: machine.port,
    error: undefined,
  });
  const [file] = await shell.tail(instance, 'backend-api', 'out', 20, call());
  expect(file?.lines.join('\n')).toContain('listening');
  expect(file?.writtenAt).toBeInstanceOf(Date);
});

test('restart, save, flush, stop and start do what they say', async () => {
  const restarted = await shell.pm2(instance, 'restart', 'backend-api', change());
  expect(restarted.after[0]?.status).toBe('online');
  expect(restarted.after[0]?.pid).not.toBe(restarted.before[0]?.pid);
  const saved = await shell.pm2Save(instance, change());
  expect(saved).toContainEqual({ home: restarted.home, saved: 1 });
  expect((await shell.pm2Flush(instance, 'backend-api', change())).paths).toHaveLength(2);
  const stopped = await shell.pm2(instance, 'stop', 'backend-api', { ...change(), keep: true });
  expect(stopped).toMatchObject({ saved: false, after: [{ status: 'stopped' }] });
  expect(await shell.checkHealth(instance, 'backend-api', call())).toMatchObject({ error: 'refused' });
  const started = await shell.pm2(instance, 'start', 'backend-api', change());
  expect(started).toMatchObject({ saved: true, after: [{ status: 'online' }] });
});

test('a service that PM2 does not know is refused with those that it knows', async () => {
  const refusal = { code: 'not-found', hint: 'It has backend-api.' };
  await expect(shell.pm2(instance, 'restart', 'web-driver', change())).rejects.toMatchObject(refusal);
  await expect(shell.checkHealth(instance, 'web-driver', call())).rejects.toMatchObject(refusal);
});
