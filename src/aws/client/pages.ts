import { UserError } from '../../core/reply/errors.ts';

interface Page<T> {
  items: T[] | undefined;
  next: string | undefined;
}

/** Every item of a list that AWS gives in pages. Throws rather than answer with a part of it. */
export async function readPages<T>(page: (token: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  const tokens = new Set<string>();
  for (let token: string | undefined; ; ) {
    const { items = [], next } = await page(token);
    all.push(...items);
    if (!next) return all;
    if (tokens.has(next)) {
      throw new UserError('unavailable', 'AWS’s list leads back to a page that was read already.', {
        hint: 'Try again.',
      });
    }
    tokens.add(next);
    token = next;
  }
}
