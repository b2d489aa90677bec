import type { Format } from './format.ts';
import { leveledFormats } from './leveled-formats.ts';
import { requestFormats } from './request-formats.ts';
import { tellingFormats } from './telling-formats.ts';

/** The first that fits is the line's; one more is one more entry in one of these. */
export const formats: readonly Format[] = [...requestFormats, ...tellingFormats, ...leveledFormats];
