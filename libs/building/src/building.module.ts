import type { JobTarget } from '#foreman';
import type { FoundationType } from '#platform';
import type { Room } from '#runtime';
import { dependencyMap } from './dependency-map.api.ts';
import { foundationJobs } from './foundation-job.api.ts';
import { foundationModel, foundationUsers, platformFoundationModel } from './foundation.api.ts';
import { foundations } from './foundations.ts';

/** Foundations, of the given types, which are targets of jobs. */
export const buildingRoom = (types: readonly FoundationType[], target: JobTarget): Room => ({
  name: 'building',
  rows: [foundations],
  furnish: ({ ids }) => ({
    api: [foundationModel, ...types.map(platformFoundationModel)],
    extensions: [...foundationUsers, dependencyMap, foundationJobs(target, ids)],
  }),
});
