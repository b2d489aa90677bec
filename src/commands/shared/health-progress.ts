import type { StepProgress } from '../../core/operation/plan.ts';
import type { Environment } from '../../platform/environment.ts';

/** `GET /health` from on the instance (guide 5.5), as a step waits for it. */
export async function healthProgress(
  { instances }: Pick<Environment, 'instances'>,
  { instance, service }: { instance: string; service: string },
  signal: AbortSignal,
): Promise<StepProgress> {
  const { status, latencyMs, error } = await instances.checkHealth(instance, service, { signal });
  return status === 200
    ? { done: true, note: `${latencyMs} ms` }
    : { done: false, note: error ?? `status ${status}` };
}
