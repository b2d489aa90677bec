import { z } from 'zod';
import { UserError } from '../../core/reply/errors.ts';
import { facts, type Part, text } from '../../core/reply/parts.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Pm2Result, Process } from '../../platform/instances.ts';
import { text as textData } from '../shared/data.ts';
import { processNamed } from '../shared/processes.ts';

export const proofData = z.object({
  instance: z.string(),
  home: textData,
  pidBefore: z.number().nullable(),
  pidAfter: z.number().nullable(),
  restartsBefore: z.number().nullable(),
  restartsAfter: z.number().nullable(),
  statusAfter: textData,
  saved: z.boolean().nullable().describe('a reboot keeps it; null where that is not known'),
});

export interface Proof {
  data: z.infer<typeof proofData>;
  parts: Part[];
}

interface Verified {
  instance: string;
  service: string;
  /** In PM2. */
  name: string;
  /** What the verb said; absent where its answer was lost, or another process sent it. */
  result: Pm2Result | undefined;
  /** Whether its newest error lines belong to it. */
  errors: boolean;
}

/** What shows that a verb worked: its process before and now, whether a reboot keeps it, and the newest error lines. */
export async function findProof(
  { instances }: Pick<Environment, 'instances'>,
  verified: Verified,
  signal: AbortSignal,
): Promise<Proof> {
  const { instance, name, result, errors } = verified;
  const after = processNamed(await instances.listProcesses(instance, { signal }), name);
  return {
    data: describeProof(instance, result, after),
    parts: [
      beforeAndAfter(result, after),
      ...(errors ? [await errorLines(instances, verified, after?.startedAt ?? 0, signal)] : []),
    ],
  };
}

const describeProof = (
  instance: string,
  result: Pm2Result | undefined,
  after: Process | undefined,
): Proof['data'] => ({
  instance,
  home: result?.home ?? null,
  pidBefore: result?.before?.pid || null,
  pidAfter: after?.pid || null,
  restartsBefore: result?.before?.restarts ?? null,
  restartsAfter: after?.restarts ?? null,
  statusAfter: after?.status ?? null,
  saved: result?.saved ?? null,
});

function beforeAndAfter(result: Pm2Result | undefined, after: Process | undefined): Part {
  const before = result?.before;
  return facts([
    {
      label: 'pid',
      value: `${before && after ? `${before.pid || 'none'} → ` : ''}${after?.pid || 'none'}`,
    },
    {
      label: 'restarts',
      value:
        before && after ? `${before.restarts} → ${after.restarts}` : String(after?.restarts ?? 'unknown'),
    },
    {
      label: 'saved',
      value: result ? (result.saved ? 'yes: a reboot keeps it' : 'no: a reboot undoes it') : 'unknown',
    },
  ]);
}

async function errorLines(
  instances: Environment['instances'],
  { instance, service }: Verified,
  since: number,
  signal: AbortSignal,
): Promise<Part> {
  try {
    const files = await instances.tail(instance, service, 'err', 3, { signal });
    const fresh = files
      .flatMap(({ lines }) => lines)
      .filter((line) => line.trim() !== '' && isSince(line, since));
    return fresh.length > 0
      ? { kind: 'log', lines: fresh.map((line) => ({ level: 'error' as const, text: line })) }
      : text('No error lines since.');
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return text(`Error lines unknown: ${error.message}`);
  }
}

/** A JSON line with a time before the process began is of its predecessor; a line without one is shown. */
function isSince(line: string, since: number): boolean {
  const time = /"time":"([^"]{10,40})"/.exec(line)?.[1];
  return time === undefined || Date.parse(time) >= since;
}
