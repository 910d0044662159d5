import type { FeedMessage, FeedSelection, FeedSource } from '#api';
import type { Caller } from '#kernel';
import type { Told } from './feed-client.ts';
import { messageText } from './feed-text.ts';

/** The progress of the jobs that are selected, as a client is told it. @param shows whether a caller may be told this */
export const toldJobs = (
  feed: Pick<FeedSource, 'now' | 'read' | 'reached'>,
  selection: FeedSelection,
  shows: (caller: Caller, message: FeedMessage) => boolean,
): Told<FeedMessage> => ({
  reached: () => feed.reached,
  read: (after) => feed.read(selection, after),
  now: (position) => feed.now(selection, position),
  refreshes: selection.job !== undefined,
  text: (caller, message) => {
    const { job = message.job, site = message.site } = selection;
    return job === message.job && site === message.site && shows(caller, message) ? messageText(message) : undefined;
  },
  endsWith: ({ over, job }) => (over && job === selection.job ? 'job-over' : undefined),
});
