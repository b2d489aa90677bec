import { code, type Fact, facts, invoke, note, type Reply } from '../core/reply/reply.ts';
import { defineRead } from './define.ts';
import { listed } from './shared/format.ts';
import { sourceOf } from './shared/inventory.ts';

export const whoami = defineRead({
  name: 'whoami',
  summary: 'Which role you have where, and where it comes from',
  role: 'viewer',
  purpose: 'identity',
  open: true,
  aliases: ['me'],
  args: {},
  examples: ['whoami'],
  async run({ caller, platform: { roleDirectory }, catalog: { vocabulary } }) {
    const standings = await Promise.all(
      vocabulary.environments.map(async (env) => ({
        env,
        standing: await sourceOf(roleDirectory.resolveRole(caller, env, 'cached')),
      })),
    );
    const said = standings.map(({ env, standing }): Fact => {
      if (!standing.ok) return { label: env, value: `unknown: ${standing.reason}`, tone: 'warn' };
      const { role, because } = standing.value;
      return { label: env, value: `${role ?? 'no role'} (${because})`, tone: role ? 'good' : 'info' };
    });
    const roles = standings.map(({ env, standing }) =>
      standing.ok ? `${standing.value.role ?? 'no role'} in ${env}` : `unknown in ${env}`,
    );
    const title = `You are ${caller.name}: ${listed(roles)}`;
    return {
      title,
      tone: standings.some(({ standing }) => !standing.ok) ? 'warn' : 'info',
      summary: title,
      parts: [
        facts(said),
        note(['Your id in d2.yaml: ', code(caller.id)]),
        note('viewer looks, operator changes, admin approves as well.'),
      ],
      actions: [invoke('What may I run', 'help')],
    } satisfies Reply;
  },
});
