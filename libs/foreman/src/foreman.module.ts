import type { ServerHalf } from '#platform';
import type { Room } from '#runtime';
import type { ForemanWire } from '#wire';
import { dispatchModel } from './dispatch.api.ts';
import { Foreman } from './foreman.ts';
import { jobLogModel, siteMemories } from './job-log.api.ts';
import { jobLog } from './job-log.ts';
import { baseJobModel, foundationJobModel, jobExtensions } from './job.api.ts';
import { jobs } from './jobs.ts';
import { programs } from './program.ts';

export interface ForemanRoomOptions {
  readonly wire: ForemanWire;
  readonly platforms: readonly ServerHalf[];
  /** Whether a task may simply be done again when nobody knows what became of it. */
  readonly repeatable: (module: string, func: string) => boolean;
  /** How long an agent on the wire may be silent before its task is taken to be lost, in milliseconds. */
  readonly lease: number;
  /** The same for an agent that polls. */
  readonly pollLease: number;
}

/** Jobs, and the foreman who keeps them going. */
export const foremanRoom = (options: ForemanRoomOptions): Room => ({
  name: 'foreman',
  rows: [jobs, jobLog, programs],
  furnish: (ground) => {
    const types = options.platforms.flatMap(({ foundationTypes }) => foundationTypes);
    const foreman = new Foreman({ ...options, ground, types });
    return {
      api: [baseJobModel, foundationJobModel, jobLogModel, dispatchModel(foreman, options)],
      extensions: [...jobExtensions(ground.ids), siteMemories],
      processes: [foreman],
      listeners: [foreman.follower],
    };
  },
});
