import { z } from 'zod';
import type { PlanTarget } from '../../core/operation/plan.ts';
import type { Pm2Home, Process } from '../../platform/instances.ts';
import type { HttpHealth } from '../../platform/network.ts';
import { isHealthy } from './http-health.ts';
import type { Source } from './inventory.ts';

/** What the schemas of several commands have in common. A thing that isn't known is null, never left out. */

export const time = z.iso.datetime();
export const text = z.string().nullable();

export const isoTime = (at: Date | undefined): string | null =>
  at === undefined || Number.isNaN(at.getTime()) ? null : at.toISOString();

export const unknowns = z
  .array(z.object({ source: z.string(), reason: z.string() }))
  .describe('what could not be read, and why');

/** The sources that failed, by their names. */
export const unknownOf = (sources: Readonly<Record<string, Source<unknown>>>): z.infer<typeof unknowns> =>
  Object.entries(sources).flatMap(([source, one]) => (one.ok ? [] : [{ source, reason: one.reason }]));

export const processData = z.object({
  name: z.string(),
  home: z.string().describe('the PM2 home that it stands in'),
  status: z.string().describe('as PM2 says it: online, stopped, errored'),
  pid: z.number().nullable(),
  startedAt: time.nullable(),
  restarts: z.number(),
  unstableRestarts: z.number(),
  cpuPercent: z.number(),
  memoryBytes: z.number(),
  mode: z.string(),
  version: text,
  release: text,
  port: z.number().nullable(),
});

export const describeProcess = ({ home }: Pm2Home, process: Process): z.infer<typeof processData> => ({
  name: process.name,
  home,
  status: process.status,
  pid: process.pid || null,
  startedAt: process.status === 'online' ? isoTime(new Date(process.startedAt)) : null,
  restarts: process.restarts,
  unstableRestarts: process.unstableRestarts,
  cpuPercent: process.cpu,
  memoryBytes: process.memory,
  mode: process.mode,
  version: process.version || null,
  release: process.release,
  port: process.port,
});

export const healthData = z.object({
  healthy: z.boolean().nullable().describe('null where it could not be asked'),
  httpStatus: z.number().nullable(),
  latencyMs: z.number().nullable(),
  error: text.describe('refused, timed out, or why it could not be asked'),
});

export function describeHealth(health: Source<HttpHealth>): z.infer<typeof healthData> {
  if (!health.ok) return { healthy: null, httpStatus: null, latencyMs: null, error: health.reason };
  const { status = null, latencyMs, error = null } = health.value;
  return { healthy: isHealthy(health.value), httpStatus: status, latencyMs, error };
}

export const changes = z
  .array(
    z.object({
      kind: z.string().describe('EC2, RDS, PM2, Cognito'),
      id: z.string(),
      name: z.string(),
      before: z.string(),
      after: z.string(),
    }),
  )
  .describe('what was changed; empty where nothing had to be');

/** The targets of a plan that are otherwise now. */
export const changesOf = (
  targets: readonly PlanTarget[],
  after: (target: PlanTarget) => string,
): z.infer<typeof changes> =>
  targets
    .map((target) => ({
      kind: target.kind,
      id: target.id,
      name: target.name,
      before: target.state,
      after: after(target),
    }))
    .filter(({ before, after }) => before !== after);
