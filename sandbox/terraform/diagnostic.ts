import { InputError } from './input-error.ts';
import type { Path } from './replacement.ts';

/** What terraform prints, at the argument that it points to. */
export interface Diagnostic {
  /** 1 an error, 2 a warning. */
  severity: 1 | 2;
  summary: string;
  detail: string;
  attribute: Path | null;
}

/** An error at a place: names, and numbers for the members of lists. */
export function problem(
  summary: string,
  detail: string,
  place: readonly (string | number)[] = [],
): Diagnostic {
  const steps = place.map((step) =>
    typeof step === 'number' ? { element_key_int: step } : { attribute_name: step },
  );
  return { severity: 1, summary, detail, attribute: steps.length > 0 ? { steps } : null };
}

/** An InputError as it stands; of anything else, which is a fault of the provider, where it happened. */
export function problemOf(error: unknown, where: string): Diagnostic {
  if (error instanceof InputError) return problem(error.message, error.detail);
  return problem(
    error instanceof Error ? error.message : String(error),
    `In the offline provider's ${where}.`,
  );
}
