import type { Origin, Written } from '#config';
import { written } from '#config';
import type { ReadModel, Recorded } from '#read-store';
import { change, gone, restoredRow, rule } from '#read-store';
import type { TakenBy } from '../foundation.ts';
import { labelTags, serviceOf } from '../selection/labels.ts';
import type { Membership, Structure } from './structure.ts';

/** A structure as it is shown. */
export interface StructureRow extends Readonly<Structure>, Written {
  readonly configUuid: string;
  readonly builtAt: string | null;
  readonly job: TakenBy | null;
  readonly membership: Membership | null;
  readonly created: string;
  readonly updated: string;
}

/** `planned` or `built`. */
export const structureState = ({ builtAt }: Pick<StructureRow, 'builtAt'>): string =>
  builtAt === null ? 'planned' : 'built';

/** Index value of a host in its site. */
export const hostKey = (site: string, hostname: string): string => `${site}/${hostname}`;

/** What the state of a structure holds, and its row shows otherwise. */
export const HIDDEN_OF_STRUCTURES = ['built'];

const changed = change<StructureRow, Partial<Structure>>((row, { data, at }) => ({ ...row, ...data, updated: at }));
const originOf = ({ position, actor, at }: Recorded): Origin => ({ position: String(position), actor, at });

/** Structures by id. */
export const structures: ReadModel<StructureRow> = {
  name: 'structures',
  version: 2,
  key: 'integer',
  history: true,
  indexes: {
    site: ({ site }) => site,
    blueprint: ({ blueprint }) => blueprint,
    foundation: ({ foundation }) => foundation,
    host: ({ site, hostname }) => hostKey(site, hostname),
    configUuid: ({ configUuid }) => configUuid,
    complex: ({ membership }) => membership?.complex ?? null,
    state: structureState,
    owner: ({ owner }) => owner ?? null,
    service: serviceOf,
    /** Whether a job is at work on it. */
    working: ({ job }) => (job ? 'yes' : null),
  },
  tags: { label: labelTags },
  on: {
    StructureDefined: rule<StructureRow, Structure & { configUuid: string }>((_, event) => ({
      ...event.data,
      ...written(undefined, event.data.configValues, originOf(event)),
      builtAt: null,
      job: null,
      membership: null,
      created: event.at,
      updated: event.at,
    })),
    StructureRenamed: changed,
    StructureMoved: changed,
    StructureZoneChosen: changed,
    StructureBluePrintChosen: changed,
    StructurePlaced: changed,
    StructureLabelsChanged: changed,
    StructureOwnerChosen: changed,
    StructureConfigured: change<StructureRow, Pick<Structure, 'configValues'>>((row, event) => ({
      ...row,
      ...written(row, event.data.configValues, originOf(event)),
      updated: event.at,
    })),
    StructureTaken: change<StructureRow, TakenBy>((row, { data }) => ({ ...row, job: data })),
    StructureReleased: change<StructureRow, unknown>((row) => ({ ...row, job: null })),
    StructureBuilt: change<StructureRow, unknown>((row, { at }) => ({ ...row, builtAt: at, updated: at })),
    StructureDestroyed: change<StructureRow, { configUuid: string }>((row, { data, at }) => ({
      ...row,
      builtAt: null,
      configUuid: data.configUuid,
      updated: at,
    })),
    StructureForced: change<StructureRow, { state: string; configUuid?: string }>((row, { data, at }) => ({
      ...row,
      builtAt: data.state === 'built' ? at : null,
      configUuid: data.configUuid ?? row.configUuid,
      updated: at,
    })),
    ComplexJoined: change<StructureRow, Membership>((row, { data }) => ({ ...row, membership: data })),
    ComplexLeft: change<StructureRow, unknown>((row) => ({ ...row, membership: null })),
    StructureDeleted: gone(),
    StructureRestored: restoredRow(HIDDEN_OF_STRUCTURES),
  },
};
