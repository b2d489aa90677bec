import { describe, expect, it } from 'vitest';
import { commands } from '../../../src/commands/index.ts';
import { atLeast, type Caller, type Role, roles } from '../../../src/core/access/caller.ts';
import {
  createRoleDirectory,
  type Grants,
  type MembershipLookup,
} from '../../../src/core/access/role-directory.ts';
import { createDispatcher } from '../../../src/core/dispatcher.ts';
import { UserError } from '../../../src/core/reply/errors.ts';
import { createBotProcess, wordsOf } from '../bot.ts';
import { createListener } from '../in-memory.ts';

const none = { people: [], groups: [], arns: [] };
const grants: Grants = {
  dev: {
    viewer: { ...none, people: ['U0VERA'], groups: ['S0VIEWERS'] },
    operator: { ...none, groups: ['S0OPERATORS'], arns: ['arn:aws:sts::1:assumed-role/ops/*'] },
    admin: { ...none, people: ['U0ADA'], groups: ['S0ADMINS'] },
  },
  prod: { viewer: { ...none, groups: ['S0OPERATORS'] }, operator: none, admin: none },
};
const groups: Record<string, string[]> = {
  S0VIEWERS: ['U0GIL'],
  S0OPERATORS: ['U0OMAR'],
  S0ADMINS: ['U0AMIR'],
};

function createGroups() {
  const state = { groups: structuredClone(groups), down: false, strangers: new Set<string>(), live: 0 };
  const check = (freshness: string) => {
    if (freshness === 'live') state.live += 1;
    if (state.down) throw new UserError('unavailable', 'Slack did not say who is in which group.');
  };
  const membership: MembershipLookup = {
    async assertMember(person, freshness) {
      check(freshness);
      if (state.strangers.has(person)) throw new UserError('forbidden', `${person} is no member here.`);
    },
    async members(group, freshness) {
      check(freshness);
      return state.groups[group] ?? [];
    },
  };
  return { membership, state };
}

const slack = (id: string): Caller => ({ id, name: id.toLowerCase(), surface: 'slack' });
/** Who, and what they are in dev and in prod. */
const people: [Caller, Role | undefined, Role | undefined][] = [
  [slack('U0VERA'), 'viewer', undefined],
  [slack('U0GIL'), 'viewer', undefined],
  [slack('U0OMAR'), 'operator', 'viewer'],
  [slack('U0ADA'), 'admin', undefined],
  [slack('U0AMIR'), 'admin', undefined],
  [slack('U0NOBODY'), undefined, undefined],
  [slack(''), undefined, undefined],
  [slack('__proto__'), undefined, undefined],
  [{ id: 'arn:aws:sts::1:assumed-role/ops/ana', name: 'ana', surface: 'terminal' }, 'operator', undefined],
  [{ id: 'arn:aws:sts::1:assumed-role/dev/ana', name: 'ana', surface: 'terminal' }, undefined, undefined],
  [{ id: 'U0ADA', name: 'forged', surface: 'terminal' }, undefined, undefined],
  [slack('arn:aws:sts::1:assumed-role/ops/ana'), undefined, undefined],
];

function createOffice() {
  const stage = createBotProcess();
  const { membership, state } = createGroups();
  const roleDirectory = createRoleDirectory(grants, membership);
  const { bot } = stage.createBot({ roleDirectory });
  const dispatcher = createDispatcher({ bot });
  const ask = async (line: string, caller: Caller) => {
    const listener = createListener();
    await dispatcher.line({ id: bot.newId(), line, caller, responder: listener });
    return listener;
  };
  return { stage, state, dispatcher, bot, ask };
}

const gated = commands.filter((command) => command.kind === 'change' || !command.open);

describe.each(people)('$id in the $surface', (caller, inDev, inProd) => {
  it.each(gated.map((command) => [command.name, command] as const))(
    'may ask for %s only where the role says so',
    async (_, command) => {
      for (const [env, role] of [
        ['dev', inDev],
        ['prod', inProd],
        ['staging', undefined],
      ] as const) {
        const { ask, stage } = createOffice();
        const line = `${command.examples[0]?.replace(/ dev\b/, '')} --env ${env}`;
        const answer = (await ask(line, caller)).last();
        const words = wordsOf(answer);
        if (env === 'staging') {
          expect(answer.state).toBe('refused');
        } else if (atLeast(role, command.role)) {
          expect(words).not.toContain(`needs ${command.role}`);
        } else {
          expect(answer.state).toBe('refused');
          expect(words).toContain(`needs ${command.role}`);
          expect(words).toContain('Nothing was changed');
        }
        if (env !== 'dev' || !atLeast(role, command.role)) {
          expect(stage.world.mutations).toEqual([]);
          expect(stage.memory.records()).toEqual([]);
        }
      }
    },
  );
});

describe('roles', () => {
  it('are refused, not guessed, when they could not be looked up', async () => {
    const { ask, state, stage } = createOffice();
    state.down = true;
    const answer = (await ask('stop dev', slack('U0OMAR'))).last();
    expect(answer.state).toBe('failed');
    expect(wordsOf(answer)).toContain('did not say');
    expect(stage.memory.records()).toEqual([]);
  });

  it('are told by the ids of the surface that was asked', async () => {
    const { ask } = createOffice();
    const ana: Caller = { id: 'arn:aws:sts::1:assumed-role/dev/ana', name: 'ana', surface: 'terminal' };
    for (const line of ['stop dev', 'logs dev', 'cancel dev']) {
      const terminal = wordsOf((await ask(line, ana)).last());
      expect(terminal).toContain('or more: arn:aws:sts::1:assumed-role/ops/*.');
      expect(terminal).toContain(`adds ${ana.id} to environments.dev.roles.`);
      expect(terminal).toContain('.aws in d2.yaml');
      expect(terminal).not.toMatch(/[US]0[A-Z]+/);
      const inSlack = wordsOf((await ask(line, slack('U0NOBODY'))).last());
      expect(inSlack).toContain('S0OPERATORS');
      expect(inSlack).not.toContain('arn:');
    }
  });

  it('are of no use to who is no full member, listed or not', async () => {
    const { ask, state } = createOffice();
    state.strangers.add('U0ADA');
    expect((await ask('stop dev', slack('U0ADA'))).last().state).toBe('refused');
  });

  it('are looked up live for a change and for its click, so that who was taken out of the group is refused', async () => {
    const { ask, dispatcher, state, stage } = createOffice();
    const card = (await ask('stop dev', slack('U0OMAR'))).last();
    expect(card.state).toBe('waiting');
    const before = state.live;
    state.groups.S0OPERATORS = [];
    const listener = createListener();
    await dispatcher.operate({
      move: 'confirm',
      operation: card.id,
      caller: slack('U0OMAR'),
      responder: listener,
    });
    expect(listener.last().state).toBe('refused');
    expect(wordsOf(listener.last())).toContain('needs operator');
    expect(state.live).toBeGreaterThan(before);
    expect(stage.world.mutations).toEqual([]);
  });

  it('are looked up live for a read that is pressed, and may be a minute old for one that is typed', async () => {
    const { ask, dispatcher, bot, state } = createOffice();
    await ask('cognito config', slack('U0GIL'));
    expect(state.live).toBe(0);
    const invocation = { command: 'cognito config', args: { env: 'dev' } };
    await dispatcher.invoke({
      id: bot.newId(),
      invocation,
      caller: slack('U0GIL'),
      responder: createListener(),
    });
    expect(state.live).toBeGreaterThan(0);
  });

  it.each(['cancel', 'follow', 'tell'] as const)('are asked of who presses %s too', async (move) => {
    const { ask, dispatcher, stage } = createOffice();
    const card = (await ask('stop dev', slack('U0OMAR'))).last();
    const listener = createListener();
    await dispatcher.operate({ move, operation: card.id, caller: slack('U0NOBODY'), responder: listener });
    expect(listener.last().state).toBe('refused');
    expect((await stage.memory.operations.find(card.id))?.requests).toEqual({ tell: [] });
  });

  it('are asked of who presses a read’s or an undo button, as if the words had been typed', async () => {
    const { dispatcher, bot, stage } = createOffice();
    for (const command of ['start', 'stop', 'pm2 restart', 'logs']) {
      const listener = createListener();
      await dispatcher.invoke({
        id: bot.newId(),
        invocation: { command, args: { env: 'dev' } },
        caller: slack('U0NOBODY'),
        responder: listener,
      });
      expect(listener.last().state).toBe('refused');
    }
    expect(stage.memory.records()).toEqual([]);
  });

  it.each([
    ['arn:aws:sts::1:assumed-role/ops/*', 'arn:aws:sts::1:assumed-role/ops/ana', true],
    ['arn:aws:sts::1:assumed-role/ops/*', 'arn:aws:sts::1:assumed-role/ops/', true],
    ['arn:aws:sts::1:assumed-role/ops/*', 'arn:aws:sts::1:assumed-role/ops/ana/bob', false],
    ['arn:aws:sts::1:assumed-role/ops/*', 'arn:aws:sts::1:assumed-role/opsx/ana', false],
    ['arn:aws:sts::1:assumed-role/*-ops/*', 'arn:aws:sts::1:assumed-role/d2-ops/ana', true],
    ['arn:aws:sts::1:assumed-role/*-ops/*', 'arn:aws:sts::1:assumed-role/a-ops-ops/ana', true],
    ['arn:aws:sts::1:assumed-role/*-ops/*', 'arn:aws:sts::1:assumed-role/evil/x-ops/ana', false],
    ['arn:aws:iam::*:user/ana', 'arn:aws:iam::1:user/ana', true],
    ['arn:aws:iam::*:user/ana', 'arn:aws:iam::1:role:user/ana', false],
    ['arn:aws:iam::1:user/a.a', 'arn:aws:iam::1:user/aba', false],
    ['*', 'arn:aws:iam::1:user/ana', false],
    ['a*b*c', 'abbcbc', true],
    ['a*b*c', 'abbcb', false],
  ])('%s is %s: %s', async (pattern, id, fits) => {
    const roleDirectory = createRoleDirectory(
      { dev: { viewer: { ...none, arns: [pattern] }, operator: none, admin: none } },
      createGroups().membership,
    );
    const { role } = await roleDirectory.resolveRole({ id, name: '', surface: 'terminal' }, 'dev', 'live');
    expect(role).toBe(fits ? 'viewer' : undefined);
  });

  it('are found at once for a pattern of many stars that does not fit', async () => {
    const roleDirectory = createRoleDirectory(
      {
        dev: { viewer: { ...none, arns: [`${'*a'.repeat(40)}b`] }, operator: none, admin: none },
      },
      createGroups().membership,
    );
    const { role } = await roleDirectory.resolveRole(
      { id: 'a'.repeat(2_000), name: '', surface: 'terminal' },
      'dev',
      'live',
    );
    expect(role).toBeUndefined();
  });

  it('need one of the three names to be one', () => {
    expect(roles).toEqual(['viewer', 'operator', 'admin']);
    expect(atLeast(undefined, 'viewer')).toBe(false);
  });
});
