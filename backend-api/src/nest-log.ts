import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Nest's own messages, as lines of the same log. Nest passes the context last and a stack before it. */
export function createNestLog(log: Logger): LoggerService {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error' | 'fatal') =>
    (message: unknown, ...rest: unknown[]): void => {
      const context = rest.at(-1);
      const stack = rest.find((item) => typeof item === 'string' && item.includes('\n    at '));
      if (message instanceof Error) log[level]({ context, err: message }, message.message);
      else log[level]({ context, stack }, String(message));
    };
  // Nest tells of every module and route at start: that is `debug` here.
  return { log: at('debug'), error: at('error'), warn: at('warn'), debug: at('debug'), fatal: at('fatal') };
}
