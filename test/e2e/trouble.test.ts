import { afterAll, beforeAll, describe } from 'vitest';
import { type Driver, drive } from './driver.ts';
import { describeFaults } from './faults.ts';
import { describeRandomFaults } from './random-faults.ts';
import { describeSlackDown } from './slack-down.ts';

let d: Driver;
beforeAll(async () => {
  d = await drive();
});
afterAll(() => d?.close());

describe('Slack', () => describeSlackDown(() => d));
describe('one call to AWS', () => describeFaults(() => d));
describe('many calls to AWS', () => describeRandomFaults(() => d));
