import type { FoundationType } from '#platform';
import type { Room } from '#runtime';
import { dependencyMap } from './dependency-map.api.ts';
import { foundationModel, foundationUsers, platformFoundationModel } from './foundation.api.ts';
import { foundations } from './foundations.ts';

/** Foundations, of the given types. */
export const buildingRoom = (types: readonly FoundationType[]): Room => ({
  name: 'building',
  rows: [foundations],
  furnish: () => ({
    api: [foundationModel, ...types.map(platformFoundationModel)],
    extensions: [...foundationUsers, dependencyMap],
  }),
});
