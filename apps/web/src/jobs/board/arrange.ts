import type { RowFilter } from '../../list/filter-rows.ts';
import { filterRows } from '../../list/filter-rows.ts';
import type { Row } from '../../model/types.ts';
import { valueText } from '../../model/value-text.ts';

/** What stands in one line of a board: a heading with how many there are, or a job. */
export type Line =
  | { readonly key: string; readonly heading: string; readonly count: number }
  | { readonly key: string; readonly job: number };

/** The groups of a board in their order: what somebody has to look at comes first. */
const GROUPS: readonly (readonly [heading: string, states: readonly string[]])[] = [
  ['Error', ['error', 'aborted']],
  ['Paused', ['paused']],
  ['Running', ['queued', 'done']],
  ['Waiting', ['waiting']],
];

type Of = { readonly id: string; readonly value: (row: Row) => unknown };

export interface Arrangement extends RowFilter {
  readonly sort: { readonly id: string; readonly desc: boolean } | undefined;
}

/** The lines of a board: in groups by state, or sorted by a column where that is asked for. */
export function arrange(jobs: readonly Row[], columns: readonly Of[], asked: Arrangement): readonly Line[] {
  const found = filterRows(jobs, columns, asked);
  const { sort } = asked;
  const by = sort && columns.find(({ id }) => id === sort.id);
  if (by) return sorted(found, by, sort.desc).map(line);
  return GROUPS.flatMap(([heading, states]) => {
    const its = found.filter(({ state }) => states.includes(String(state)));
    return its.length === 0
      ? []
      : [{ key: heading, heading, count: its.length }, ...its.toSorted((a, b) => idOf(a) - idOf(b)).map(line)];
  });
}

const idOf = (job: Row): number => Number(job['id']);

const line = (job: Row): Line => ({ key: String(idOf(job)), job: idOf(job) });

/** Rows by a column; those that have nothing there come last, either way. */
function sorted(jobs: readonly Row[], { value }: Of, desc: boolean): readonly Row[] {
  const order = new Intl.Collator('en', { numeric: true });
  const compare = (a: Row, b: Row): number => {
    const [one, other] = [value(a), value(b)];
    if (one === null || one === undefined || one === '') return other === null || other === undefined ? 0 : 1;
    if (other === null || other === undefined || other === '') return -1;
    const way = desc ? -1 : 1;
    if (typeof one === 'number' && typeof other === 'number') return way * (one - other);
    return way * order.compare(valueText(one), valueText(other));
  };
  return jobs.toSorted((a, b) => compare(a, b) || idOf(a) - idOf(b));
}

/** Whether two arrangements show the same, so that nothing need be drawn anew. */
export const isSame = (before: readonly Line[], after: readonly Line[]): boolean =>
  before.length === after.length &&
  before.every((one, at) => {
    const other = after[at];
    if (one.key !== other?.key) return false;
    return !('heading' in one) || ('heading' in other && one.count === other.count);
  });
