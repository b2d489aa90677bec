import { z } from 'zod';
import { environment, service } from '../../core/command/kinds.ts';
import { invoke } from '../../core/reply/actions.ts';
import { facts } from '../../core/reply/parts.ts';
import { createReply } from '../../core/reply/reply.ts';
import { pm2Name } from '../../platform/services.ts';
import { defineChange } from '../define.ts';
import { counted } from '../shared/format.ts';
import { homesFact } from '../shared/service-processes.ts';
import { planInstances, runOnInstances } from './instance-steps.ts';
import { askPm2, findPlaces } from './places.ts';

interface Data {
  instances: string[];
  name: string;
  /** Of each instance, the PM2 home that is meant. */
  homes?: string[];
}

/** The list that PM2 brings back after a reboot (guide 5.7). */
export const pm2Save = defineChange({
  name: 'pm2 save',
  summary: 'Save PM2’s list, so that a reboot brings it back as it is now',
  role: 'operator',
  confirm: 'self',
  args: { service, env: environment },
  examples: ['pm2 save'],
  output: z.object({
    saved: z.array(z.object({ instance: z.string(), home: z.string(), processes: z.number() })),
  }),

  async plan({ args: { service, env }, platform, signal }) {
    const here = platform.environment(env);
    const { answered, left } = await askPm2(here, service, signal);
    const instances = answered.map(({ instance }) => instance);
    const lists = answered.map(({ homes }) => homes);
    const data: Data = { instances: instances.map(({ id }) => id), name: pm2Name(service, here.settings) };
    return {
      env,
      question: `Save PM2’s list in ${env}?`,
      doing: `Saving PM2’s list in ${env}`,
      did: `saved PM2’s list in ${env}`,
      targets: instances.map(({ id, name, tags }, index) => ({
        kind: 'PM2',
        id,
        name: `the list on ${name}`,
        verb: 'save',
        state:
          (lists[index] ?? [])
            .flatMap((home) => home.processes.map((process) => `${process.name} ${process.status}`))
            .join(', ') || 'empty',
        service: tags.Service ?? '',
      })),
      calls: instances.map(({ id }) => `ssm:SendCommand d2-pm2-save on ${id}`),
      steps: planInstances('save', 'Saved', instances),
      facts: lists
        .flat()
        .filter((home) => home.state === 'ok')
        .map((home) => ({
          label: home.home,
          value: home.processes.map((process) => `${process.name} ${process.status}`).join(', ') || 'empty',
        })),
      warnings: [
        ...left,
        ...(lists.flat().some((home) => home.processes.some((process) => process.status !== 'online'))
          ? ['What isn’t online now is saved as stopped.']
          : []),
      ],
      data,
    };
  },

  async run({ args: { env }, platform, operation, plan, step, signal }) {
    const here = platform.environment(env);
    const saved: { instance: string; home: string; processes: number }[] = [];
    await runOnInstances('save', { environment: here, operation, plan, step, signal }, async (instance) => {
      const homes = await here.instances.pm2Save(instance, { operation, signal });
      saved.push(...homes.map((home) => ({ instance, home: home.home, processes: home.saved })));
      return undefined;
    });
    return createReply({
      title: `PM2’s list in ${env} is saved`,
      tone: 'good',
      parts: [
        facts(
          saved.map(({ home, processes }) => ({
            label: home,
            value: `${counted(processes, 'process', 'processes')} saved`,
          })),
        ),
      ],
      actions: [invoke('Processes', 'pm2 list', { env })],
      data: { saved },
    });
  },
});

/** Guide 5.7: empties PM2’s log files; what CloudWatch has stays. */
export const pm2Flush = defineChange({
  name: 'pm2 flush',
  summary: 'Empty a service’s log files on its instances',
  role: 'operator',
  confirm: 'self',
  args: { service, env: environment },
  examples: ['pm2 flush backend-api'],
  output: z.object({ files: z.array(z.string()), freedBytes: z.number() }),

  async plan({ args: { service, env }, platform, signal }) {
    const here = platform.environment(env);
    const name = pm2Name(service, here.settings);
    const { places, left } = await findPlaces(here, service, 'left out', signal);
    const instances = places.map(({ instance }) => instance);
    const meant = places.map(({ judged }) => judged.meant);
    const logs = meant.map((copy) => [
      ...new Set((copy?.processes ?? []).flatMap(({ outLog, errLog }) => [outLog, errLog])),
    ]);
    const data: Data = {
      instances: instances.map(({ id }) => id),
      name,
      homes: meant.flatMap((copy) => (copy ? [copy.in.home] : [])),
    };
    return {
      env,
      question: `Empty the log files of ${service} in ${env}?`,
      doing: `Emptying the log files of ${service} in ${env}`,
      did: `emptied the log files of ${service} in ${env}`,
      targets: instances.map((instance, index) => ({
        kind: 'PM2',
        id: `${instance.id}/${name}`,
        name: `${service} on ${instance.name}`,
        verb: 'flush',
        state: (logs[index] ?? []).join(', '),
        service: instance.tags.Service ?? '',
      })),
      calls: instances.map(({ id }) => `ssm:SendCommand d2-pm2-flush ${name} on ${id}`),
      steps: planInstances('flush', 'Emptied', instances),
      facts: [
        ...logs.flat().map((path) => ({ label: 'File', value: path })),
        ...places.flatMap(({ judged }) => homesFact(judged, 'flush')),
      ],
      warnings: [...left, 'The lines in these files are gone for good; what CloudWatch has stays.'],
      data,
    };
  },

  async run({ args: { service, env }, platform, operation, plan, step, signal }) {
    const here = platform.environment(env);
    let bytes = 0;
    const files: string[] = [];
    const run = { environment: here, operation, service, plan, step, signal };
    await runOnInstances('flush', run, async (instance) => {
      const home = plan.data.homes?.[plan.data.instances.indexOf(instance)];
      const flushed = await here.instances.pm2Flush(instance, service, {
        operation,
        signal,
        ...(home !== undefined && { home }),
      });
      bytes += flushed.bytes;
      files.push(...flushed.paths);
      return counted(flushed.paths.length, 'file');
    });
    return createReply({
      title: `The log files of ${service} in ${env} are empty`,
      tone: 'good',
      data: { files, freedBytes: bytes },
      parts: [facts([{ label: 'Freed', value: `${bytes.toLocaleString('en')} bytes` }])],
      actions: [invoke('Logs', 'logs', { service, env })],
    });
  },
});
