import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { keys } from '../api/query-keys.ts';
import { pathOf, send } from '../api/request.ts';
import { mayUse, useSession } from '../api/session.ts';
import type { WholeList } from '../list/use-whole-list.ts';
import { useWholeList } from '../list/use-whole-list.ts';
import type { Row } from '../model/types.ts';
import type { Position } from './plot-layout.ts';

const FOUNDATION = 'Building/Foundation';

/** The most machines whose states are asked for. */
export const MAX_STATES = 500;

/** What is known of a plot. */
export interface PlotContent {
  /** As the list of them has it; each row with the state of its foundation, as far as that is known. */
  readonly list: WholeList;
  readonly positions: readonly (Position & { readonly state: string | undefined })[];
  /** Names of the plots that are directly in it. */
  readonly within: readonly string[];
}

/** What stands in a plot, and the states of that; both stay as they are on the server. */
export function usePlot(name: string): PlotContent {
  const session = useSession();
  const list = useWholeList('Survey/Position', { filter: 'plot', parameters: { plot: name } });
  const plots = useWholeList('Survey/Plot');
  const maySee = mayUse(session, 'Building.view_foundation');
  const asked = maySee ? list.rows.slice(0, MAX_STATES).map(({ locator }) => String(locator)) : [];
  const states = useQueries({
    queries: asked.map((locator) => ({
      queryKey: keys.about(FOUNDATION, locator, 'state'),
      queryFn: async ({ signal }: { readonly signal: AbortSignal }) =>
        (await send<Row>('GET', pathOf(FOUNDATION, locator), { signal })).body['state'] as string,
    })),
    combine: statesOf,
  });
  const rows = useMemo(() => list.rows.map((row, at) => ({ ...row, state: states[at] })), [list.rows, states]);
  const within = useMemo(
    () => plots.rows.filter(({ parent }) => parent === name).map((row) => String(row['name'])),
    [plots.rows, name],
  );
  return { list: { ...list, rows }, positions: rows as unknown as PlotContent['positions'], within };
}

const statesOf = (answers: readonly { readonly data: string | undefined }[]): readonly (string | undefined)[] =>
  answers.map(({ data }) => data);
