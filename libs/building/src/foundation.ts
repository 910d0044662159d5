import type { Decider, JsonMap, Life, LifeCommand, LifeEvent, Message } from '#kernel';
import { life, refuse, refuseAs } from '#kernel';

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
  | LifeCommand<'Foundation'>;

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
  | LifeEvent<'Foundation'>;

const rules = life('Foundation');
const missing = () => refuse('', 'NOT_FOUND', 'Foundation is not there');
const foreman = (code: string, text: string) => refuseAs('ForemanException', code, text);
const withoutJob = (state: State, job: number): boolean => state.job === undefined || state.job.job === job;

const set = (data: Partial<State>, state: Life<State>): Life<State> =>
  'is' in state ? { ...state, is: { ...state.is, ...data } } : state;
const put = (change: Partial<State>) => (_: object, state: Life<State>) => set(change, state);

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

export const foundation: Decider<Life<State>, FoundationCommand, FoundationEvent> = {
  category: 'foundation',
  begins: ['DefineFoundation'],
  initial: () => ({ stage: 'absent' }),
  decide: {
    DefineFoundation: (data, state) =>
      state.stage === 'open' || state.stage === 'closed'
        ? refuse('locator', 'TAKEN', 'Foundation with this Locator already exists.')
        : { type: 'FoundationDefined', data },
    ChangeFoundation: ({ site, blueprint, idMap, own }, state) => {
      if (state.stage !== 'open') return missing();
      const events: FoundationEvent[] = [];
      const { is } = state;
      if (site !== undefined && site !== is.site) events.push({ type: 'FoundationSiteChosen', data: { site } });
      if (blueprint !== undefined && blueprint !== is.blueprint) {
        events.push({ type: 'FoundationBluePrintChosen', data: { blueprint } });
      }
      if (idMap !== undefined && !same(idMap, is.idMap)) events.push({ type: 'FoundationIdentified', data: { idMap } });
      if (own !== undefined && !same(is.own, { ...is.own, ...own })) {
        events.push({ type: 'FoundationOwnFieldsChanged', data: { own: { ...is.own, ...own } } });
      }
      return events;
    },
    TakeFoundation: ({ job, script }, state) => {
      if (state.stage !== 'open') return missing();
      if (state.is.job) return foreman('JOB_EXISTS', 'target has an existing job');
      if (script === 'create' && state.is.built) return foreman('ALLREADY_BUILT', 'target allready built');
      if (script !== 'create' && !state.is.built) return foreman('NOT_BUILT', 'target not built');
      return { type: 'FoundationTaken', data: { job, script } };
    },
    ReleaseFoundation: ({ job }, state) =>
      'is' in state && state.is.job?.job === job ? { type: 'FoundationReleased', data: { job } } : [],
    LocateFoundation: (_, state) => {
      if (state.stage !== 'open') return missing();
      if (state.is.located) return [];
      if (state.is.job && state.is.job.script !== 'create') {
        return foreman('JOB_EXISTS', 'a foundation can not be located while a job other than create is at work on it');
      }
      return { type: 'FoundationLocated', data: {} };
    },
    FinishFoundation: ({ job }, state) => {
      if (state.stage !== 'open') return missing();
      if (!withoutJob(state.is, job)) return foreman('JOB_EXISTS', 'target has an existing job');
      if (state.is.built) return [];
      const built: FoundationEvent = { type: 'FoundationBuilt', data: { job } };
      return state.is.located ? built : [{ type: 'FoundationLocated', data: {} }, built];
    },
    DestroyFoundation: ({ job }, state) => {
      if (state.stage !== 'open') return missing();
      if (!withoutJob(state.is, job)) return foreman('JOB_EXISTS', 'target has an existing job');
      return state.is.located || state.is.built ? { type: 'FoundationDestroyed', data: { job } } : [];
    },
    ...rules.decide,
    CloseFoundation: (data, state) =>
      'is' in state && (state.is.built || state.is.job)
        ? refuse(
            '',
            'NOT_DELETABLE',
            `Not Deletable: ${state.is.job ? `job ${state.is.job.job} is at work on it` : 'it is built'}`,
          )
        : rules.decide.CloseFoundation(data, state),
  },
  evolve: {
    FoundationDefined: (data) => ({ stage: 'open', is: { ...data, located: false, built: false, job: undefined } }),
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
