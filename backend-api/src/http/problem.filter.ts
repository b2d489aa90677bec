import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { withoutValues } from '../database/failure.ts';
import { type Problem, ProblemException, problemOf, titleOf } from './problem.ts';
import { requestIdOf } from './request-log.ts';

/** Answers every error as problem details; a bug only by its request id, under which the log has the stack. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const requestId = requestIdOf(response);
    const known = problemOf(error);
    if (!known) this.#log.error({ requestId, err: withoutValues(error) }, 'unexpected error');
    else if (known.getStatus() >= 500) this.#log.error({ requestId }, known.message);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const problem = known ?? new ProblemException(500, `Something broke here. Tell us the id ${requestId}.`);
    const status = problem.getStatus();
    const body: Problem = {
      type: 'about:blank',
      title: titleOf(status),
      status,
      detail: problem.message,
      instance: request.path,
      requestId,
      ...(problem.faults && { errors: [...problem.faults] }),
    };
    response.status(status).set(problem.headers).type('application/problem+json').send(JSON.stringify(body));
  }
}
