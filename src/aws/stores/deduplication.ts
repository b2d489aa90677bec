import type { Clock } from '../../core/clock.ts';
import type { Deduplication } from '../../stores/deduplication.ts';
import { secondsAt, type Table } from './table.ts';

const rememberMs = 10 * 60_000;
const clearedMs = 24 * 60 * 60_000;

/** Keys as items `SEEN#<key>`. */
export function createDeduplication(table: Table, clock: Clock): Deduplication {
  const seen = table.items('SEEN#');
  return {
    first(key) {
      const now = clock.now().getTime();
      const until = now + rememberMs;
      return seen.write(key, {
        set: ['#until = :until', '#expires = :expires'],
        condition: 'attribute_not_exists(#until) OR #until <= :now',
        values: { until, expires: secondsAt(until + clearedMs), now },
      });
    },
  };
}
