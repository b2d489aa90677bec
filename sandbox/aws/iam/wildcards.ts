const compiled = new Map<string, RegExp>();

function pattern(source: string, star: string, any: string, flags: string): RegExp {
  const key = `${flags} ${star} ${source}`;
  let known = compiled.get(key);
  if (!known) {
    const text = source
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*+(?=:|$)/g, '\0')
      .replace(/\*+/g, star)
      .replaceAll('\0', '[\\s\\S]*')
      .replaceAll('?', any);
    known = new RegExp(`^${text}$`, flags);
    compiled.set(key, known);
  }
  return known;
}

/** Whether `*` (any text) and `?` (any character) of a pattern can stand for the text. */
export const isLike = (wildcards: string, text: string): boolean =>
  pattern(wildcards, '[\\s\\S]*', '[\\s\\S]', 'u').test(text);

/** Actions know no case. */
export const isAction = (wildcards: string, action: string): boolean =>
  pattern(wildcards, '[\\s\\S]*', '[\\s\\S]', 'iu').test(action);

/**
 * Whether a Resource element's pattern stands for an ARN. AWS says of wildcards that they stay within a segment of
 * the ARN, and that a segment's last `*` may go beyond it: where going beyond decides in any other place, AWS's word
 * does not settle it, and neither does this.
 */
export function isResource(wildcards: string, arn: string): boolean {
  const loose = isLike(wildcards, arn);
  if (loose && !pattern(wildcards, '[^:]*', '[^:]', 'u').test(arn))
    throw new Error(
      `${wildcards} takes in ${arn} only if a wildcard goes beyond a colon: write it otherwise.`,
    );
  return loose;
}

/** Whether an ARN pattern of a condition stands for an ARN: each of the six parts for its own. */
export function isArnLike(wildcards: string, arn: string): boolean {
  const [wanted, given] = [partsOf(wildcards), partsOf(arn)];
  if (wanted.length !== 6) throw new Error(`${wildcards} is no ARN.`);
  return given.length === 6 && wanted.every((part, index) => isLike(part, given[index] ?? ''));
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length < 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
