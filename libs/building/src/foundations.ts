import type { ReadModel } from '#read-store';
import { change, gone, restoredRow, rule } from '#read-store';
import type { JsonMap } from '#kernel';
import type { Borrowed, Drift, Foundation, TakenBy } from './foundation.ts';
import type { HardwareChange } from './hardware/hardware-changes.ts';
import { identitiesOf } from './hardware/identities.ts';
import type { KnownMachine, MachineDrift } from './hardware/machine-changes.ts';
import { labelTags } from './selection/labels.ts';

/** A foundation as it is shown. */
export interface FoundationRow extends Readonly<Foundation> {
  readonly locatedAt: string | null;
  readonly builtAt: string | null;
  readonly job: TakenBy | null;
  /** The structure that stands on it. */
  readonly structure: number | null;
  /** The dependency it waits for. */
  readonly dependency: number | null;
  /** The address its job has borrowed; not there where it has none. */
  readonly borrowed?: Borrowed;
  /** The cartographer of the machine that is being surveyed on it; not there where none is. */
  readonly surveyedBy?: string;
  /** Not there where its hardware is what is known of it. */
  readonly drift?: Drift;
  /** The last job that was at work on it; not there where none was. */
  readonly worked?: number;
  /** What its machine is to be; not there until it was looked at after the last job. */
  readonly machine?: KnownMachine;
  /** Not there where its machine is what is known of it. */
  readonly machineDrift?: MachineDrift;
  /** What tells its machine from others; kept when it is destroyed, and not there where nobody knows. */
  readonly identities?: readonly string[];
  readonly created: string;
  readonly updated: string;
}

/** `planned`, `located` or `built`. */
export const stateOf = ({ locatedAt, builtAt }: Pick<FoundationRow, 'locatedAt' | 'builtAt'>): string =>
  locatedAt === null ? 'planned' : builtAt === null ? 'located' : 'built';

/** What the state of a foundation holds, and its row shows otherwise. */
export const HIDDEN_OF_FOUNDATIONS = ['located', 'built', 'adopted'];

const changed = change<FoundationRow, Partial<Foundation>>((row, { data, at }) => ({ ...row, ...data, updated: at }));

/** What a machine is known by from now on, where it tells anything. */
const knownBy = (idMap: JsonMap | null): Pick<FoundationRow, 'identities'> => {
  const identities = identitiesOf(idMap);
  return identities.length > 0 ? { identities } : {};
};

const withoutDrift = ({ drift: _, ...row }: FoundationRow): FoundationRow => row;
const withoutMachineDrift = ({ machineDrift: _, ...row }: FoundationRow): FoundationRow => row;
/** What is told of a machine goes with it. */
const withoutMachine = ({ machine: _, ...row }: FoundationRow): FoundationRow => withoutMachineDrift(withoutDrift(row));

/** Foundations of all platforms by locator. */
export const foundations: ReadModel<FoundationRow> = {
  name: 'foundations',
  version: 7,
  key: 'text',
  history: true,
  indexes: {
    site: ({ site }) => site,
    type: ({ type }) => type,
    blueprint: ({ blueprint }) => blueprint,
    /** Where it stands, where its platform has a field for that. */
    plot: ({ own: { plot } }) => (typeof plot === 'string' ? plot : null),
    complex: ({ complex }) => complex ?? null,
    bound: ({ dependency }) => (dependency === null ? 'no' : 'yes'),
    state: stateOf,
    /** The complex that carries it, as long as it is planned. */
    awaiting: ({ complex, locatedAt }) => (locatedAt === null ? (complex ?? null) : null),
    owner: ({ owner }) => owner ?? null,
    /** Whether a job is at work on it. */
    working: ({ job }) => (job ? 'yes' : null),
    /** The address its job has borrowed. */
    borrowed: ({ borrowed }) => borrowed?.address ?? null,
    /** Whether its machine reports other hardware than is known. */
    drifted: ({ drift }) => (drift ? 'yes' : null),
    /** Whether its machine is gone, or not as it is known. */
    astray: ({ machineDrift }) => (machineDrift ? 'yes' : null),
  },
  tags: { label: labelTags, identity: ({ identities }) => identities ?? [] },
  on: {
    FoundationDefined: rule<FoundationRow, Foundation>((_, { data, at }) => ({
      ...data,
      ...knownBy(data.idMap),
      locatedAt: null,
      builtAt: null,
      job: null,
      structure: null,
      dependency: null,
      created: at,
      updated: at,
    })),
    FoundationSiteChosen: changed,
    FoundationBluePrintChosen: changed,
    FoundationIdentified: change<FoundationRow, { idMap: JsonMap | null }>((row, { data, at }) => ({
      ...withoutDrift(row),
      ...data,
      ...knownBy(data.idMap),
      updated: at,
    })),
    FoundationOwnFieldsChanged: changed,
    FoundationBmcAddressed: changed,
    FoundationLabelsChanged: changed,
    FoundationOwnerChosen: changed,
    FoundationTaken: change<FoundationRow, TakenBy>(({ machine: _, ...row }, { data }) => ({
      ...row,
      job: data,
      worked: data.job,
    })),
    FoundationReleased: change<FoundationRow, unknown>((row) => ({ ...row, job: null })),
    FoundationAddressBorrowed: change<FoundationRow, Borrowed>((row, { data }) => ({ ...row, borrowed: data })),
    FoundationAddressReturned: change<FoundationRow, unknown>(({ borrowed: _, ...row }) => row),
    FoundationLocated: change<FoundationRow, unknown>((row, { at }) => ({
      ...row,
      locatedAt: at,
      builtAt: null,
      updated: at,
    })),
    FoundationBuilt: change<FoundationRow, unknown>((row, { at }) => ({ ...row, builtAt: at, updated: at })),
    FoundationDestroyed: change<FoundationRow, unknown>((row, { at }) => ({
      ...withoutMachine(row),
      locatedAt: null,
      builtAt: null,
      idMap: null,
      updated: at,
    })),
    FoundationCarrierChosen: changed,
    FoundationForced: change<FoundationRow, { state: string }>((row, { data, at }) => ({
      ...(data.state === 'planned' ? withoutMachine(row) : row),
      locatedAt: data.state === 'planned' ? null : (row.locatedAt ?? at),
      builtAt: data.state === 'built' ? at : null,
      idMap: data.state === 'planned' ? null : row.idMap,
      updated: at,
    })),
    FoundationOccupied: change<FoundationRow, { structure: number }>((row, { data }) => ({ ...row, ...data })),
    FoundationVacated: change<FoundationRow, unknown>((row) => ({ ...row, structure: null })),
    FoundationBound: change<FoundationRow, { dependency: number }>((row, { data }) => ({ ...row, ...data })),
    FoundationUnbound: change<FoundationRow, unknown>((row) => ({ ...row, dependency: null })),
    FoundationSurveyBegun: change<FoundationRow, { cartographer: string }>((row, { data }) => ({
      ...row,
      surveyedBy: data.cartographer,
    })),
    FoundationSurveyEnded: change<FoundationRow, unknown>(({ surveyedBy: _, ...row }) => row),
    FoundationHardwareReported: change<FoundationRow, { reported: JsonMap }>((row, { data, at }) => ({
      ...row,
      drift: { ...data, changes: [] },
      updated: at,
    })),
    FoundationHardwareDrifted: change<FoundationRow, { changes: readonly HardwareChange[] }>((row, { data, at }) => ({
      ...row,
      drift: { reported: row.drift?.reported ?? {}, ...data },
      updated: at,
    })),
    FoundationHardwareAccepted: change<FoundationRow, { idMap: JsonMap }>((row, { data, at }) => ({
      ...withoutDrift(row),
      ...data,
      ...knownBy(data.idMap),
      updated: at,
    })),
    FoundationHardwareReturned: change<FoundationRow, unknown>((row, { at }) => ({
      ...withoutDrift(row),
      updated: at,
    })),
    FoundationMachineSeen: change<FoundationRow, KnownMachine>((row, { data }) => ({ ...row, machine: data })),
    FoundationMachineDrifted: change<FoundationRow, MachineDrift>((row, { data, at }) => ({
      ...row,
      machineDrift: data,
      updated: at,
    })),
    FoundationMachineReturned: change<FoundationRow, unknown>((row, { at }) => ({
      ...withoutMachineDrift(row),
      updated: at,
    })),
    FoundationMachineAccepted: change<FoundationRow, KnownMachine>((row, { data, at }) => ({
      ...withoutMachineDrift(row),
      machine: data,
      updated: at,
    })),
    FoundationAdopted: change<FoundationRow, KnownMachine>((row, { data, at }) => ({
      ...row,
      machine: data,
      locatedAt: at,
      builtAt: at,
      updated: at,
    })),
    FoundationDeleted: gone(),
    FoundationRestored: restoredRow(HIDDEN_OF_FOUNDATIONS),
  },
};
