import { constructSortFn, sortFn_alphanumeric } from '@tanstack/react-table';

/** The order of rows by a column: numbers as numbers, everything else as text in which numbers count (`web2`, `web10`). */
export const byValue = constructSortFn({
  sort: (one: unknown, other: unknown, ...of): number =>
    typeof one === 'number' && typeof other === 'number' ? one - other : sortFn_alphanumeric(...of),
});
