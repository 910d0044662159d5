import { LRUCache } from 'lru-cache';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** How many time zones have their formatter kept; there are about 600 names. */
const MAX_ZONES = 700;
const formatters = new LRUCache<string, Intl.DateTimeFormat>({ max: MAX_ZONES });

function formatterOf(zone: string): Intl.DateTimeFormat {
  const kept = formatters.get(zone);
  if (kept) return kept;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formatters.set(zone, made);
  return made;
}

/** Whether there is a time zone of this name (`Europe/Berlin`, `UTC`), as far as the runtime knows. */
export function isTimeZone(name: string): boolean {
  try {
    formatterOf(name);
    return true;
  } catch {
    // That is how the runtime says no.
    return false;
  }
}

/** What clocks in a time zone show at an instant, as milliseconds since 1970 of a clock in UTC that shows the same. */
export function wallTime(zone: string, instant: number): number {
  const part: Record<string, number> = {};
  for (const { type, value } of formatterOf(zone).formatToParts(instant)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/**
 * The instant at which clocks in a time zone show a time: the first one where they show it twice, as they are set back; where
 * they never show it, as they are set ahead, the instant that many minutes behind the change (02:30 becomes 03:30).
 * @param wall as {@link wallTime} gives it; whole minutes
 */
export function instantOf(zone: string, wall: number): number {
  const before = offset(zone, wall - DAY_MS);
  const after = offset(zone, wall + DAY_MS);
  for (const candidate of [wall - before, wall - after].toSorted((one, other) => one - other)) {
    if (wallTime(zone, candidate) === wall) return candidate;
  }
  return wall - before;
}

/** How far clocks in a time zone are ahead of UTC around an instant, in milliseconds. */
const offset = (zone: string, instant: number): number => wallTime(zone, instant) - Math.floor(instant / 1000) * 1000;
