import type { FeedJob } from '../job.ts';
import { isOver } from '../job.ts';

/** How many events of a job are held at most: the last ones. */
export const MAX_TRAIL = 2000;

/** An event of a job, with the job as it was behind it. */
export interface TrailEvent extends FeedJob {
  /** Where in the log it is. */
  readonly position: string;
}

/** What the feed has told of one job. */
export interface Trail {
  readonly events: readonly TrailEvent[];
  /** Whether there were more events before these. */
  readonly isCut: boolean;
  /** The job as it was told last, with when the browser was told, in milliseconds since 1970. */
  readonly last: (FeedJob & { readonly seen: number }) | undefined;
  /** Why the job does not move, where that was told of how it is now. */
  readonly conditions: FeedJob['conditions'];
  readonly isOver: boolean;
}

export const NO_TRAIL: Trail = { events: [], isCut: false, last: undefined, conditions: null, isOver: false };

/** A trail behind what the feed tells; an event that is told twice is known once. */
export function trailAfter(
  trail: Trail,
  told: readonly { readonly job: FeedJob; readonly position: string | undefined }[],
  now: number,
): Trail {
  const events = [...trail.events];
  let { isCut, last, conditions, isOver: over } = trail;
  for (const { job, position } of told) {
    if (position !== undefined && job.event !== null) {
      const before = events.at(-1)?.position;
      if (before !== undefined && BigInt(position) <= BigInt(before)) continue;
      events.push({ ...job, position });
    }
    last = { ...job, seen: now };
    // An event of the past does not say why the job stands still, and what was said before is over with it.
    conditions = job.conditions;
    over ||= isOver(job);
  }
  if (events.length > MAX_TRAIL) {
    events.splice(0, events.length - MAX_TRAIL);
    isCut = true;
  }
  return { events, isCut, last, conditions, isOver: over };
}
