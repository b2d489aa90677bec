import type { z } from 'zod';
import { environment } from '../../core/command/kinds.ts';
import { type Invocation, invoke } from '../../core/reply/actions.ts';
import { text } from '../../core/reply/parts.ts';
import { createReply, type Reply, type ReplyWith } from '../../core/reply/reply.ts';
import type { Environment } from '../../platform/environment.ts';
import { pm2Name } from '../../platform/services.ts';
import { defineRead } from '../define.ts';
import { estimate, hourlyCost } from '../shared/cost.ts';
import { isEmpty } from '../shared/inventory.ts';
import { stillRunning } from '../shared/still-running.ts';
import { describeStatus, statusData } from './data.ts';
import { detailsView } from './details-view.ts';
import { askEnvironment, type EnvironmentSnapshot, runningIn } from './environment-snapshot.ts';
import { overallHealth } from './overall-health.ts';
import { resourcePresence } from './resource-presence.ts';
import { serviceHealth } from './service-health.ts';
import { earlyView, statusButtons, summaryView } from './summary-view.ts';

export const status = defineRead({
  name: 'status',
  summary: 'Is it well, what is on, what does it cost now',
  role: 'viewer',
  purpose: 'overview',
  everyday: true,
  aliases: ['st', 'ls'],
  args: { env: environment },
  examples: ['status', 'status dev'],
  output: statusData,
  async run({ args: { env }, platform, signal, interim }) {
    const here = platform.environment(env);
    const reply = (seen: EnvironmentSnapshot) =>
      statusReply(seen, here, platform.timezone, platform.clock.now());
    const { early, whole } = askEnvironment(here, platform.stores, signal);
    const first = await Promise.race([early, whole]);
    if (first.fromOutside === 'asking') interim(earlyReply(first, here, platform.clock.now()));
    const snapshot = await whole;
    if (isEmpty(snapshot.inventory)) return emptyReply(snapshot, here);
    return reply(snapshot);
  },
});

/** Without buttons, since it may stand beside the whole answer. */
function earlyReply(snapshot: EnvironmentSnapshot, { settings }: Environment, now: Date): Reply {
  const conditions = snapshot.services.map((view) =>
    serviceHealth(view, pm2Name(view.service, settings), now),
  );
  return createReply({
    title: `Asking ${snapshot.inventory.env} …`,
    tone: 'info',
    parts: earlyView(snapshot, conditions, now),
  });
}

function statusReply(
  snapshot: EnvironmentSnapshot,
  environment: Environment,
  timezone: string,
  now: Date,
): ReplyWith<z.infer<typeof statusData>> {
  const { settings } = environment;
  const conditions = snapshot.services.map((view) =>
    serviceHealth(view, pm2Name(view.service, settings), now),
  );
  const left = stillRunning(snapshot.inventory, environment);
  const verdict = overallHealth(snapshot, conditions, now, left);
  const served = snapshot.services.some((view) => !view.instances.ok || runningIn(view).length > 0);
  const cost = estimate(snapshot.inventory, environment);
  const present = resourcePresence(snapshot.inventory, settings);
  return {
    title: verdict.title,
    tone: verdict.tone,
    summary: `${verdict.title} · ${hourlyCost(cost)}`,
    parts: summaryView(snapshot, conditions, present, cost, now, served ? [] : left),
    details: detailsView(snapshot, present, cost, settings, timezone, now),
    actions: statusButtons(snapshot, verdict, settings),
    data: describeStatus(snapshot, {
      phase: verdict.phase,
      conditions,
      present,
      cost,
      pm2Name: (service) => pm2Name(service, settings),
    }),
  };
}

function emptyReply(
  snapshot: EnvironmentSnapshot,
  environment: Environment,
): ReplyWith<z.infer<typeof statusData>> {
  const { name: env, settings } = environment;
  const again: Invocation['args'] = { env };
  return createReply({
    title: `There is nothing in ${env}`,
    tone: 'warn',
    data: describeStatus(snapshot, {
      phase: undefined,
      conditions: [],
      present: resourcePresence(snapshot.inventory, settings),
      cost: estimate(snapshot.inventory, environment),
      pm2Name: (service) => pm2Name(service, settings),
    }),
    parts: [
      text(
        `No instance, database, gateway or balancer in ${settings.region} has the tag Environment=${env} of this project.`,
      ),
      text(
        `If it should be there: run terraform plan in infra/terraform/envs/${env} and look at the enable_* toggles; if it is there, its tags or the bot’s region are wrong.`,
      ),
    ],
    actions: [invoke('Refresh', 'status', again)],
  });
}
