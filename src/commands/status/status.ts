import { environment } from '../../core/command/kinds.ts';
import { type Invocation, invoke, type Reply, text } from '../../core/reply/reply.ts';
import type { Platform } from '../../platform/platform.ts';
import { defineRead } from '../define.ts';
import { estimate, hourlyCost } from '../shared/cost.ts';
import { isEmpty } from '../shared/inventory.ts';
import { detailsView } from './details-view.ts';
import { askServices, describeEnvironment, type EnvironmentSnapshot } from './environment-snapshot.ts';
import { overallHealth } from './overall-health.ts';
import { resourcePresence } from './resource-presence.ts';
import { serviceHealth } from './service-health.ts';
import { hasMoreToAsk, statusButtons, summaryView } from './summary-view.ts';

export const status = defineRead({
  name: 'status',
  summary: 'Is it well, what is on, what does it cost now',
  role: 'viewer',
  everyday: true,
  aliases: ['st', 'ls'],
  args: { env: environment },
  examples: ['status', 'status dev'],
  async run({ args: { env }, platform, signal, interim }) {
    const snapshot = await describeEnvironment(platform, env, platform.settings.services, signal);
    if (isEmpty(snapshot.inventory)) return emptyReply(env, platform);
    if (!hasMoreToAsk(snapshot)) return statusReply({ ...snapshot, throughBalancers: [] }, platform);
    interim(statusReply(snapshot, platform));
    return statusReply(await askServices(snapshot, platform, signal), platform);
  },
});

function statusReply(snapshot: EnvironmentSnapshot, { clock, prices, settings }: Platform): Reply {
  const now = clock.now();
  const conditions = snapshot.services.map((view) =>
    serviceHealth(view, settings.pm2Name(view.service), now),
  );
  const verdict = overallHealth(snapshot, conditions, now);
  const cost = estimate(snapshot.inventory, prices);
  const present = resourcePresence(snapshot.inventory, settings.services);
  return {
    title: verdict.title,
    tone: verdict.tone,
    summary: `${verdict.title} · ${hourlyCost(cost)}`,
    parts: summaryView(snapshot, conditions, present, cost, now),
    details: detailsView(snapshot, present, cost, settings, now),
    actions: statusButtons(snapshot, verdict, settings),
  };
}

function emptyReply(env: string, { settings }: Platform): Reply {
  const again: Invocation['args'] = { env };
  return {
    title: `There is nothing in ${env}`,
    tone: 'warn',
    summary: `There is nothing in ${env}`,
    parts: [
      text(
        `No instance, database, gateway or balancer in ${settings.region} has the tag Environment=${env} of this project.`,
      ),
      text(
        `If it should be there: run terraform plan in infra/terraform/envs/${env} and look at the enable_* toggles; if it is there, its tags or the bot’s region are wrong.`,
      ),
    ],
    actions: [invoke('Refresh', 'status', again)],
  };
}
