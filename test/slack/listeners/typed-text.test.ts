import { expect, test } from 'vitest';
import { plainTyped } from '../../../src/slack/listeners/typed-text.ts';

test('what Slack made a link of is read as it was typed', () => {
  expect(plainTyped("<mailto:o'brien@a.example|o'brien@a.example> <tel:+60123456789|+60 12-345 6789>")).toBe(
    "o'brien@a.example +60123456789",
  );
  expect(plainTyped('<mailto:a&amp;b@c.example|a&amp;b@c.example>')).toBe('a&b@c.example');
});
