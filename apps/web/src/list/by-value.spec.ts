import { describe, expect, it } from '@jest/globals';
import type { Row } from '@tanstack/react-table';
import { byValue } from './by-value.ts';

/** Values in the order in which their rows are. */
const sorted = (...values: readonly unknown[]): unknown[] =>
  values
    .map((value) => ({ value, getValue: () => value }) as unknown as Row<never, never> & { readonly value: unknown })
    .sort((one, other) => byValue(one, other, 'x'))
    .map(({ value }) => value);

describe('the order of rows', () => {
  it.each([[[0.25, 0.5, 1.5]], [[1.05, 1.25, 1.5]], [[-10, -2, -0.5, 0, 3, 20]], [[1e-7, 2, 1e21]]])(
    'is that of numbers: %j',
    (values) => {
      expect(sorted(...values.toReversed())).toEqual(values);
    },
  );

  it('is that of texts, and of the numbers in them', () => {
    expect(sorted('web10', 'Web2', 'db1')).toEqual(['db1', 'Web2', 'web10']);
    expect(sorted('10.0.0.10', '10.0.0.9')).toEqual(['10.0.0.9', '10.0.0.10']);
  });
});
