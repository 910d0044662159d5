import type { Pairs } from '#config';
import type {
  Decider,
  Lifecycle,
  LifecycleCommand,
  LifecycleEvent,
  Message,
  RestoreCommand,
  RestoredEvent,
} from '#kernel';
import { lifecycle, refuse, refuseAs, restoring, writeJson } from '#kernel';
import type { TakenBy } from '../foundation.ts';
import type { Labels } from '../selection/labels.ts';

/** What one wants to have: a DNS server, a web server. It stands on a foundation. */
export interface Structure {
  hostname: string;
  site: string;
  /** The DNS zone its host name was taken in: that of the site when it was last looked at. */
  zone: number | null;
  blueprint: string;
  /** Locator of what it stands on. */
  foundation: string;
  configValues: Pairs;
  /** None: it has none. */
  labels?: Labels;
  /** Who answers for it. */
  owner?: string | null;
}

/** A structure in a complex, and the membership that puts it there. */
export interface Membership {
  readonly complex: string;
  readonly membership: number;
}

type State = Structure & {
  configUuid: string;
  built: boolean;
  job: TakenBy | undefined;
  membership?: Membership | undefined;
};

/** The secret in the address of its configuration documents; a new one after every time it was destroyed. */
interface Keyed {
  readonly configUuid: string;
}

export type StructureCommand =
  | Message<'DefineStructure', Structure & Keyed>
  | Message<'ChangeStructure', Partial<Structure>>
  | Message<'TakeStructure', TakenBy>
  | Message<'ReleaseStructure', { readonly job: number }>
  | Message<'FinishStructure', { readonly job: number }>
  | Message<'DestroyStructure', { readonly job: number } & Keyed>
  | Message<'ForceStructure', { readonly state: 'planned' | 'built' } & Keyed>
  | Message<'JoinComplex', Membership>
  | Message<'LeaveComplex', { readonly membership: number }>
  | LifecycleCommand<'Structure'>
  | RestoreCommand<'Structure', State>;

export type StructureEvent =
  | Message<'StructureDefined', Structure & Keyed>
  | Message<'StructureRenamed', Pick<Structure, 'hostname'>>
  | Message<'StructureMoved', Pick<Structure, 'site'>>
  | Message<'StructureZoneChosen', Pick<Structure, 'zone'>>
  | Message<'StructureBluePrintChosen', Pick<Structure, 'blueprint'>>
  | Message<'StructurePlaced', Pick<Structure, 'foundation'>>
  | Message<'StructureConfigured', Pick<Structure, 'configValues'>>
  | Message<'StructureLabelsChanged', { readonly labels: Labels }>
  | Message<'StructureOwnerChosen', { readonly owner: string | null }>
  | Message<'StructureTaken', TakenBy>
  | Message<'StructureReleased', { readonly job: number }>
  | Message<'StructureBuilt', { readonly job: number }>
  | Message<'StructureDestroyed', { readonly job: number } & Keyed>
  | Message<'StructureForced', { readonly state: 'planned' | 'built'; readonly configUuid?: string }>
  | Message<'ComplexJoined', Membership>
  | Message<'ComplexLeft', { readonly membership: number }>
  | LifecycleEvent<'Structure'>
  | RestoredEvent<'Structure', State>;

const rules = lifecycle('Structure');
const restores = restoring<State>()('Structure');
const missing = () => refuse('', 'NOT_FOUND', 'Structure does not exist');
const foreman = (code: string, text: string) => refuseAs('ForemanException', code, text);
const withoutJob = (state: State, job: number): boolean => state.job === undefined || state.job.job === job;

const set = (data: Partial<State>, state: Lifecycle<State>): Lifecycle<State> =>
  'value' in state ? { ...state, value: { ...state.value, ...data } } : state;
const put = (change: Partial<State>) => (_: object, state: Lifecycle<State>) => set(change, state);

/** What says each field anew. What a built structure is made of stays as it is until it is destroyed. */
const CHANGES = [
  ['hostname', 'StructureRenamed', 'planned'],
  ['site', 'StructureMoved', 'planned'],
  ['zone', 'StructureZoneChosen', 'always'],
  ['blueprint', 'StructureBluePrintChosen', 'planned'],
  ['foundation', 'StructurePlaced', 'planned'],
  ['configValues', 'StructureConfigured', 'always'],
  ['labels', 'StructureLabelsChanged', 'always'],
  ['owner', 'StructureOwnerChosen', 'always'],
] as const;

/** What stands for fields that nobody has given. */
const UNSET: Partial<Structure> = { labels: {}, owner: null };

const same = (one: unknown, other: unknown): boolean => writeJson(one) === writeJson(other);

const whyFixed = ({ built, job }: State): string | undefined =>
  job ? `while job ${job.job} is at work on the structure` : built ? 'while the structure is built' : undefined;

export const structure: Decider<Lifecycle<State>, StructureCommand, StructureEvent> & { readonly noun: 'Structure' } = {
  noun: 'Structure',
  category: 'structure',
  creationCommands: ['DefineStructure'],
  initial: () => ({ stage: 'absent' }),
  decide: {
    DefineStructure: (data, state) =>
      state.stage === 'absent'
        ? { type: 'StructureDefined', data }
        : refuse('id', 'TAKEN', 'Structure with this Id already exists.'),
    ChangeStructure: (data, state) => {
      if (state.stage !== 'active') return missing();
      const { value } = state;
      const events: StructureEvent[] = [];
      for (const [field, type, when] of CHANGES) {
        if (data[field] === undefined || same(data[field], value[field] ?? UNSET[field] ?? null)) continue;
        const fixed = when === 'planned' ? whyFixed(value) : undefined;
        if (fixed !== undefined) return refuse(field, 'FIXED', `can not be changed ${fixed}`);
        events.push({ type, data: { [field]: data[field] } } as unknown as StructureEvent);
      }
      return events;
    },
    TakeStructure: ({ job, script }, state) => {
      if (state.stage !== 'active') return missing();
      if (state.value.job) return foreman('JOB_EXISTS', 'target has an existing job');
      if (script === 'create' && state.value.built) return foreman('ALLREADY_BUILT', 'target allready built');
      if (script !== 'create' && !state.value.built) return foreman('NOT_BUILT', 'target not built');
      return { type: 'StructureTaken', data: { job, script } };
    },
    ReleaseStructure: ({ job }, state) =>
      'value' in state && state.value.job?.job === job ? { type: 'StructureReleased', data: { job } } : [],
    FinishStructure: ({ job }, state) => {
      if (state.stage !== 'active') return missing();
      if (!withoutJob(state.value, job)) return foreman('JOB_EXISTS', 'target has an existing job');
      return state.value.built ? [] : { type: 'StructureBuilt', data: { job } };
    },
    DestroyStructure: ({ job, configUuid }, state) => {
      if (state.stage !== 'active') return missing();
      if (!withoutJob(state.value, job)) return foreman('JOB_EXISTS', 'target has an existing job');
      return state.value.built ? { type: 'StructureDestroyed', data: { job, configUuid } } : [];
    },
    ForceStructure: ({ state: wanted, configUuid }, state) => {
      if (state.stage !== 'active') return missing();
      const { job, built } = state.value;
      if (job) return foreman('JOB_EXISTS', `job ${job.job} is at work on it`);
      if (built === (wanted === 'built')) return [];
      return { type: 'StructureForced', data: { state: wanted, ...(wanted === 'planned' ? { configUuid } : {}) } };
    },
    JoinComplex: (data, state) => {
      if (state.stage !== 'active') return missing();
      const { membership } = state.value;
      return membership && membership.membership !== data.membership
        ? refuse('structure', 'TAKEN', 'Complex structure with this Structure already exists.')
        : { type: 'ComplexJoined', data };
    },
    LeaveComplex: ({ membership }, state) =>
      'value' in state && state.value.membership?.membership === membership
        ? { type: 'ComplexLeft', data: { membership } }
        : [],
    ...rules.decide,
    RestoreStructure: (data, state) => {
      if (state.stage !== 'active') return restores.decide.RestoreStructure(data, state);
      const { value } = state;
      const { job } = value;
      if (job && job.job !== data.value?.job?.job) return foreman('JOB_EXISTS', `job ${job.job} is at work on it`);
      if (data.value === null && value.built) return refuse('', 'NOT_DELETABLE', 'Not Deletable: it is built');
      for (const [field, , when] of CHANGES) {
        if (data.value === null || when !== 'planned' || same(data.value[field], value[field])) continue;
        const fixed = whyFixed(value);
        if (fixed !== undefined) return refuse(field, 'FIXED', `${field} can not be changed ${fixed}`);
      }
      return restores.decide.RestoreStructure(data, state);
    },
    CloseStructure: (data, state) => {
      const reason = 'value' in state ? whyNotDeletable(state.value) : undefined;
      return reason === undefined
        ? rules.decide.CloseStructure(data, state)
        : refuse('', 'NOT_DELETABLE', `Not Deletable: ${reason}`);
    },
  },
  evolve: {
    StructureDefined: (data) => ({ stage: 'active', value: { ...data, built: false, job: undefined } }),
    StructureRenamed: set,
    StructureMoved: set,
    StructureZoneChosen: set,
    StructureBluePrintChosen: set,
    StructurePlaced: set,
    StructureConfigured: set,
    StructureLabelsChanged: set,
    StructureOwnerChosen: set,
    StructureTaken: (data, state) => set({ job: data }, state),
    StructureReleased: put({ job: undefined }),
    StructureBuilt: put({ built: true }),
    StructureDestroyed: ({ configUuid }, state) => set({ built: false, configUuid }, state),
    StructureForced: ({ state: forced, configUuid }, state) =>
      set({ built: forced === 'built', ...(configUuid === undefined ? {} : { configUuid }) }, state),
    ComplexJoined: (data, state) => set({ membership: data }, state),
    ComplexLeft: put({ membership: undefined }),
    ...rules.evolve,
    ...restores.evolve,
  },
};

function whyNotDeletable({ job, built }: State): string | undefined {
  if (job) return `job ${job.job} is at work on it`;
  return built ? 'it is built' : undefined;
}
