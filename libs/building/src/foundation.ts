import type {
  Decider,
  JsonMap,
  Lifecycle,
  LifecycleCommand,
  LifecycleEvent,
  Message,
  RestoreCommand,
  RestoredEvent,
} from '#kernel';
import { lifecycle, refuse, refuseAs, restoring, writeJson } from '#kernel';
import type { BmcAddress } from './bmc/bmc-address.ts';
import type { HardwareChange } from './hardware/hardware-changes.ts';
import { hardwareChanges } from './hardware/hardware-changes.ts';
import type { FoundMachine, KnownMachine, MachineDrift } from './hardware/machine-changes.ts';
import { machineChanges } from './hardware/machine-changes.ts';
import type { Labels } from './selection/labels.ts';

/** What a structure stands on: a machine, a virtual machine, a container. */
export interface Foundation {
  /** Which platform's kind it is (`Manual`); never changes. */
  readonly type: string;
  site: string;
  blueprint: string;
  /** What the machine said it is made of; null while nobody knows. */
  idMap: JsonMap | null;
  /** The complex that carries it, where it is of a type that is carried by one. */
  complex?: string | null;
  /** The fields of its platform. */
  own: JsonMap;
  /** The address of a block that its BMC has; not there, or null: none. */
  bmc?: BmcAddress | null;
  /** None: it has none. */
  labels?: Labels;
  /** Who answers for it. */
  owner?: string | null;
}

/** The job a thing is being worked on by; a thing has at most one. */
export interface TakenBy {
  readonly job: number;
  readonly script: string;
}

/** An address of a DHCP pool that a job on a foundation has borrowed, for as long as it lives. */
export interface Borrowed {
  readonly job: number;
  readonly block: number;
  /** Id of a `DynamicAddress`. */
  readonly address: number;
}

/** What a machine reports that is not what is known of it, until somebody accepts it or it is as it was. */
export interface Drift {
  readonly reported: JsonMap;
  readonly changes: readonly HardwareChange[];
}

/** A foundation with what has become of it. */
export type FoundationState = Foundation & {
  located: boolean;
  built: boolean;
  job: TakenBy | undefined;
  /** The structure that stands on it. */
  structure?: number | undefined;
  /** The dependency it waits for. */
  dependency?: number | undefined;
  /** The address the job at work on it has borrowed. */
  borrowed?: Borrowed | undefined;
  /** The cartographer of the machine that is being surveyed on it. */
  surveyedBy?: string | undefined;
  drift?: Drift | undefined;
  /** The last job that was at work on it. */
  worked?: number | undefined;
  /** What its machine is to be; not there until it was looked at after the last job. */
  machine?: KnownMachine | undefined;
  machineDrift?: MachineDrift | undefined;
  /** Its machine was there before it, and no job has been at work on it. */
  adopted?: true | undefined;
};

/** What its platform tells of the machine of a foundation. */
export interface MachineReport {
  /** What the platform knows it by. */
  readonly id: string;
  /** Null: its host does not have it. */
  readonly found: FoundMachine | null;
  /** Known MACs of the interfaces of the foundation. */
  readonly macs: readonly string[];
  /** The last job that had been at work on the foundation when the platform was asked. */
  readonly worked: number | undefined;
}

export type FoundationCommand =
  | Message<'DefineFoundation', Foundation>
  | Message<'ChangeFoundation', Partial<Omit<Foundation, 'type'>>>
  | Message<'TakeFoundation', TakenBy>
  | Message<'ReleaseFoundation', { readonly job: number }>
  | Message<'BorrowAddress', Borrowed>
  | Message<'ReturnAddress', { readonly job: number }>
  | Message<'LocateFoundation', object>
  | Message<'FinishFoundation', { readonly job: number }>
  | Message<'DestroyFoundation', { readonly job: number }>
  | Message<'ForceFoundation', { readonly state: 'planned' | 'located' | 'built' }>
  | Message<'OccupyFoundation', { readonly structure: number }>
  | Message<'VacateFoundation', { readonly structure: number }>
  | Message<'BindFoundation', { readonly dependency: number }>
  | Message<'UnbindFoundation', { readonly dependency: number }>
  | Message<'BeginSurvey', { readonly cartographer: string }>
  | Message<'EndSurvey', { readonly cartographer: string }>
  | Message<'ReportHardware', { readonly idMap: JsonMap | null }>
  | Message<'AcceptHardware', object>
  | Message<'ReportMachine', MachineReport>
  | Message<'AcceptMachine', object>
  | Message<'AdoptMachine', KnownMachine>
  | LifecycleCommand<'Foundation'>
  | RestoreCommand<'Foundation', FoundationState>;

export type FoundationEvent =
  | Message<'FoundationDefined', Foundation>
  | Message<'FoundationSiteChosen', { readonly site: string }>
  | Message<'FoundationBluePrintChosen', { readonly blueprint: string }>
  | Message<'FoundationIdentified', { readonly idMap: JsonMap | null }>
  | Message<'FoundationOwnFieldsChanged', { readonly own: JsonMap }>
  | Message<'FoundationLabelsChanged', { readonly labels: Labels }>
  | Message<'FoundationOwnerChosen', { readonly owner: string | null }>
  | Message<'FoundationTaken', TakenBy>
  | Message<'FoundationReleased', { readonly job: number }>
  | Message<'FoundationAddressBorrowed', Borrowed>
  | Message<'FoundationAddressReturned', { readonly job: number }>
  | Message<'FoundationLocated', object>
  | Message<'FoundationBuilt', { readonly job: number }>
  | Message<'FoundationDestroyed', { readonly job: number }>
  | Message<'FoundationCarrierChosen', { readonly complex: string | null }>
  | Message<'FoundationBmcAddressed', { readonly bmc: BmcAddress | null }>
  | Message<'FoundationForced', { readonly state: 'planned' | 'located' | 'built' }>
  | Message<'FoundationOccupied', { readonly structure: number }>
  | Message<'FoundationVacated', { readonly structure: number }>
  | Message<'FoundationBound', { readonly dependency: number }>
  | Message<'FoundationUnbound', { readonly dependency: number }>
  | Message<'FoundationSurveyBegun', { readonly cartographer: string }>
  | Message<'FoundationSurveyEnded', { readonly cartographer: string }>
  | Message<'FoundationHardwareReported', { readonly reported: JsonMap }>
  | Message<'FoundationHardwareDrifted', { readonly changes: readonly HardwareChange[] }>
  | Message<'FoundationHardwareAccepted', { readonly idMap: JsonMap }>
  | Message<'FoundationHardwareReturned', object>
  | Message<'FoundationMachineSeen', KnownMachine>
  | Message<'FoundationMachineDrifted', MachineDrift>
  | Message<'FoundationMachineReturned', object>
  | Message<'FoundationMachineAccepted', KnownMachine>
  | Message<'FoundationAdopted', KnownMachine>
  | LifecycleEvent<'Foundation'>
  | RestoredEvent<'Foundation', FoundationState>;

const rules = lifecycle('Foundation');
const restores = restoring<FoundationState>()('Foundation');
const missing = () => refuse('', 'NOT_FOUND', 'Foundation does not exist');
const foreman = (code: string, text: string) => refuseAs('ForemanException', code, text);
const withoutJob = (state: FoundationState, job: number): boolean => state.job === undefined || state.job.job === job;

/** Why the state of a foundation stays as it is while a machine is being surveyed on it. */
const surveying = ({ surveyedBy }: FoundationState) =>
  surveyedBy === undefined
    ? undefined
    : refuse('', 'SURVEYED', `cartographer ${surveyedBy} is surveying a machine as this foundation`);

const whyNotDeletable = ({ job, built, structure, surveyedBy }: FoundationState): string | undefined => {
  if (job) return `job ${job.job} is at work on it`;
  if (surveyedBy !== undefined) return `Cartographer ${surveyedBy} is attached to it`;
  if (built) return 'it is built';
  return structure === undefined ? undefined : `Structure ${structure} stands on it`;
};

const set = (data: Partial<FoundationState>, state: Lifecycle<FoundationState>): Lifecycle<FoundationState> =>
  'value' in state ? { ...state, value: { ...state.value, ...data } } : state;
const put = (change: Partial<FoundationState>) => (_: object, state: Lifecycle<FoundationState>) => set(change, state);

/** What is told of a machine goes with it. */
const NO_MACHINE = { drift: undefined, machine: undefined, machineDrift: undefined, adopted: undefined };

const same = (one: unknown, other: unknown): boolean => writeJson(one) === writeJson(other);

export const foundation: Decider<Lifecycle<FoundationState>, FoundationCommand, FoundationEvent> & {
  readonly noun: 'Foundation';
} = {
  noun: 'Foundation',
  category: 'foundation',
  creationCommands: ['DefineFoundation'],
  initial: () => ({ stage: 'absent' }),
  decide: {
    DefineFoundation: (data, state) =>
      state.stage === 'active' || state.stage === 'deleting'
        ? refuse('locator', 'TAKEN', 'Foundation with this Locator already exists.')
        : { type: 'FoundationDefined', data },
    ChangeFoundation: ({ site, blueprint, idMap, complex, own, bmc, labels, owner }, state) => {
      if (state.stage !== 'active') return missing();
      const events: FoundationEvent[] = [];
      const { value } = state;
      if (site !== undefined && site !== value.site) events.push({ type: 'FoundationSiteChosen', data: { site } });
      if (blueprint !== undefined && blueprint !== value.blueprint) {
        events.push({ type: 'FoundationBluePrintChosen', data: { blueprint } });
      }
      if (idMap !== undefined && !same(idMap, value.idMap))
        events.push({ type: 'FoundationIdentified', data: { idMap } });
      if (complex !== undefined && complex !== (value.complex ?? null)) {
        events.push({ type: 'FoundationCarrierChosen', data: { complex } });
      }
      if (own !== undefined && !same(value.own, { ...value.own, ...own })) {
        events.push({ type: 'FoundationOwnFieldsChanged', data: { own: { ...value.own, ...own } } });
      }
      if (bmc !== undefined && !same(bmc, value.bmc ?? null)) {
        events.push({ type: 'FoundationBmcAddressed', data: { bmc } });
      }
      if (labels !== undefined && !same(labels, value.labels ?? {})) {
        events.push({ type: 'FoundationLabelsChanged', data: { labels } });
      }
      if (owner !== undefined && owner !== (value.owner ?? null)) {
        events.push({ type: 'FoundationOwnerChosen', data: { owner } });
      }
      return events;
    },
    TakeFoundation: ({ job, script }, state) => {
      if (state.stage !== 'active') return missing();
      if (state.value.job) return foreman('JOB_EXISTS', 'target has an existing job');
      if (script === 'create' && state.value.built) return foreman('ALLREADY_BUILT', 'target allready built');
      if (script !== 'create' && !state.value.built) return foreman('NOT_BUILT', 'target not built');
      return { type: 'FoundationTaken', data: { job, script } };
    },
    ReleaseFoundation: ({ job }, state) =>
      'value' in state && state.value.job?.job === job ? { type: 'FoundationReleased', data: { job } } : [],
    BorrowAddress: (data, state) => {
      if (state.stage !== 'active' || state.value.job?.job !== data.job) return missing();
      return state.value.borrowed ? [] : { type: 'FoundationAddressBorrowed', data };
    },
    ReturnAddress: ({ job }, state) =>
      'value' in state && state.value.borrowed?.job === job ? { type: 'FoundationAddressReturned', data: { job } } : [],
    LocateFoundation: (_, state) => {
      if (state.stage !== 'active') return missing();
      if (state.value.located) return [];
      if (state.value.job && state.value.job.script !== 'create') {
        return foreman('JOB_EXISTS', 'a foundation can not be located while a job other than create is at work on it');
      }
      const survey = surveying(state.value);
      if (survey) return survey;
      return { type: 'FoundationLocated', data: {} };
    },
    FinishFoundation: ({ job }, state) => {
      if (state.stage !== 'active') return missing();
      if (!withoutJob(state.value, job)) return foreman('JOB_EXISTS', 'target has an existing job');
      if (state.value.built) return [];
      const survey = surveying(state.value);
      if (survey) return survey;
      const built: FoundationEvent = { type: 'FoundationBuilt', data: { job } };
      return state.value.located ? built : [{ type: 'FoundationLocated', data: {} }, built];
    },
    DestroyFoundation: ({ job }, state) => {
      if (state.stage !== 'active') return missing();
      if (!withoutJob(state.value, job)) return foreman('JOB_EXISTS', 'target has an existing job');
      return state.value.located || state.value.built ? { type: 'FoundationDestroyed', data: { job } } : [];
    },
    ForceFoundation: ({ state: wanted }, state) => {
      if (state.stage !== 'active') return missing();
      const { job, built, located } = state.value;
      if (job) return foreman('JOB_EXISTS', `job ${job.job} is at work on it`);
      const survey = surveying(state.value);
      if (survey) return survey;
      const now = built ? 'built' : located ? 'located' : 'planned';
      return now === wanted ? [] : { type: 'FoundationForced', data: { state: wanted } };
    },
    OccupyFoundation: ({ structure }, state) => {
      if (state.stage !== 'active') return missing();
      const { structure: other } = state.value;
      if (other === structure) return [];
      return other === undefined
        ? { type: 'FoundationOccupied', data: { structure } }
        : refuse('foundation', 'TAKEN', 'Structure with this Foundation already exists.');
    },
    VacateFoundation: ({ structure }, state) =>
      'value' in state && state.value.structure === structure ? { type: 'FoundationVacated', data: { structure } } : [],
    BindFoundation: ({ dependency }, state) => {
      if (state.stage !== 'active') return missing();
      const { dependency: other } = state.value;
      if (other === dependency) return [];
      return other === undefined
        ? { type: 'FoundationBound', data: { dependency } }
        : refuse('foundation', 'TAKEN', 'Dependency with this Foundation already exists.');
    },
    UnbindFoundation: ({ dependency }, state) =>
      'value' in state && state.value.dependency === dependency
        ? { type: 'FoundationUnbound', data: { dependency } }
        : [],
    BeginSurvey: ({ cartographer }, state) => {
      if (state.stage !== 'active') return missing();
      const { located, built, surveyedBy } = state.value;
      if (surveyedBy === cartographer) return [];
      if (located || built) {
        const text = 'Foundation is not in a valid state for assigning';
        return refuseAs('SurveyException', 'FOUNDATION_INVALID_STATE', text);
      }
      return surveyedBy === undefined
        ? { type: 'FoundationSurveyBegun', data: { cartographer } }
        : refuse('foundation', 'TAKEN', `Cartographer ${surveyedBy} has this Foundation already.`);
    },
    EndSurvey: ({ cartographer }, state) =>
      'value' in state && state.value.surveyedBy === cartographer
        ? { type: 'FoundationSurveyEnded', data: { cartographer } }
        : [],
    ReportHardware: ({ idMap: reported }, state) => {
      if (state.stage !== 'active') return missing();
      const { idMap, located, drift } = state.value;
      if (!located || idMap === null) {
        return same(reported, idMap) ? [] : { type: 'FoundationIdentified', data: { idMap: reported } };
      }
      const changes = hardwareChanges(idMap, reported ?? {});
      if (changes.length === 0) return drift ? { type: 'FoundationHardwareReturned', data: {} } : [];
      if (drift && same(changes, drift.changes)) return [];
      return [
        { type: 'FoundationHardwareReported', data: { reported: reported ?? {} } },
        { type: 'FoundationHardwareDrifted', data: { changes } },
      ];
    },
    AcceptHardware: (_, state) => {
      if (state.stage !== 'active') return missing();
      const { drift } = state.value;
      if (!drift) return refuse('', 'NO_DRIFT', 'its hardware is what is known of it: there is nothing to accept');
      return { type: 'FoundationHardwareAccepted', data: { idMap: drift.reported } };
    },
    ReportMachine: ({ id, found, macs, worked }, state) => {
      if (state.stage !== 'active') return missing();
      const { built, job, machine: known, machineDrift: drift } = state.value;
      // What a job has to do with is its own affair, and what was told before it is told anew after it.
      if (!built || job || (state.value.worked ?? worked) !== worked) return [];
      const events: FoundationEvent[] = [];
      if (found && !known) {
        events.push({ type: 'FoundationMachineSeen', data: { name: found.name, power: found.power } });
      }
      const changes = machineChanges(id, { known, macs }, found);
      if (changes.length > 0) {
        if (!same(changes, drift?.changes)) events.push({ type: 'FoundationMachineDrifted', data: { found, changes } });
      } else if (drift) events.push({ type: 'FoundationMachineReturned', data: {} });
      return events;
    },
    AcceptMachine: (_, state) => {
      if (state.stage !== 'active') return missing();
      const { job, machineDrift: drift } = state.value;
      if (job) return foreman('JOB_EXISTS', `job ${job.job} is at work on it`);
      if (!drift) return refuse('', 'NO_DRIFT', 'its machine is what is known of it: there is nothing to accept');
      if (!drift.found) {
        return refuse('', 'GONE', 'its machine is gone: destroy and create it again, or force it to be planned');
      }
      const { name, power } = drift.found;
      return { type: 'FoundationMachineAccepted', data: { name, power } };
    },
    AdoptMachine: (data, state) => {
      if (state.stage !== 'active') return missing();
      const { located, job } = state.value;
      if (job) return foreman('JOB_EXISTS', `job ${job.job} is at work on it`);
      return located ? refuse('', 'LOCATED', 'it has a machine already') : { type: 'FoundationAdopted', data };
    },
    ...rules.decide,
    RestoreFoundation: (data, state) => {
      const job = 'value' in state ? state.value.job : undefined;
      if (job && job.job !== data.value?.job?.job) return foreman('JOB_EXISTS', `job ${job.job} is at work on it`);
      if (data.value === null && 'value' in state && state.value.built && !state.value.adopted) {
        return refuse('', 'NOT_DELETABLE', 'Not Deletable: it is built');
      }
      return restores.decide.RestoreFoundation(data, state);
    },
    CloseFoundation: (data, state) => {
      // What was there before it was adopted stays there when that is undone.
      const value = 'value' in state ? state.value : undefined;
      const built = value?.built === true && !(data.undone && value.adopted);
      const reason = value && whyNotDeletable({ ...value, built });
      return reason === undefined
        ? rules.decide.CloseFoundation(data, state)
        : refuse('', 'NOT_DELETABLE', `Not Deletable: ${reason}`);
    },
  },
  evolve: {
    FoundationDefined: (data) => ({
      stage: 'active',
      value: { ...data, located: false, built: false, job: undefined },
    }),
    FoundationSiteChosen: set,
    FoundationBluePrintChosen: set,
    FoundationIdentified: ({ idMap }, state) => set({ idMap, drift: undefined }, state),
    FoundationOwnFieldsChanged: set,
    FoundationBmcAddressed: set,
    FoundationLabelsChanged: set,
    FoundationOwnerChosen: set,
    FoundationTaken: (data, state) =>
      set({ job: data, worked: data.job, machine: undefined, adopted: undefined }, state),
    FoundationReleased: put({ job: undefined }),
    FoundationAddressBorrowed: (data, state) => put({ borrowed: data })(data, state),
    FoundationAddressReturned: put({ borrowed: undefined }),
    FoundationLocated: put({ located: true }),
    FoundationBuilt: put({ located: true, built: true }),
    FoundationDestroyed: put({ located: false, built: false, idMap: null, ...NO_MACHINE }),
    FoundationCarrierChosen: set,
    FoundationForced: ({ state: forced }, state) =>
      set(
        {
          located: forced !== 'planned',
          built: forced === 'built',
          ...(forced === 'planned' ? { idMap: null, ...NO_MACHINE } : {}),
        },
        state,
      ),
    FoundationOccupied: set,
    FoundationVacated: put({ structure: undefined }),
    FoundationBound: set,
    FoundationUnbound: put({ dependency: undefined }),
    FoundationSurveyBegun: ({ cartographer }, state) => set({ surveyedBy: cartographer }, state),
    FoundationSurveyEnded: put({ surveyedBy: undefined }),
    FoundationHardwareReported: ({ reported }, state) => set({ drift: { reported, changes: [] } }, state),
    FoundationHardwareDrifted: ({ changes }, state) => {
      const reported = 'value' in state ? state.value.drift?.reported : undefined;
      return set({ drift: { reported: reported ?? {}, changes } }, state);
    },
    FoundationHardwareAccepted: ({ idMap }, state) => set({ idMap, drift: undefined }, state),
    FoundationHardwareReturned: put({ drift: undefined }),
    FoundationMachineSeen: (machine, state) => set({ machine }, state),
    FoundationMachineDrifted: (machineDrift, state) => set({ machineDrift }, state),
    FoundationMachineReturned: put({ machineDrift: undefined }),
    FoundationMachineAccepted: (machine, state) => set({ machine, machineDrift: undefined }, state),
    FoundationAdopted: (machine, state) => set({ machine, located: true, built: true, adopted: true }, state),
    ...rules.evolve,
    ...restores.evolve,
  },
};
