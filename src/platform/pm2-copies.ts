/**
 * The one judgement of a service's processes in PM2, for the bot and for the documents on the instance alike: the latter
 * are bundled with it.
 */

/** As much of a process as tells which copy of its service is meant. */
export interface ListedProcess {
  name: string;
  /** PM2's own word: online, launching, stopping, stopped, errored, waiting restart, one-launch-status. */
  status: string;
  /** When it was last started, whether it runs or not; ms since 1970. */
  lastStart: number | null;
  /** When its log files were last written to; ms since 1970. */
  lastLine: number | null;
}

interface ListedHome<P> {
  home: string;
  processes: readonly P[];
}

/** A service in one PM2 home: all processes of its name there, which PM2 starts and stops together. */
export interface Copy<P extends ListedProcess = ListedProcess, H extends ListedHome<P> = ListedHome<P>> {
  in: H;
  processes: [P, ...P[]];
}

/**
 * Every home's copy of a service, the one that is meant first: the one that runs; where none does, the one that did so
 * last, by its log files and its start; else as the homes are ordered.
 */
export function copiesOf<P extends ListedProcess, H extends ListedHome<P>>(
  homes: readonly (H & ListedHome<P>)[],
  name: string,
): Copy<P, H>[] {
  return homes
    .flatMap((home): Copy<P, H>[] => {
      const [first, ...rest] = home.processes.filter((process) => process.name === name);
      return first ? [{ in: home, processes: [first, ...rest] }] : [];
    })
    .sort(
      (a, b) => liveliness(b) - liveliness(a) || lastAlive(b) - lastAlive(a) || lastStart(b) - lastStart(a),
    );
}

/** The copies that run or are about to: more than one fight for a port, and none of them is the one that is meant. */
export const liveCopies = <C extends { processes: readonly Pick<ListedProcess, 'status'>[] }>(
  copies: readonly C[],
): C[] => copies.filter((copy) => liveliness(copy) === 2);

/** Down and staying down. PM2 still has a pid for one that is `stopping`, and brings back one that is `waiting restart`. */
export const isDown = ({ status }: Pick<ListedProcess, 'status'>): boolean =>
  status === 'stopped' || status === 'errored';

export const isOnline = ({ status }: Pick<ListedProcess, 'status'>): boolean => status === 'online';

/** `online`; of several of one name `4 of 4 online`, `1 of 4 online`, `all 4 stopped`. */
export function countText(processes: readonly Pick<ListedProcess, 'status'>[]): string {
  const [first] = processes;
  if (!first || processes.length === 1) return first?.status ?? 'not in PM2’s list';
  const alike = processes.every(({ status }) => status === first.status);
  return alike && !isOnline(first)
    ? `all ${processes.length} ${first.status}`
    : `${processes.filter(isOnline).length} of ${processes.length} online`;
}

/** 2 for a copy that runs or is about to, 1 for one on its way down, 0 for one that is down. */
function liveliness({ processes }: { processes: readonly Pick<ListedProcess, 'status'>[] }): number {
  const up = processes.filter((process) => !isDown(process));
  return up.length === 0 ? 0 : up.every(({ status }) => status === 'stopping') ? 1 : 2;
}

const lastAlive = ({ processes }: Copy): number =>
  Math.max(...processes.map(({ lastLine, lastStart: start }) => Math.max(lastLine ?? 0, start ?? 0)));

const lastStart = ({ processes }: Copy): number =>
  Math.max(...processes.map(({ lastStart: start }) => start ?? 0));
