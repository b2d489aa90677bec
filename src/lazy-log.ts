import type { Log } from './logging.ts';

/** The terminal's log on stderr; its library is loaded at the first line, which most commands never write. */
export function createLazyLog(level: string): Log {
  let log: Promise<Log> | undefined;
  const write =
    (name: keyof Log) =>
    (fields: object, message: string): void => {
      log ??= import('./logging.ts').then(({ createLog }) => createLog({ level, to: 'stderr' }));
      void log.then((loaded) => loaded[name](fields, message));
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
