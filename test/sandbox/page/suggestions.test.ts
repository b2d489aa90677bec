import { expect, it } from 'vitest';
import { firstSteps, suggest, suggestions } from '../../../sandbox/slack/page/suggestions.ts';
import { parse } from '../../../src/core/command/parser.ts';
import { catalogOf } from '../../commands/world.ts';

it.each([...suggestions, ...firstSteps].map(({ words }) => words))(
  'the bot understands the suggested "%s"',
  (words) => {
    const { command } = parse(words, catalogOf());
    expect(words.startsWith(command.name.split(' ')[0] ?? '')).toBe(true);
  },
);

it('offers what begins as typed, in any case, and nothing once it is written out', () => {
  expect(suggest('/D2 ST', '/d2').map(({ words }) => words)).toEqual(['status', 'stop dev', 'start dev']);
  expect(suggest('/d2 whoami', '/d2')).toEqual([]);
  expect(suggest('/', '/d2')).toHaveLength(suggestions.length);
});
