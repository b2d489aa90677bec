import type { Environment } from '../../platform/environment.ts';
import type { Targets } from './targets.ts';

/** What every step of a start or a stop works with. */
export interface StepContext {
  environment: Environment;
  operation: string;
  signal: AbortSignal;
  targets: Targets;
}
