import type { Position } from '#event-store';

/** What somebody follows: one job, the jobs of one site, or all. */
export interface FeedSelection {
  readonly job?: number;
  readonly site?: string;
}

/** One thing that is told of a job. */
export interface FeedMessage {
  /** Where its event stands in the log; undefined: it tells what is now. */
  readonly position: Position | undefined;
  readonly job: number;
  readonly site: string;
  /** Kind of the target of the job: `Foundation`. */
  readonly kind: string;
  /** Whether it is the last thing there is to tell of its job. */
  readonly over: boolean;
  /** What is told, a map in JSON, on one line. */
  readonly data: string;
}

/** Messages in the order of the log, and how far the log was read for them. */
export interface FeedPage {
  readonly messages: readonly FeedMessage[];
  readonly end: Position;
}

/** Told of what happens, in the order of the log; undefined: something was left out, to be read from the log instead. */
export type FeedListener = (page: FeedPage | undefined) => void;

/** The progress of jobs, as protocols tell it. What it tells is masked as reads are; it leaves permissions to them. */
export interface FeedSource {
  /** How far its listeners were told of everything. */
  readonly reached: Position;
  /** Position of the last event in the log. */
  head(): Promise<Position>;
  /** A job that is or was: what is last known of it, and whether it is over; undefined: there never was such a job. */
  last(job: number): Promise<FeedMessage | undefined>;
  hasSite(site: string): Promise<boolean>;
  /** What is now of the jobs under way, in pages, by a view that shows the log up to `position` at least. */
  now(selection: FeedSelection, position: Position): AsyncIterable<readonly FeedMessage[]>;
  /** The next messages after a position; none where `end` is as far as the log goes. */
  read(selection: FeedSelection, after: Position): Promise<FeedPage>;
  /** @returns ends it */
  listen(listener: FeedListener): () => void;
}
