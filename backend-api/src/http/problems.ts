import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { titleOf } from './problem.ts';

/** Names in the OpenAPI document with which statuses a route answers problems; 503 comes with every route that asks the database. */
export const Problems = (...statuses: number[]) =>
  applyDecorators(
    ...[...new Set([...statuses, 503])].map((status) =>
      ApiResponse({
        status,
        description: titleOf(status),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      }),
    ),
  );

/** What can be wrong with any body: its shape, its size, its encoding. */
export const bodyProblems = [400, 413, 415];
