import type { Model } from '#api';
import type { Repeat, ServerHalf } from '#platform';
import type { Room } from '#runtime';
import type { ForemanWire } from '#wire';
import { dispatchModel } from './dispatch.api.ts';
import { Foreman } from './foreman.ts';
import { jobLogModel, siteMemories } from './job-log.api.ts';
import { jobLog } from './job-log.ts';
import type { JobTarget } from './job-target.ts';
import { jobTargets } from './job-target.ts';
import { baseJobModel, jobUsers } from './job.api.ts';
import type { JobRow } from './jobs.ts';
import { jobs } from './jobs.ts';
import { programs } from './program.ts';
import { secretResolver } from './task-secrets.ts';

export interface ForemanRoomOptions {
  readonly wire: ForemanWire;
  readonly platforms: readonly ServerHalf[];
  /** The kinds of things jobs work on. */
  readonly targets: readonly JobTarget[];
  /** A model for the jobs of each of them. */
  readonly jobModels: readonly Model<JobRow>[];
  /** What may be done with a task of which nobody knows what became of it. */
  readonly repeatOf: (module: string, func: string) => Repeat;
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
    const resolveSecrets = secretResolver((reference) => ground.secrets.read(reference));
    const foreman = new Foreman({ ...options, ground, resolveSecrets });
    const targets = jobTargets(options.targets);
    return {
      api: [
        baseJobModel(targets),
        ...options.jobModels,
        jobLogModel,
        dispatchModel(foreman, { ...options, resolveSecrets }),
      ],
      extensions: [jobUsers, siteMemories],
      processes: [foreman],
    };
  },
});
