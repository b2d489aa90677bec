import { type Invocation, invoke, type Reply, text } from '../../core/reply/reply.ts';
import { environment } from '../../core/command/kinds.ts';
import type { Ports } from '../../platform/platform.ts';
import { defineRead } from '../define.ts';
import { estimate, hourlyCost } from '../shared/cost.ts';
import { isEmpty } from '../shared/inventory.ts';
import { conditionOf } from './service-health.ts';
import { statusDetails } from './details-view.ts';
import { listen, look, type Outlook } from './environment-snapshot.ts';
import { presentIn } from './resource-presence.ts';
import { hasMoreToHear, statusButtons, statusScreen } from './summary-view.ts';
import { judge } from './overall-health.ts';

export const status = defineRead({
  name: 'status',
  summary: 'Is it well, what is on, what does it cost now',
  role: 'viewer',
  everyday: true,
  aliases: ['st', 'ls'],
  args: { env: environment },
  examples: ['status', 'status dev'],
  async run({ args: { env }, ports, signal, interim }) {
    const outlook = await look(ports, env, ports.settings.services, signal);
    if (isEmpty(outlook.inventory)) return emptyReply(env, ports);
    if (!hasMoreToHear(outlook)) return statusReply({ ...outlook, throughBalancers: [] }, ports);
    interim(statusReply(outlook, ports));
    return statusReply(await listen(outlook, ports, signal), ports);
  },
});

function statusReply(outlook: Outlook, { clock, prices, settings }: Ports): Reply {
  const now = clock.now();
  const conditions = outlook.services.map((view) => conditionOf(view, settings.pm2Name(view.service), now));
  const verdict = judge(outlook, conditions, now);
  const cost = estimate(outlook.inventory, prices);
  const present = presentIn(outlook.inventory, settings.services);
  return {
    title: verdict.title,
    tone: verdict.tone,
    summary: `${verdict.title} · ${hourlyCost(cost)}`,
    parts: statusScreen(outlook, conditions, present, cost, now),
    details: statusDetails(outlook, present, cost, settings, now),
    actions: statusButtons(outlook, verdict, settings),
  };
}

function emptyReply(env: string, { settings }: Ports): Reply {
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
