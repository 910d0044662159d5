import type { Restored } from '#kernel';
import type { ReadModel } from '#read-store';
import { change, gone, rule } from '#read-store';

/** A host as it is shown, be it a structure or not. */
export interface NetworkedRow {
  readonly hostname: string;
  readonly site: string;
  readonly structure: boolean;
  /** The foundation whose BMC it is; not there where it is none. */
  readonly foundation?: string;
}

type Named = Pick<NetworkedRow, 'hostname' | 'site' | 'foundation'>;

const rowOf = ({ hostname, site, foundation }: Named, structure: boolean): NetworkedRow => ({
  hostname,
  site,
  structure,
  // A structure stands on its foundation, and is not its BMC.
  ...(structure || foundation === undefined ? {} : { foundation }),
});

const defined = (structure: boolean) => rule<NetworkedRow, Named>((_, { data }) => rowOf(data, structure));
const renamed = change<NetworkedRow, Pick<NetworkedRow, 'hostname'>>((row, { data: { hostname } }) => ({
  ...row,
  hostname,
}));
const moved = change<NetworkedRow, Pick<NetworkedRow, 'site'>>((row, { data: { site } }) => ({ ...row, site }));

const restored = (structure: boolean) =>
  rule<NetworkedRow, Restored<Named>>((_, { data: { value } }) =>
    value === null ? undefined : rowOf(value, structure),
  );

/** Hosts by id: structures, and those that nothing is built for. */
export const networkeds: ReadModel<NetworkedRow> = {
  name: 'networkeds',
  version: 2,
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
