import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineRead } from '../../../src/commands/define.ts';
import { argument } from '../../../src/core/command/arguments.ts';
import { createCatalog } from '../../../src/core/command/catalog.ts';
import { environment, oneOf, service, words } from '../../../src/core/command/kinds.ts';
import { invocationOf, parse } from '../../../src/core/command/parser.ts';
import { UserError } from '../../../src/core/reply/errors.ts';
import { createReply } from '../../../src/core/reply/reply.ts';

const paint = defineRead({
  name: 'paint',
  summary: 'Paint a thing',
  role: 'viewer',
  args: {
    colour: argument(oneOf('colour', ['red', 'green'])),
    brush: argument(oneOf('brush', ['broad'])),
    what: words('what'),
    service,
    env: environment,
  },
  examples: ['paint red door'],
  output: z.object({}),
  run: async () => createReply({ title: '', tone: 'info', data: {} }),
});
const catalog = createCatalog([paint], {
  prompt: '/d2',
  vocabulary: { environments: ['dev', 'prod'], defaultEnvironment: 'dev', services: ['web-driver'] },
});

function refusal(act: () => unknown): UserError {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was understood');
}

describe('arguments that are missing', () => {
  const error = refusal(() => parse('paint prod', catalog));

  it('are data: the command, what was said, and what is wanted, all of it at once', () => {
    expect(error.missing).toEqual({
      command: 'paint',
      given: { env: 'prod', brush: 'broad', service: 'web-driver' },
      missing: [
        { name: 'colour', expected: 'one of red, green', choices: ['red', 'green'] },
        { name: 'what', expected: 'up to 200 characters' },
      ],
    });
  });

  it('of a closed set are buttons that keep what was said', () => {
    const [red] = error.actions;
    expect(red).toMatchObject({
      label: 'paint red',
      invocation: { command: 'paint', args: { env: 'prod', colour: 'red' } },
    });
    const next = refusal(() =>
      invocationOf(red?.kind === 'invoke' ? red.invocation : { command: '', args: {} }, catalog),
    );
    expect(next.missing).toMatchObject({
      given: { env: 'prod', colour: 'red' },
      missing: [{ name: 'what' }],
    });
  });

  it('are never asked for where there is but one', () => {
    expect(parse('paint red door', catalog).args).toEqual({
      colour: 'red',
      brush: 'broad',
      what: 'door',
      service: 'web-driver',
      env: 'dev',
    });
  });

  it('are no matter of a line that is wrong otherwise', () => {
    expect(refusal(() => parse('paint --size 3', catalog)).missing).toBeUndefined();
  });
});
