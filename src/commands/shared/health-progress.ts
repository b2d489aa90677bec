import type { StepProgress } from '../../core/operation/plan.ts';
import type { Environment } from '../../platform/environment.ts';
import { isHealthy } from './http-health.ts';

/** `GET /health` from on the instance (guide 5.5), as a step waits for it. */
export async function healthProgress(
  { instances }: Pick<Environment, 'instances'>,
  { instance, service }: { instance: string; service: string },
  signal: AbortSignal,
): Promise<StepProgress> {
  const health = await instances.checkHealth(instance, service, { signal });
  const { status, latencyMs, error } = health;
  return isHealthy(health)
    ? { done: true, note: `${latencyMs} ms` }
    : { done: false, note: error ?? `status ${status}` };
}
