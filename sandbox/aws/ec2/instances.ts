import type { Clock } from '../../clock.ts';
import type { Machine } from '../../interfaces.ts';
import type { World } from '../../worlds/world.ts';
import { AwsError } from '../errors.ts';
import { type Step, scheduleTransitions } from '../transitions.ts';

export type InstanceState = 'pending' | 'running' | 'stopping' | 'stopped' | 'terminated';

export interface LiveInstance {
  readonly id: string;
  readonly type: string;
  readonly privateIp: string;
  readonly tags: Readonly<Record<string, string>>;
  state: InstanceState;
  since: Date;
  launchedAt: Date;
  /** Its stop protection is on. */
  protected: boolean;
  /** Reports to SSM. */
  agent: boolean;
  /** Since when it no longer does, though it did after the last boot. */
  lostAt?: Date | undefined;
}

export interface Instances {
  all(): readonly LiveInstance[];
  find(id: string): LiveInstance;
  start(ids: readonly string[]): { id: string; before: InstanceState }[];
  stop(ids: readonly string[]): { id: string; before: InstanceState }[];
  terminate(id: string): void;
  /** Its agent stops reporting, as after a lost connection to SSM; a boot brings it back. */
  loseAgent(id: string): void;
  empty(): void;
  /** Nothing happens to it any more; resolves once the machine's last boot or halt is over. */
  close(): Promise<void>;
}

// As on AWS, give or take: what people wait for at 8 in the morning.
const pendingMs = 30_000;
const agentMs = 25_000;
const stoppingMs = 40_000;
const firstBootMs = 11 * 3_600_000;

interface InstancesOptions {
  world: Pick<World, 'instances' | 'host'>;
  clock: Clock;
  machine: Machine;
  changed(): void;
}

/** EC2's instances, one of which is the machine. Their states change on the sandbox's clock. */
export function createInstances({ world, clock, machine, changed }: InstancesOptions): Instances {
  let all: LiveInstance[] = world.instances.map((one) => {
    const at = new Date(clock.now().getTime() - firstBootMs);
    return { ...one, state: 'running', since: at, launchedAt: at, protected: false, agent: true };
  });
  // The machine boots and halts in order, whatever the clock does.
  let boots: Promise<unknown> = Promise.resolve();
  let closed = false;
  const transitions = new Map<string, () => void>();

  function enter(instance: LiveInstance, state: InstanceState, at = clock.now()): void {
    instance.state = state;
    instance.since = at;
    changed();
  }

  function begin({ id }: LiveInstance, steps: readonly Step[]): void {
    transitions.get(id)?.();
    transitions.set(id, scheduleTransitions(clock, steps));
  }

  function find(id: string): LiveInstance {
    if (!/^i-[0-9a-f]{8,17}$/.test(id))
      throw new AwsError('InvalidInstanceID.Malformed', `Invalid id: "${id}"`);
    const found = all.find((one) => one.id === id);
    if (!found) throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
    return found;
  }

  const queue = (act: () => Promise<void>) => {
    boots = boots
      .then(() => (closed ? undefined : act()))
      .catch((error: unknown) =>
        process.stderr.write(`sandbox: the instance: ${error instanceof Error ? error.stack : error}\n`),
      );
    return boots;
  };

  function halt(instance: LiveInstance): void {
    instance.agent = false;
    instance.lostAt = undefined;
    if (instance.id === world.host) void queue(() => machine.halt());
  }

  return {
    all: () => all,
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
        const booted = instance.id === world.host ? queue(() => machine.boot()) : Promise.resolve();
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
      for (const { id, protected: held } of found) {
        if (held)
          throw new AwsError(
            'OperationNotPermitted',
            `The instance '${id}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.`,
          );
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
      transitions.get(id)?.();
      enter(instance, 'terminated');
      halt(instance);
    },
    loseAgent(id) {
      const instance = find(id);
      if (instance.agent) instance.lostAt = clock.now();
      instance.agent = false;
      changed();
    },
    empty() {
      for (const off of transitions.values()) off();
      for (const instance of all) halt(instance);
      all = [];
      changed();
    },
    async close() {
      closed = true;
      for (const off of transitions.values()) off();
      await boots;
    },
  };
}

function demandIds(ids: readonly string[]): void {
  if (ids.length === 0)
    throw new AwsError('MissingParameter', 'The request must contain the parameter InstanceId');
}
