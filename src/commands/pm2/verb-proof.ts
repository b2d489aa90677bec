import { z } from 'zod';
import { UserError } from '../../core/reply/errors.ts';
import { type Fact, facts, type Part, text } from '../../core/reply/parts.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Pm2Result, ProcessState } from '../../platform/instances.ts';
import { text as textData } from '../shared/data.ts';
import { processesIn } from '../shared/service-processes.ts';

export const proofData = z.object({
  instance: z.string(),
  home: textData,
  id: z.number().nullable().describe('PM2’s id; null where the service is not in its list'),
  pidBefore: z.number().nullable(),
  pidAfter: z.number().nullable(),
  restartsBefore: z.number().nullable(),
  restartsAfter: z.number().nullable(),
  statusAfter: textData,
  saved: z.boolean().nullable().describe('a reboot keeps it; null where that is not known'),
});

export interface Proof {
  /** One for each process of the service. */
  data: z.infer<typeof proofData>[];
  parts: Part[];
}

interface Verified {
  instance: string;
  service: string;
  /** In PM2. */
  name: string;
  /** The PM2 home that was meant. */
  home?: string | undefined;
  /** What the verb said; absent where its answer was lost, or another process sent it. */
  result: Pm2Result | undefined;
  /** Whether its newest error lines belong to it. */
  errors: boolean;
}

/** What shows that a verb worked: the processes before and now, whether a reboot keeps them, and the newest error lines. */
export async function findProof(
  { instances }: Pick<Environment, 'instances'>,
  verified: Verified,
  signal: AbortSignal,
): Promise<Proof> {
  const { instance, name, home, result, errors } = verified;
  const after = processesIn(await instances.listProcesses(instance, { signal }), name, result?.home ?? home);
  const changed = pairsOf(result?.before ?? [], after);
  const began = Math.min(...after.map(({ startedAt }) => startedAt));
  return {
    data: changed.map((pair) => describeProof(verified, pair)),
    parts: [
      facts([...changed.flatMap((pair) => pairFacts(pair, changed.length > 1)), savedFact(result)]),
      ...(errors ? [await errorLines(instances, verified, after.length > 0 ? began : 0, signal)] : []),
    ],
  };
}

/** One process before and after. */
interface Pair {
  before: ProcessState | undefined;
  after: ProcessState | undefined;
}

function pairsOf(before: readonly ProcessState[], after: readonly ProcessState[]): Pair[] {
  const ids = [...new Set([...before, ...after].map(({ id }) => id))];
  const of = (states: readonly ProcessState[], id: number) => states.find((state) => state.id === id);
  return ids.length === 0
    ? [{ before: undefined, after: undefined }]
    : ids.map((id) => ({ before: of(before, id), after: of(after, id) }));
}

const describeProof = (
  { instance, home, result }: Verified,
  { before, after }: Pair,
): z.infer<typeof proofData> => ({
  instance,
  home: result?.home ?? home ?? null,
  id: (after ?? before)?.id ?? null,
  pidBefore: before?.pid || null,
  pidAfter: after?.pid || null,
  restartsBefore: before?.restarts ?? null,
  restartsAfter: after?.restarts ?? null,
  statusAfter: after?.status ?? null,
  saved: result?.saved ?? null,
});

/** Both at once where there are several, a line for each. */
function pairFacts({ before, after }: Pair, several: boolean): Fact[] {
  const pid = `${before && after ? `${before.pid || 'none'} → ` : ''}${after?.pid || 'none'}`;
  const restarts =
    before && after ? `${before.restarts} → ${after.restarts}` : String(after?.restarts ?? 'unknown');
  return several
    ? [
        {
          label: `process ${(after ?? before)?.id}`,
          value: `${after?.status ?? 'gone'} · pid ${pid} · ↺ ${restarts}`,
        },
      ]
    : [
        { label: 'pid', value: pid },
        { label: 'restarts', value: restarts },
      ];
}

const savedFact = (result: Pm2Result | undefined): Fact => ({
  label: 'saved',
  value: result ? (result.saved ? 'yes: a reboot keeps it' : 'no: a reboot undoes it') : 'unknown',
});

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
