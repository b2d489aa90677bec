import { StandardSchemaValidationPipe } from '@nestjs/common';
import { badRequest, type Fault } from './problem.ts';

/** Holds what a route takes to its schema, and names every fault at once. */
export const validation = () =>
  new StandardSchemaValidationPipe({
    exceptionFactory(issues) {
      const faults: Fault[] = issues.slice(0, 50).map(({ path = [], message }) => ({
        field:
          path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.') || '(all of it)',
        detail: message,
      }));
      const fields = faults.map(({ field }) => field).join(', ');
      return badRequest(
        `Not understood: ${fields}. See \`errors\`, and /api/docs for what is expected.`,
        faults,
      );
    },
  });
