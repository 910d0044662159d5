import type {
  Decider,
  Lifecycle,
  LifecycleCommand,
  LifecycleEvent,
  Message,
  RestoreCommand,
  RestoredEvent,
} from '#kernel';
import { lifecycle, refuse, refuseAs, restoring } from '#kernel';
import type { TakenBy } from '../foundation.ts';

/** What a foundation has to wait for: that a script has been run on a structure, such as the switch it is plugged into. */
export interface Dependency {
  /** What is depended on. */
  structure: number | null;
  /** Or another dependency. */
  dependency: number | null;
  /** Locator of what has to wait. */
  foundation: string | null;
  /** Whose blueprint has the scripts; null: that of what is depended on. */
  scriptStructure: number | null;
  /** `hard`: what waits is destroyed with it. */
  link: 'soft' | 'hard';
  /** Name of the script that creates it; null: nothing is to be done. */
  createScript: string | null;
  destroyScript: string | null;
  /** The site it belongs to: that of the foundation, else of the structure with the scripts, else of what is depended on. */
  site: string;
}

/** A dependency with what has become of it. */
export type DependencyState = Dependency & { built: boolean; job: TakenBy | undefined };

export type DependencyCommand =
  | Message<'DefineDependency', Dependency>
  | Message<'ChangeDependency', Partial<Dependency>>
  | Message<'TakeDependency', TakenBy>
  | Message<'ReleaseDependency', { readonly job: number }>
  | Message<'FinishDependency', { readonly job: number }>
  | Message<'DestroyDependency', { readonly job: number }>
  | Message<'ForceDependency', { readonly state: 'planned' | 'built' }>
  | LifecycleCommand<'Dependency'>
  | RestoreCommand<'Dependency', DependencyState>;

export type DependencyEvent =
  | Message<'DependencyDefined', Dependency>
  | Message<'DependencyChanged', Dependency>
  | Message<'DependencyTaken', TakenBy>
  | Message<'DependencyReleased', { readonly job: number }>
  | Message<'DependencyBuilt', { readonly job: number }>
  | Message<'DependencyDestroyed', { readonly job: number }>
  | Message<'DependencyForced', { readonly state: 'planned' | 'built' }>
  | LifecycleEvent<'Dependency'>
  | RestoredEvent<'Dependency', DependencyState>;

const rules = lifecycle('Dependency');
const restores = restoring<DependencyState>()('Dependency');
const missing = () => refuse('', 'NOT_FOUND', 'Dependency does not exist');
const foreman = (code: string, text: string) => refuseAs('ForemanException', code, text);
const withoutJob = (state: DependencyState, job: number): boolean => state.job === undefined || state.job.job === job;

const set = (data: Partial<DependencyState>, state: Lifecycle<DependencyState>): Lifecycle<DependencyState> =>
  'value' in state ? { ...state, value: { ...state.value, ...data } } : state;
const put = (change: Partial<DependencyState>) => (_: object, state: Lifecycle<DependencyState>) => set(change, state);

const dependencyOf = ({ built: _, job: __, ...of }: DependencyState): Dependency => of;

export const dependency: Decider<Lifecycle<DependencyState>, DependencyCommand, DependencyEvent> & {
  readonly noun: 'Dependency';
} = {
  noun: 'Dependency',
  category: 'dependency',
  creationCommands: ['DefineDependency'],
  initial: () => ({ stage: 'absent' }),
  decide: {
    DefineDependency: (data, state) =>
      state.stage === 'absent'
        ? { type: 'DependencyDefined', data }
        : refuse('id', 'TAKEN', 'Dependency with this Id already exists.'),
    ChangeDependency: (data, state) => {
      if (state.stage !== 'active') return missing();
      const { value } = state;
      const changed = (Object.keys(data) as (keyof Dependency)[]).filter((field) => data[field] !== value[field]);
      if (changed.length === 0) return [];
      // Its site follows what it belongs to, whatever its state.
      const fixed = changed.find((field) => field !== 'site');
      if (fixed !== undefined && value.job) {
        return refuse(fixed, 'FIXED', `can not be changed while job ${value.job.job} is at work on the dependency`);
      }
      if (fixed !== undefined && value.built) {
        return refuse(fixed, 'FIXED', 'can not be changed while the dependency is built');
      }
      return { type: 'DependencyChanged', data: { ...dependencyOf(value), ...data } };
    },
    TakeDependency: ({ job, script }, state) => {
      if (state.stage !== 'active') return missing();
      if (state.value.job) return foreman('JOB_EXISTS', 'target has an existing job');
      if (script === 'create' && state.value.built) return foreman('ALLREADY_BUILT', 'target allready built');
      if (script !== 'create' && !state.value.built) return foreman('NOT_BUILT', 'target not built');
      return { type: 'DependencyTaken', data: { job, script } };
    },
    ReleaseDependency: ({ job }, state) =>
      'value' in state && state.value.job?.job === job ? { type: 'DependencyReleased', data: { job } } : [],
    FinishDependency: ({ job }, state) => {
      if (state.stage !== 'active') return missing();
      if (!withoutJob(state.value, job)) return foreman('JOB_EXISTS', 'target has an existing job');
      return state.value.built ? [] : { type: 'DependencyBuilt', data: { job } };
    },
    DestroyDependency: ({ job }, state) => {
      if (state.stage !== 'active') return missing();
      if (!withoutJob(state.value, job)) return foreman('JOB_EXISTS', 'target has an existing job');
      return state.value.built ? { type: 'DependencyDestroyed', data: { job } } : [];
    },
    ForceDependency: ({ state: wanted }, state) => {
      if (state.stage !== 'active') return missing();
      const { job, built } = state.value;
      if (job) return foreman('JOB_EXISTS', `job ${job.job} is at work on it`);
      return built === (wanted === 'built') ? [] : { type: 'DependencyForced', data: { state: wanted } };
    },
    ...rules.decide,
    RestoreDependency: (data, state) => {
      const reason = state.stage === 'active' ? whyNotDeletable(state.value) : undefined;
      return reason === undefined
        ? restores.decide.RestoreDependency(data, state)
        : refuse('', 'FIXED', `can not be changed: ${reason}`);
    },
    CloseDependency: (data, state) => {
      const reason = 'value' in state ? whyNotDeletable(state.value) : undefined;
      return reason === undefined
        ? rules.decide.CloseDependency(data, state)
        : refuse('', 'NOT_DELETABLE', `Not Deletable: ${reason}`);
    },
  },
  evolve: {
    DependencyDefined: (data) => ({ stage: 'active', value: { ...data, built: false, job: undefined } }),
    DependencyChanged: set,
    DependencyTaken: (data, state) => set({ job: data }, state),
    DependencyReleased: put({ job: undefined }),
    DependencyBuilt: put({ built: true }),
    DependencyDestroyed: put({ built: false }),
    DependencyForced: ({ state: forced }, state) => set({ built: forced === 'built' }, state),
    ...rules.evolve,
    ...restores.evolve,
  },
};

function whyNotDeletable({ job, built }: DependencyState): string | undefined {
  if (job) return `job ${job.job} is at work on it`;
  return built ? 'it is built' : undefined;
}
