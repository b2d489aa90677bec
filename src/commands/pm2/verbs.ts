import { z } from 'zod';
import type { Value } from '../../core/command/arguments.ts';
import type { ChangeCommand } from '../../core/command/command.ts';
import { environment, service } from '../../core/command/kinds.ts';
import { invoke } from '../../core/reply/actions.ts';
import { createReply, type ReplyWith, unchanged } from '../../core/reply/reply.ts';
import type { Pm2Result, Pm2Verb } from '../../platform/instances.ts';
import type { Platform } from '../../platform/platform.ts';
import { countText, isOnline } from '../../platform/pm2-copies.ts';
import { pm2Name } from '../../platform/services.ts';
import { defineChange } from '../define.ts';
import { changes, changesOf } from '../shared/data.ts';
import { databaseWarning } from '../shared/database-need.ts';
import { counted, span } from '../shared/format.ts';
import { areOnline, findCrashLoop, homesFact, stateText } from '../shared/service-processes.ts';
import { findPlaces, type Place } from './places.ts';
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
  /** `home`: the PM2 home that is meant; absent where PM2 does not know the service yet. */
  places: { instance: string; name: string; home?: string }[];
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
      const now = platform.clock.now();
      // What isn't in PM2's list may still be started, from its ecosystem file.
      const found = await findPlaces(here, service, verb === 'start' ? 'kept' : 'left out', signal);
      const places = found.places.map(({ instance, judged: { meant } }) => ({
        instance: instance.id,
        name,
        ...(meant && { home: meant.in.home }),
      }));
      const plan = {
        env,
        question: `${verb.charAt(0).toUpperCase()}${verb.slice(1)} ${service} in ${env}?`,
        doing: `${doing} ${service} in ${env}`,
        did: `${done} ${service} in ${env}`,
        targets: found.places.map(({ instance, judged }) => ({
          kind: 'PM2',
          id: `${instance.id}/${name}`,
          name: `${service} on ${instance.name}`,
          verb,
          state: stateOf(judged, now),
          service: instance.tags.Service ?? '',
        })),
        calls: places.map(({ instance }) => `ssm:SendCommand d2-pm2-${verb} ${name} on ${instance}`),
        steps: found.places.flatMap(({ instance }, index) => planVerb(verb, index, instance.name)),
        facts: found.places.flatMap(({ judged }, index) => [
          { label: found.places.length > 1 ? `Now ${index + 1}` : 'Now', value: nowText(judged, now) },
          ...homesFact(judged, verb),
        ]),
        warnings: [
          ...found.left,
          ...warningsOf(verb, found.places),
          ...(staysUp(verb) ? await databaseWarning(here, service, signal) : []),
        ],
        data: { places },
      };
      if (!found.places.every(({ judged }) => isDone(verb, judged))) return plan;
      // What could not be asked may be otherwise.
      if (found.silent !== undefined) throw found.silent;
      return { ...plan, nothing: already(service, env, verb) };
    },

    async run({ args: { service, env }, platform, operation, plan, step, signal }) {
      const here = platform.environment(env);
      const proofs: Proof[] = [];
      for (const [index, place] of plan.data.places.entries()) {
        const context = { environment: here, operation, signal, index, service, ...place };
        let result: Pm2Result | undefined;
        await step(
          changeProcess(context, verb, (answer) => {
            result = answer;
          }),
        );
        if (staysUp(verb)) await step(awaitHealth(context));
        proofs.push(await findProof(here, { ...place, service, result, errors: staysUp(verb) }, signal));
      }
      return createReply({
        title: `${service} in ${env} is ${done}`,
        tone: 'good',
        parts: proofs.flatMap(({ parts }) => parts),
        actions: [invoke('Logs', 'logs', { service, env }), invoke('Status', 'status', { env })],
        data: {
          changed: changesOf(plan.targets, () => done),
          processes: proofs.flatMap(({ data }) => data),
        },
      });
    },
  });
}

/** `online, pid 4711`: after a restart by somebody else a plan is another one. */
function stateOf(judged: Place['judged'], now: Date): string {
  const processes = judged.meant?.processes ?? [];
  const pids = findCrashLoop(processes, now) ? [] : processes.flatMap(({ pid }) => (pid > 0 ? [pid] : []));
  return [stateText(judged, now), ...(pids.length > 0 ? [`pid ${pids.join(' ')}`] : [])].join(', ');
}

/** Whether there is nothing to do: a start wants every process online, a stop every one stopped. */
function isDone(verb: Pm2Verb, { meant }: Place['judged']): boolean {
  if (verb === 'start') return areOnline(meant?.processes ?? []);
  return (
    verb === 'stop' && meant !== undefined && meant.processes.every(({ status }) => status === 'stopped')
  );
}

/** `online, up 3 h, 0 restarts`, `stopped`, `1 of 4 online`. */
function nowText({ meant }: Place['judged'], now: Date): string {
  const [process, ...others] = meant?.processes ?? [];
  if (!process || others.length > 0 || !isOnline(process)) return countText(meant?.processes ?? []);
  return `online, up ${span(now.getTime() - process.startedAt)}, ${counted(process.restarts, 'restart')}`;
}

function warningsOf(verb: Pm2Verb, places: readonly Place[]): string[] {
  if (verb === 'stop') return ['It stays stopped, also after a reboot, until it is started.'];
  const processes = places.flatMap(({ judged }) => judged.meant?.processes ?? []);
  return verb === 'reload' && processes.some(({ mode }) => mode !== 'cluster_mode' && mode !== 'cluster')
    ? ['It runs in fork mode: a reload loses requests there. Cluster mode keeps them.']
    : [];
}

function already(service: string, env: string, verb: Value): ReplyWith<z.infer<typeof verbData>> {
  const title = `${service} in ${env} is ${verb === 'start' ? 'online' : 'stopped'} already`;
  return unchanged({
    title,
    actions: [invoke('Processes', 'pm2 list', { env })],
    data: { changed: [], processes: [] },
  });
}
