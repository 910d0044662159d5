import { instantOf, wallTime } from './time-zone.ts';
import type { Window } from './window.ts';
import { DAYS } from './window.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** The longest a window may be open, in minutes: a week. */
export const MAX_MINUTES = 7 * 24 * 60;

/** A time in which a window is open; milliseconds since 1970, the end is not in it. */
export interface Opening {
  readonly from: number;
  readonly to: number;
}

/** The opening of a window that an instant is in, or else the next one after it; undefined: it does not open any more. */
export function openingAt(window: Window, instant: number): Opening | undefined {
  const open = openingsAround(window, instant).filter(({ to }) => to > instant);
  return open.toSorted((one, other) => one.from - other.from)[0];
}

/** The openings of a window that may be the one at an instant, or the next. */
function openingsAround(window: Window, instant: number): readonly Opening[] {
  const { days, start, timeZone, minutes, startsAt } = window;
  const lengthMs = minutes * MINUTE_MS;
  if (startsAt !== null) return [opening(Date.parse(startsAt), lengthMs)];
  const today = Math.floor(wallTime(timeZone, instant) / DAY_MS);
  const [hour = 0, minute = 0] = start.split(':').map(Number);
  const found: Opening[] = [];
  // One that is as long as a week may have begun a week ago, and a day may be left out by a change of the zone.
  for (let day = today - 8; day <= today + 8; day += 1) {
    if (!days.includes(dayOf(day))) continue;
    found.push(opening(instantOf(timeZone, day * DAY_MS + (hour * 60 + minute) * MINUTE_MS), lengthMs));
  }
  return found;
}

const opening = (from: number, lengthMs: number): Opening => ({ from, to: from + lengthMs });

/** The name of a day, by its number since 1970-01-01, which was a Thursday. */
const dayOf = (day: number): (typeof DAYS)[number] => DAYS[(((day + 3) % 7) + 7) % 7]!;
