import type { OperationRecord } from './operation-record.ts';

/** Somebody who asked something of an operation: a process of their surface answers them, where they asked. */
export interface Requester extends Pick<OperationRecord['caller'], 'id' | 'name' | 'surface'> {
  /** In the surface's own words (a channel id); absent where an older version noted it. */
  place?: string | undefined;
}

/** What others asked of a running operation; kept beside the record so that they never collide with its owner. */
export interface Requests {
  /** Who asked to end after the current step. */
  cancel?: string;
  /** Whom to tell at the end. */
  tell: Requester[];
  /** Who asked for the opposite, to begin once this ends. */
  follow?: Requester;
}

/** Where operations live: single items, conditional writes, so that replicas agree. */
export interface OperationStore {
  /** Answers the record's first rev. */
  create(record: OperationRecord): Promise<number>;
  /** Upgraded where an older version of the bot wrote it. */
  find(id: string): Promise<{ record: OperationRecord; rev: number; requests: Requests } | undefined>;
  /** Compare-and-set on `rev`; returns the new rev, or `undefined` when somebody else moved it. */
  save(record: OperationRecord, rev: number): Promise<number | undefined>;
  /** Adds a request to a planned or running operation, whoever owns it. `follow` is taken once: false when it already was. */
  request(id: string, change: { cancel?: string; tell?: Requester; follow?: Requester }): Promise<boolean>;
  /** Lists the operation as open, before it claims its lock: whatever interrupts it then, it is found. */
  open(env: string, id: string): Promise<void>;
  /** Takes it off the list, once nothing of it is owed to anybody. */
  close(env: string, id: string): Promise<void>;
  /** Ids of the environment's open operations, whatever they lock. */
  listOpen(env: string): Promise<string[]>;
}
