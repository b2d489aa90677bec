import { z } from 'zod';
import { roles } from '../core/access/caller.ts';
import { invoke } from '../core/reply/actions.ts';
import { type Fact, facts, note } from '../core/reply/parts.ts';
import { createReply } from '../core/reply/reply.ts';
import { code } from '../core/reply/text.ts';
import { defineRead } from './define.ts';
import { unknownOf, unknowns } from './shared/data.ts';
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
  output: z.object({
    id: z.string().describe('as d2.yaml names it'),
    name: z.string(),
    environments: z.array(
      z.object({ name: z.string(), role: z.enum(roles).nullable(), because: z.string().nullable() }),
    ),
    unknown: unknowns,
  }),
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
    const titles = standings.map(({ env, standing }) =>
      standing.ok ? `${standing.value.role ?? 'no role'} in ${env}` : `unknown in ${env}`,
    );
    const title = `You are ${caller.name}: ${listed(titles)}`;
    return createReply({
      title,
      tone: standings.some(({ standing }) => !standing.ok) ? 'warn' : 'info',
      parts: [
        facts(said),
        note(['Your id in d2.yaml: ', code(caller.id)]),
        note('viewer looks, operator changes, admin approves as well.'),
      ],
      actions: [invoke('What may I run', 'help')],
      data: {
        id: caller.id,
        name: caller.name,
        environments: standings.map(({ env, standing }) => ({
          name: env,
          role: (standing.ok && standing.value.role) || null,
          because: standing.ok ? standing.value.because : null,
        })),
        unknown: unknownOf(Object.fromEntries(standings.map(({ env, standing }) => [env, standing]))),
      },
    });
  },
});
