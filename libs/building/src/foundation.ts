import type { Decider, JsonMap, Lifecycle, LifecycleCommand, LifecycleEvent, Message } from '#kernel';
import { lifecycle, refuse, refuseAs, writeJson } from '#kernel';

/** What a structure stands on: a machine, a virtual machine, a container. */
export interface Foundation {
  /** Which platform's kind it is (`Manual`); never changes. */
  readonly type: string;
  site: string;
  blueprint: string;
  /** What the machine said it is made of; null while nobody knows. */
  idMap: JsonMap | null;
  /** The fields of its platform. */
  own: JsonMap;
}

/** The job a thing is being worked on by; a thing has at most one. */
export interface TakenBy {
  readonly job: number;
  readonly script: string;
}

type State = Foundation & { located: boolean; built: boolean; job: TakenBy | undefined };

export type FoundationCommand =
  | Message<'DefineFoundation', Foundation>
  | Message<'ChangeFoundation', Partial<Omit<Foundation, 'type'>>>
  | Message<'TakeFoundation', TakenBy>
  | Message<'ReleaseFoundation', { readonly job: number }>
  | Message<'LocateFoundation', object>
  | Message<'FinishFoundation', { readonly job: number }>
  | Message<'DestroyFoundation', { readonly job: number }>
  | LifecycleCommand<'Foundation'>;

export type FoundationEvent =
  | Message<'FoundationDefined', Foundation>
  | Message<'FoundationSiteChosen', { readonly site: string }>
  | Message<'FoundationBluePrintChosen', { readonly blueprint: string }>
  | Message<'FoundationIdentified', { readonly idMap: JsonMap | null }>
  | Message<'FoundationOwnFieldsChanged', { readonly own: JsonMap }>
  | Message<'FoundationTaken', TakenBy>
  | Message<'FoundationReleased', { readonly job: number }>
  | Message<'FoundationLocated', object>
  | Message<'FoundationBuilt', { readonly job: number }>
  | Message<'FoundationDestroyed', { readonly job: number }>
  | LifecycleEvent<'Foundation'>;

const rules = lifecycle('Foundation');
const missing = () => refuse('', 'NOT_FOUND', 'Foundation does not exist');
const foreman = (code: string, text: string) => refuseAs('ForemanException', code, text);
const withoutJob = (state: State, job: number): boolean => state.job === undefined || state.job.job === job;

const set = (data: Partial<State>, state: Lifecycle<State>): Lifecycle<State> =>
  'value' in state ? { ...state, value: { ...state.value, ...data } } : state;
const put = (change: Partial<State>) => (_: object, state: Lifecycle<State>) => set(change, state);

const same = (one: unknown, other: unknown): boolean => writeJson(one) === writeJson(other);

export const foundation: Decider<Lifecycle<State>, FoundationCommand, FoundationEvent> & {
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
    ChangeFoundation: ({ site, blueprint, idMap, own }, state) => {
      if (state.stage !== 'active') return missing();
      const events: FoundationEvent[] = [];
      const { value } = state;
      if (site !== undefined && site !== value.site) events.push({ type: 'FoundationSiteChosen', data: { site } });
      if (blueprint !== undefined && blueprint !== value.blueprint) {
        events.push({ type: 'FoundationBluePrintChosen', data: { blueprint } });
      }
      if (idMap !== undefined && !same(idMap, value.idMap))
        events.push({ type: 'FoundationIdentified', data: { idMap } });
      if (own !== undefined && !same(value.own, { ...value.own, ...own })) {
        events.push({ type: 'FoundationOwnFieldsChanged', data: { own: { ...value.own, ...own } } });
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
    LocateFoundation: (_, state) => {
      if (state.stage !== 'active') return missing();
      if (state.value.located) return [];
      if (state.value.job && state.value.job.script !== 'create') {
        return foreman('JOB_EXISTS', 'a foundation can not be located while a job other than create is at work on it');
      }
      return { type: 'FoundationLocated', data: {} };
    },
    FinishFoundation: ({ job }, state) => {
      if (state.stage !== 'active') return missing();
      if (!withoutJob(state.value, job)) return foreman('JOB_EXISTS', 'target has an existing job');
      if (state.value.built) return [];
      const built: FoundationEvent = { type: 'FoundationBuilt', data: { job } };
      return state.value.located ? built : [{ type: 'FoundationLocated', data: {} }, built];
    },
    DestroyFoundation: ({ job }, state) => {
      if (state.stage !== 'active') return missing();
      if (!withoutJob(state.value, job)) return foreman('JOB_EXISTS', 'target has an existing job');
      return state.value.located || state.value.built ? { type: 'FoundationDestroyed', data: { job } } : [];
    },
    ...rules.decide,
    CloseFoundation: (data, state) =>
      'value' in state && (state.value.built || state.value.job)
        ? refuse(
            '',
            'NOT_DELETABLE',
            `Not Deletable: ${state.value.job ? `job ${state.value.job.job} is at work on it` : 'it is built'}`,
          )
        : rules.decide.CloseFoundation(data, state),
  },
  evolve: {
    FoundationDefined: (data) => ({
      stage: 'active',
      value: { ...data, located: false, built: false, job: undefined },
    }),
    FoundationSiteChosen: set,
    FoundationBluePrintChosen: set,
    FoundationIdentified: set,
    FoundationOwnFieldsChanged: set,
    FoundationTaken: (data, state) => put({ job: data })(data, state),
    FoundationReleased: put({ job: undefined }),
    FoundationLocated: put({ located: true }),
    FoundationBuilt: put({ located: true, built: true }),
    FoundationDestroyed: put({ located: false, built: false, idMap: null }),
    ...rules.evolve,
  },
};
