import type { Restored } from '#kernel';
import type { ReadModel } from '#read-store';
import { change, gone, rule } from '#read-store';

/** A host as it is shown, be it a structure or not. */
export interface NetworkedRow {
  readonly hostname: string;
  readonly site: string;
  readonly structure: boolean;
}

type Named = Pick<NetworkedRow, 'hostname' | 'site'>;

const defined = (structure: boolean) =>
  rule<NetworkedRow, Named>((_, { data: { hostname, site } }) => ({ hostname, site, structure }));
const renamed = change<NetworkedRow, Pick<NetworkedRow, 'hostname'>>((row, { data: { hostname } }) => ({
  ...row,
  hostname,
}));
const moved = change<NetworkedRow, Pick<NetworkedRow, 'site'>>((row, { data: { site } }) => ({ ...row, site }));

const restored = (structure: boolean) =>
  rule<NetworkedRow, Restored<Named>>((_, { data: { value } }) =>
    value === null ? undefined : { hostname: value.hostname, site: value.site, structure },
  );

/** Hosts by id: structures, and those that nothing is built for. */
export const networkeds: ReadModel<NetworkedRow> = {
  name: 'networkeds',
  version: 1,
  key: 'integer',
  history: true,
  indexes: { site: ({ site }) => site, structure: ({ structure }) => String(structure) },
  on: {
    NetworkedDefined: defined(false),
    NetworkedRenamed: renamed,
    NetworkedMoved: moved,
    NetworkedDeleted: gone(),
    NetworkedRestored: restored(false),
    StructureDefined: defined(true),
    StructureRenamed: renamed,
    StructureMoved: moved,
    StructureDeleted: gone(),
    StructureRestored: restored(true),
  },
};
