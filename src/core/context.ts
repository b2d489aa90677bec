import type { AuditLog } from '../stores/audit.ts';
import type { Stores } from '../stores/stores.ts';
import type { RoleDirectory } from './access/caller.ts';
import type { Clock } from './clock.ts';
import type { Catalog } from './command/catalog.ts';
import type { PlanTarget } from './operation/plan.ts';
import type { ProgressPublisher } from './surface.ts';

/** The bot's own log: structured, for whoever keeps it. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What changes need besides their command: the store, the trail and where progress is shown. */
export interface BotContext<P> {
  catalog: Catalog<P>;
  platform: P;
  roleDirectory: RoleDirectory;
  stores: Stores;
  audit: AuditLog;
  progress: ProgressPublisher;
  clock: Clock;
  log: Log;
  /** A new invocation's id, a ULID. */
  newId(): string;
  /** This process, among replicas; each run that it owns adds an id of its own. */
  owner: string;
  /** Environments whose changes need a second person. */
  protectedEnvironments: readonly string[];
  /** Whether the bot itself runs on it: such a target is never touched. */
  isOwn(target: PlanTarget): boolean;
}

/** The bot without store or trail: reads go on, changes are refused. */
export type ReadOnlyContext<P> = Pick<
  BotContext<P>,
  'catalog' | 'platform' | 'roleDirectory' | 'clock' | 'log' | 'newId'
>;
