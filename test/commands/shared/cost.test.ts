import { describe, expect, it } from 'vitest';
import { breakdown, estimate, hourly, hourlyCost } from '../../../src/commands/shared/cost.ts';
import { listInventory } from '../../../src/commands/shared/inventory.ts';
import { UserError } from '../../../src/core/reply/errors.ts';
import { backend, createWorld, environmentOf, rds, type World } from '../world.ts';

async function costOf(changes: Partial<World>) {
  const environment = environmentOf(createWorld(changes));
  return estimate(await listInventory(environment, new AbortController().signal), environment);
}

describe('the estimate', () => {
  it('adds what is on', async () => {
    const cost = await costOf({});
    expect(cost.perHour).toBeCloseTo(0.0264 + 0.0132 + 0.028 + 0.059 + 0.0252 + 3 * 0.013);
    expect(hourlyCost(cost)).toBe('$0.19/h');
    expect(breakdown(cost.items)).toBe(
      'backend-api .03, bastion .01, RDS .03, NAT .06, ALB .03, endpoints .04',
    );
  });

  it('counts a stopped instance and database as off, but knows what they would cost', async () => {
    const cost = await costOf({
      instances: [{ ...backend, state: 'stopped' }],
      databases: [{ ...rds, state: 'stopped' }],
    });
    const off = cost.items.filter(({ on }) => !on);
    expect(off.map(({ name }) => name)).toEqual(['backend-api', 'RDS']);
    expect(hourly(off)).toBeCloseTo(0.0264 + 0.028);
  });

  it('counts a database that starts or backs up as on', async () => {
    const cost = await costOf({ databases: [{ ...rds, state: 'backing-up' }] });
    expect(cost.items.find(({ kind }) => kind === 'RDS')?.on).toBe(true);
  });

  it('is a lower bound, and says of what, when a price or a source is missing', async () => {
    const cost = await costOf({
      instances: [{ ...backend, type: 'm7g.metal' }],
      databases: new UserError('unavailable', 'no answer'),
    });
    expect(cost.missing).toEqual(['backend-api', 'RDS']);
    expect(hourlyCost(cost)).toMatch(/^over /);
  });
});
