import type { Plan, PlanStep, RunStep } from '../../core/operation/plan.ts';
import type { Instance } from '../../platform/compute.ts';
import type { Environment } from '../../platform/environment.ts';

const stepId = (verb: string, index: number): string => `${verb}-${index + 1}`;

/** A step an instance: `Saved on dev-backend`. */
export const planInstances = (verb: string, done: string, instances: readonly Instance[]): PlanStep[] =>
  instances.map(({ name }, index) => ({ id: stepId(verb, index), title: `${done} on ${name}` }));

interface Run {
  environment: Pick<Environment, 'instances'>;
  operation: string;
  /** Absent for what is done to all services. */
  service?: string;
  plan: Plan<{ instances: readonly string[] }>;
  step: RunStep;
  signal: AbortSignal;
}

/** Runs what `planInstances` planned, one instance after the other. Only for what may be sent twice. */
export async function runOnInstances(
  verb: string,
  { environment, operation, service, plan, step, signal }: Run,
  act: (instance: string) => Promise<string | undefined>,
): Promise<void> {
  for (const [index, instance] of plan.data.instances.entries()) {
    await step({
      id: stepId(verb, index),
      title: plan.steps[index]?.title ?? instance,
      deadlineSeconds: 60,
      repeatable: true,
      async happened(since) {
        const purpose = { operation, verb, instance, ...(service !== undefined && { service }) };
        const sent = await environment.instances.findSentCommand(purpose, since, { signal });
        return sent?.status === 'Success';
      },
      act: () => act(instance),
    });
  }
}
