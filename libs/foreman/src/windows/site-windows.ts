import type { View } from '#read-store';
import { sitesAround } from '../gate/sites-around.ts';
import { maintenanceWindows } from './maintenance-windows.ts';
import type { Opening } from './window-times.ts';
import { openingAt } from './window-times.ts';
import type { Window } from './window.ts';

/** How many windows of one site are looked at. */
const MAX_WINDOWS = 100;

/** Windows by their ids. */
export type Windows = readonly { readonly id: number; readonly window: Window }[];

/**
 * The maintenance windows for the jobs of a site: its own, or, where it has none, those of the innermost site around it
 * that has some.
 * @param view of now or of an earlier time; whether jobs may begin now `WindowBook` tells, by the same rule
 * @returns them, with the site they belong to; undefined: there are none, and jobs may begin at any time
 */
export async function siteWindows(
  view: View,
  name: string,
): Promise<{ readonly site: string; readonly windows: Windows } | undefined> {
  for (const site of await sitesAround(view, name)) {
    const { rows } = await view.list(maintenanceWindows, { where: { site }, count: MAX_WINDOWS });
    if (rows.length > 0) return { site, windows: rows.map(({ key, row }) => ({ id: Number(key), window: row })) };
  }
  return undefined;
}

/** How windows stand at an instant. */
export interface WindowState {
  readonly open: boolean;
  /** The window that is open longest, or opens next. */
  readonly id: number;
  readonly window: Window;
  readonly opening: Opening;
}

/** Whether one of some windows is open, or which one opens next; undefined: none does any more. */
export function windowState(windows: Windows, instant: number): WindowState | undefined {
  const found = windows.flatMap(({ id, window }) => {
    const opening = openingAt(window, instant);
    return opening ? [{ id, window, opening, open: opening.from <= instant }] : [];
  });
  const open = found.filter((one) => one.open).toSorted((one, other) => other.opening.to - one.opening.to);
  return open[0] ?? found.toSorted((one, other) => one.opening.from - other.opening.from)[0];
}
