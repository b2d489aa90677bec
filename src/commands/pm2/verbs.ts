import { z } from 'zod';
import type { Value } from '../../core/command/arguments.ts';
import type { ChangeCommand } from '../../core/command/command.ts';
import { environment, service } from '../../core/command/kinds.ts';
import { invoke } from '../../core/reply/actions.ts';
import { createReply, type ReplyWith, unchanged } from '../../core/reply/reply.ts';
import type { Pm2Result, Pm2Verb, Process } from '../../platform/instances.ts';
import type { Platform } from '../../platform/platform.ts';
import { pm2Name } from '../../platform/services.ts';
import { defineChange } from '../define.ts';
import { changes, changesOf } from '../shared/data.ts';
import { span } from '../shared/format.ts';
import { findProcesses, findRunning, processNamed } from '../shared/processes.ts';
import { findProof, type Proof, proofData } from './verb-proof.ts';
import { awaitHealth, changeProcess, planVerb, staysUp } from './verb-steps.ts';

interface VerbDeclaration {
  verb: Pm2Verb;
  summary: string;
  /** `Restarting`, `restarted` */
  doing: string;
  done: string;
  inverse?: { verb: Pm2Verb; label: string };
  aliases?: string[];
  everyday?: boolean;
}

interface Data {
  places: { instance: string; name: string }[];
}

const args = { service, env: environment };
const verbData = z.object({ changed: changes, processes: z.array(proofData) });

export const pm2Restart = defineVerb({
  verb: 'restart',
  summary: 'Restart a service’s process and prove that it came back',
  doing: 'Restarting',
  done: 'restarted',
  aliases: ['restart'],
  everyday: true,
});
export const pm2Reload = defineVerb({
  verb: 'reload',
  summary: 'Restart without losing a request',
  doing: 'Reloading',
  done: 'reloaded',
  aliases: ['reload'],
});
export const pm2Stop = defineVerb({
  verb: 'stop',
  summary: 'Stop a service’s process and keep it stopped',
  doing: 'Stopping',
  done: 'stopped',
  inverse: { verb: 'start', label: 'Start' },
});
export const pm2Start = defineVerb({
  verb: 'start',
  summary: 'Start a service’s process',
  doing: 'Starting',
  done: 'started',
  inverse: { verb: 'stop', label: 'Stop' },
});

/** restart, reload, stop, start: on each instance, one after the other, each proved before the next (guide 5.7). */
function defineVerb({
  verb,
  summary,
  doing,
  done,
  inverse,
  aliases,
  everyday,
}: VerbDeclaration): ChangeCommand<Platform, typeof args, Data, z.infer<typeof verbData>> {
  return defineChange({
    name: `pm2 ${verb}`,
    summary,
    role: 'operator',
    confirm: 'self',
    ...(inverse && {
      inverse: ({ service, env }) => ({
        command: `pm2 ${inverse.verb}`,
        label: `${inverse.label} ${service} in ${env}`,
        args: { service, env },
      }),
    }),
    ...(aliases && { aliases }),
    ...(everyday && { everyday }),
    args,
    examples: [`pm2 ${verb} backend-api`],
    output: verbData,

    async plan({ args: { service, env }, platform, signal }) {
      const here = platform.environment(env);
      const name = pm2Name(service, here.settings);
      const instances = await findRunning(here, service, signal);
      const processes = await Promise.all(
        instances.map(async (instance) => {
          const homes = await here.instances.listProcesses(instance.id, { signal });
          // What isn't in PM2's list may still be started, from its ecosystem file.
          if (verb === 'start') return processNamed(homes, name);
          return findProcesses(homes, name, { instance, env, service })[0]?.process;
        }),
      );
      const places = instances.map((instance) => ({ instance: instance.id, name }));
      const plan = {
        env,
        question: `${verb.charAt(0).toUpperCase()}${verb.slice(1)} ${service} in ${env}?`,
        doing: `${doing} ${service} in ${env}`,
        did: `${done} ${service} in ${env}`,
        targets: instances.map((instance, index) => ({
          kind: 'PM2',
          id: `${instance.id}/${name}`,
          name: `${service} on ${instance.name || instance.id}`,
          verb,
          state: stateOf(processes[index]),
          service: instance.tags.Service ?? '',
        })),
        calls: places.map(({ instance }) => `ssm:SendCommand d2-pm2-${verb} ${name} on ${instance}`),
        steps: instances.flatMap(({ id, name }, index) => planVerb(verb, index, name || id)),
        facts: processes.map((process, index) => ({
          label: instances.length > 1 ? `Now ${index + 1}` : 'Now',
          value: process
            ? `${process.status}, up ${span(platform.clock.now().getTime() - process.startedAt)}, ${process.restarts} restarts`
            : 'not in PM2’s list',
        })),
        warnings: warningsOf(verb, processes),
        data: { places },
      };
      const online = processes.every((process) => process?.status === 'online');
      const down = processes.every((process) => process?.status === 'stopped');
      if ((verb === 'start' && online) || (verb === 'stop' && down))
        return { ...plan, nothing: already(service, env, verb) };
      return plan;
    },

    async run({ args: { service, env }, platform, operation, plan, step, signal }) {
      const here = platform.environment(env);
      const proofs: Proof[] = [];
      for (const [index, { instance, name }] of plan.data.places.entries()) {
        const context = { environment: here, operation, signal, index, instance, service, name };
        let result: Pm2Result | undefined;
        await step(
          changeProcess(context, verb, (answer) => {
            result = answer;
          }),
        );
        if (staysUp(verb)) await step(awaitHealth(context));
        proofs.push(
          await findProof(here, { instance, service, name, result, errors: staysUp(verb) }, signal),
        );
      }
      return createReply({
        title: `${service} in ${env} is ${done}`,
        tone: 'good',
        parts: proofs.flatMap(({ parts }) => parts),
        actions: [invoke('Logs', 'logs', { service, env }), invoke('Status', 'status', { env })],
        data: {
          changed: changesOf(plan.targets, () => done),
          processes: proofs.map(({ data }) => data),
        },
      });
    },
  });
}

const stateOf = (process: Process | undefined): string =>
  process ? `${process.status} since ${process.startedAt}` : 'not in the list';

function warningsOf(verb: Pm2Verb, processes: readonly (Process | undefined)[]): string[] {
  if (verb === 'stop') return ['It stays stopped, also after a reboot, until it is started.'];
  if (
    verb === 'reload' &&
    processes.some((process) => process && process.mode !== 'cluster_mode' && process.mode !== 'cluster')
  ) {
    return ['It runs in fork mode: a reload loses requests there. Cluster mode keeps them.'];
  }
  return [];
}

function already(service: string, env: string, verb: Value): ReplyWith<z.infer<typeof verbData>> {
  const title = `${service} in ${env} is ${verb === 'start' ? 'online' : 'stopped'} already`;
  return unchanged({
    title,
    actions: [invoke('Processes', 'pm2 list', { env })],
    data: { changed: [], processes: [] },
  });
}
