import type { EndedHold, Job, JobEvent, KeptHold, PlacedHold } from '../job-messages.ts';

/** What is told of a hold that is over. */
export const ended = ({ hold, rule, holder, job }: KeptHold): EndedHold => ({ hold, rule, holder, job });

/** A hold is over, because somebody says so. */
export const released = (hold: KeptHold, by: string, reason: string): JobEvent => ({
  type: 'JobHoldReleased',
  data: { ...ended(hold), by, reason },
});

/** When a hold that is placed at an instant is over, ISO 8601. @param now milliseconds since 1970 */
export const holdUntil = (now: number, seconds: number): string => new Date(now + seconds * 1000).toISOString();

/** A hold as it is placed at an instant. @param now milliseconds since 1970 */
export const placedAt = <H extends PlacedHold>(hold: H, now: number): H => ({
  ...hold,
  until: holdUntil(now, hold.seconds),
});

/** A hold in words, as messages and conditions name it: `hold 12-3 of backup: Release the volumes`. */
export const holdText = ({ hold, holder, description }: PlacedHold): string =>
  `hold ${hold}${holder === null ? '' : ` of ${holder}`}: ${description}`;

const isOver = ({ until, overdue }: KeptHold, now: number): boolean => overdue || Date.parse(until) <= now;

/** The holds whose time is up are over; where one of them is to fail its job, the job is in error. */
export function timedOut(holds: readonly KeptHold[], now: number): readonly JobEvent[] {
  const over = holds.filter((hold) => isOver(hold, now));
  const failing = over.filter(({ whenOver }) => whenOver === 'fail');
  const events: JobEvent[] = over
    .filter(({ overdue }) => !overdue)
    .map((hold) => ({ type: 'JobHoldTimedOut', data: { ...ended(hold), outcome: hold.whenOver } }));
  const [first] = failing;
  if (first) {
    const more = failing.length > 1 ? ` (and ${failing.length - 1} more)` : '';
    events.push({ type: 'JobFailed', data: { message: `Not released in time: ${holdText(first)}${more}` } });
  }
  return events;
}

/** Those whose time is up hold their job once more, for as long as at first. */
export const renewed = (holds: readonly KeptHold[], now: number): readonly JobEvent[] =>
  holds
    .filter((hold) => isOver(hold, now))
    .map(({ overdue: _, ...hold }) => ({ type: 'JobHeld', data: placedAt(hold, now) }));

/** A job when a hold is placed; once more, where that is what its message is about. */
export const afterHeld = (
  { holds, message }: Pick<Job, 'holds' | 'message'>,
  placed: PlacedHold,
): Pick<Job, 'holds' | 'message'> => ({
  holds: [...without(holds, placed), { ...placed, overdue: false }],
  message: holds.some(({ hold, overdue }) => overdue && hold === placed.hold) ? '' : message,
});

/** The other holds of a job. */
export const without = (holds: readonly KeptHold[], { hold }: { readonly hold: string }): readonly KeptHold[] =>
  holds.filter((one) => one.hold !== hold);

/** The holds of a job after one of them is out of time: it is gone, or overdue where the job is in error for it. */
export const afterTimeOut = (
  holds: readonly KeptHold[],
  { hold, outcome }: { readonly hold: string; readonly outcome: 'proceed' | 'fail' },
): readonly KeptHold[] =>
  outcome === 'proceed'
    ? without(holds, { hold })
    : holds.map((one) => (one.hold === hold ? { ...one, overdue: true } : one));
