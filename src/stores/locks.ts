import type { OperationState } from './operation-record.ts';

/** What a change locks while it runs: an environment, or one named thing in it (`user/ana@example.com`), which stands in nobody else's way. */
export interface LockName {
  env: string;
  resource?: string | undefined;
}

/** Who holds a lock. */
export interface Lock {
  operation: string;
  command: string;
  caller: { id: string; name: string };
  /** ms since the epoch. */
  since: number;
  owner: string;
  until: number;
}

/** What status tells of the last change. */
export interface Ended {
  operation: string;
  command: string;
  caller: { id: string; name: string };
  state: OperationState;
  /** What they did, in words: `started rds in dev`. Absent where an older version noted it. */
  did?: string | undefined;
  /** ms since the epoch. */
  at: number;
}

/** One holder a name, by conditional writes. */
export interface LockStore {
  /** Claims it; answers the holder instead where it is held and not expired. */
  claim(name: LockName, lock: Lock, now: number): Promise<{ won: true } | { won: false; holder: Lock }>;
  /** Whoever holds it, even when the lease ran out: then the operation waits to be taken over. */
  holder(name: LockName): Promise<Lock | undefined>;
  /** Extends or takes over: succeeds only while the stored owner is `from`. */
  renew(name: LockName, lock: Lock, from: string): Promise<boolean>;
  /** Frees it if this operation holds it, and notes in the environment how the operation ended, if it began. */
  release(name: LockName, operation: string, ended?: Ended): Promise<void>;
  /** The last operation that ended in the environment, whatever it locked. */
  last(env: string): Promise<Ended | undefined>;
}
