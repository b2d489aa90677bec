import type { Clock } from '../../clock.ts';
import type { Machine } from '../../interfaces.ts';
import { AwsError } from '../errors.ts';
import { follow, type Step } from '../transitions.ts';
import { backendInstance, instances as listed } from '../world.ts';

export type InstanceState = 'pending' | 'running' | 'stopping' | 'stopped' | 'terminated';

export interface LiveInstance {
  readonly id: string;
  readonly type: string;
  readonly privateIp: string;
  readonly tags: Readonly<Record<string, string>>;
  state: InstanceState;
  since: Date;
  launchedAt: Date;
  /** Reports to SSM. */
  agent: boolean;
  /** Since when it no longer does, though it did after the last boot. */
  lostAt?: Date | undefined;
}

export interface Fleet {
  all(): readonly LiveInstance[];
  find(id: string): LiveInstance;
  start(ids: readonly string[]): { id: string; before: InstanceState }[];
  stop(ids: readonly string[]): { id: string; before: InstanceState }[];
  terminate(id: string): void;
  /** Its agent stops reporting, as after a lost road to SSM; a boot brings it back. */
  mute(id: string): void;
  empty(): void;
  /** Nothing happens to it any more; resolves once the machine's last boot or halt is over. */
  close(): Promise<void>;
}

// As on AWS, give or take: what people wait for at 8 in the morning.
const pendingMs = 30_000;
const agentMs = 25_000;
const stoppingMs = 40_000;
const firstBootMs = 11 * 3_600_000;

/** EC2's instances, one of which is the machine; states pass on the sandbox's clock. */
export function createFleet(clock: Clock, machine: Machine, changed: () => void): Fleet {
  let fleet: LiveInstance[] = listed.map((one) => {
    const at = new Date(clock.now().getTime() - firstBootMs);
    return { ...one, state: 'running', since: at, launchedAt: at, agent: true };
  });
  // The machine boots and halts in order, whatever the clock does.
  let power: Promise<unknown> = Promise.resolve();
  let closed = false;
  const courses = new Map<string, () => void>();

  function enter(instance: LiveInstance, state: InstanceState, at = clock.now()): void {
    instance.state = state;
    instance.since = at;
    changed();
  }

  function begin({ id }: LiveInstance, steps: readonly Step[]): void {
    courses.get(id)?.();
    courses.set(id, follow(clock, steps));
  }

  function find(id: string): LiveInstance {
    if (!/^i-[0-9a-f]{8,17}$/.test(id))
      throw new AwsError('InvalidInstanceID.Malformed', `Invalid id: "${id}"`);
    const found = fleet.find((one) => one.id === id);
    if (!found) throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
    return found;
  }

  const queue = (act: () => Promise<void>) => {
    power = power
      .then(() => (closed ? undefined : act()))
      .catch((error: unknown) =>
        process.stderr.write(`sandbox: the instance: ${error instanceof Error ? error.stack : error}\n`),
      );
    return power;
  };

  function halt(instance: LiveInstance): void {
    instance.agent = false;
    instance.lostAt = undefined;
    if (instance.id === backendInstance) void queue(() => machine.halt());
  }

  return {
    all: () => fleet,
    find,
    start(ids) {
      demandIds(ids);
      const found = ids.map(find);
      for (const { id, state } of found) {
        if (state !== 'stopped' && state !== 'running' && state !== 'pending') {
          throw new AwsError(
            'IncorrectInstanceState',
            `The instance '${id}' is not in a state from which it can be started.`,
          );
        }
      }
      return found.map((instance) => {
        const before = instance.state;
        if (before !== 'stopped') return { id: instance.id, before };
        enter(instance, 'pending');
        instance.launchedAt = clock.now();
        const booted = instance.id === backendInstance ? queue(() => machine.boot()) : Promise.resolve();
        // Not before the machine really is up, however far the clock was turned.
        const once = (state: InstanceState, act: () => void) =>
          void booted.then(() => {
            if (!closed && instance.state === state) act();
          });
        begin(instance, [
          { afterMs: pendingMs, act: (at) => once('pending', () => enter(instance, 'running', at)) },
          {
            afterMs: pendingMs + agentMs,
            act: () =>
              once('running', () => {
                instance.agent = true;
                changed();
              }),
          },
        ]);
        return { id: instance.id, before };
      });
    },
    stop(ids) {
      demandIds(ids);
      const found = ids.map(find);
      for (const { id, state } of found) {
        if (state === 'pending' || state === 'terminated') {
          throw new AwsError(
            'IncorrectInstanceState',
            `The instance '${id}' is not in a state from which it can be stopped.`,
          );
        }
      }
      return found.map((instance) => {
        const before = instance.state;
        if (before !== 'running') return { id: instance.id, before };
        enter(instance, 'stopping');
        halt(instance);
        begin(instance, [{ afterMs: stoppingMs, act: (at) => enter(instance, 'stopped', at) }]);
        return { id: instance.id, before };
      });
    },
    terminate(id) {
      const instance = find(id);
      courses.get(id)?.();
      enter(instance, 'terminated');
      halt(instance);
    },
    mute(id) {
      const instance = find(id);
      if (instance.agent) instance.lostAt = clock.now();
      instance.agent = false;
      changed();
    },
    empty() {
      for (const off of courses.values()) off();
      for (const instance of fleet) halt(instance);
      fleet = [];
      changed();
    },
    async close() {
      closed = true;
      for (const off of courses.values()) off();
      await power;
    },
  };
}

function demandIds(ids: readonly string[]): void {
  if (ids.length === 0)
    throw new AwsError('MissingParameter', 'The request must contain the parameter InstanceId');
}
