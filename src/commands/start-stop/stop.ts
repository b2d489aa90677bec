import { environment } from '../../core/command/kinds.ts';
import { invoke } from '../../core/reply/actions.ts';
import { text } from '../../core/reply/parts.ts';
import { createReply } from '../../core/reply/reply.ts';
import { defineChange } from '../define.ts';
import { changesOf } from '../shared/data.ts';
import { listInventory } from '../shared/inventory.ts';
import { asleepText, stillRunning } from '../shared/still-running.ts';
import { stopInstances } from './ec2-steps.ts';
import { inverseOf } from './inverse.ts';
import { planStop } from './plan-stop.ts';
import { stopDatabase } from './rds-steps.ts';
import { stopProcess } from './service-steps.ts';
import { describeRunning, stillRunningPart, stopData } from './stop-reply.ts';
import { target, targetName } from './target-argument.ts';

export const stop = defineChange({
  name: 'stop',
  summary: 'Stop an environment and stop paying for it',
  role: 'operator',
  confirm: 'self',
  inverse: (args) => inverseOf('start', 'Start', args),
  everyday: true,
  aliases: ['down', 'off', 'sleep'],
  args: { env: environment, what: target.default('all') },
  examples: ['stop dev', 'stop dev rds', 'stop bastion'],
  output: stopData,

  plan: ({ args, platform, signal }) => planStop(platform, args, { signal }),

  async run({ args: { env, what }, platform, operation, plan, step, signal }) {
    const targets = plan.data;
    const here = platform.environment(env);
    const context = { environment: here, operation, signal, targets };
    for (const one of targets.processes) await step(stopProcess(context, one));
    if (targets.instances.length > 0) await step(stopInstances(context));
    for (const { id } of targets.databases) await step(stopDatabase(context, id));
    // What was started or made meanwhile is no target, and is said.
    const inventory = await listInventory(here, signal);
    const running = stillRunning(inventory, here);
    const meant = (id: string) => what === 'all' || targets.instances.some((one) => one.id === id);
    const awake = running.filter(({ id }) => meant(id));
    const saves = plan.facts.find(({ label }) => label === 'Saves')?.value ?? '';
    return createReply({
      title: asleepText(targetName({ env, what }), awake),
      tone: awake.length > 0 ? 'warn' : 'good',
      data: {
        changed: changesOf(
          plan.targets.filter(({ kind, id }) => kind !== 'PM2' && !awake.some((one) => one.id === id)),
          () => 'stopped',
        ),
        stillRunning: describeRunning(running),
      },
      parts: [
        text(typeof saves === 'string' ? `Saves ${saves} from now on.` : saves),
        ...stillRunningPart(running, inventory),
      ],
      actions: [invoke('Status', 'status', { env })],
    });
  },
});
