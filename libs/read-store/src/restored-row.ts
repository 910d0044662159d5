import { isDeepStrictEqual } from 'node:util';
import type { Restored } from '#kernel';
import type { Recorded, Rule } from './read-model.ts';
import { rule } from './read-model.ts';

/**
 * The rule for a noun that is put back to what it was when a request is undone: its row is as it was, but for `updated`.
 * @param hidden what its state holds and its row does not
 */
export const restoredRow = <Row extends object>(hidden: readonly string[] = []): Rule<Row> =>
  rule<Row, Restored<object>>((_, { data: { value, shown }, at }: Recorded<Restored<object>>) => {
    if (value === null) return undefined;
    const fields = Object.entries(value).filter(([name]) => !hidden.includes(name));
    return { ...Object.fromEntries(fields), ...shown, updated: at } as unknown as Row;
  });

/**
 * What a row shows besides the value it is made of, and when it was last changed.
 * @param hidden as of {@link restoredRow}
 */
export function shownBesides(row: object, value: object, hidden: readonly string[]): Readonly<Record<string, unknown>> {
  const of = new Map<string, unknown>(Object.entries(value).filter(([name]) => !hidden.includes(name)));
  return Object.fromEntries(
    Object.entries(row).filter(
      ([name, shown]) => name !== 'updated' && !(of.has(name) && isDeepStrictEqual(of.get(name), shown)),
    ),
  );
}
