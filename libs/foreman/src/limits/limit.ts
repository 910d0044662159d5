import type { Decider, Message, RestoreCommand, RestoredEvent } from '#kernel';
import { refuse, restoringValue } from '#kernel';

/**
 * How many jobs may have begun at a time at a site and the sites within it, or on what a complex carries; or how many tasks
 * of a module may be at agents at a time, at one site or over all. `site`, `complex` or `module` says what it is a limit
 * of; `module` may go with `site`.
 */
export interface Limit {
  readonly site: string | null;
  readonly complex: string | null;
  readonly module: string | null;
  readonly maxJobs: number;
}

/** A job, or a task of one, begins under a limit; numbered from 1. */
export interface Admission {
  readonly job: number;
  readonly number: number;
}

interface LimitState {
  readonly limit: Limit | undefined;
  /** How many have begun under it so far: whoever begins writes it, so two never count on the same free place. */
  readonly admitted: number;
}

type LimitCommand =
  | Message<'SetLimit', Limit>
  | Message<'RemoveLimit', object>
  | Message<'AdmitJob', { readonly job: number }>
  | RestoreCommand<'Limit', Limit>;

export type LimitEvent =
  | Message<'LimitSet', Limit>
  | Message<'LimitRemoved', object>
  | Message<'LimitAdmitted', Admission>
  | RestoredEvent<'Limit', Limit>;

const restores = restoringValue<Limit>()('Limit');

const notFound = () => refuse('', 'NOT_FOUND', 'Limit does not exist');

export const limit: Decider<LimitState, LimitCommand, LimitEvent> = {
  category: 'limit',
  copies: true,
  snapshotVersion: 1,
  initial: () => ({ limit: undefined, admitted: 0 }),
  decide: {
    SetLimit: (data, state) => (state.limit?.maxJobs === data.maxJobs ? [] : { type: 'LimitSet', data }),
    RemoveLimit: (data, state) => (state.limit ? { type: 'LimitRemoved', data } : notFound()),
    AdmitJob: ({ job }, state) =>
      state.limit ? { type: 'LimitAdmitted', data: { job, number: state.admitted + 1 } } : notFound(),
    RestoreLimit: (data, state) => restores.decide.RestoreLimit(data, state.limit),
  },
  evolve: {
    LimitSet: (data, state) => ({ ...state, limit: data }),
    LimitRemoved: (_, state) => ({ ...state, limit: undefined }),
    LimitAdmitted: ({ number }, state) => ({ ...state, admitted: number }),
    LimitRestored: (data, state) => ({ ...state, limit: restores.evolve.LimitRestored(data, state.limit) }),
  },
};

/** Id of the limit of a site, a complex, or a module (at a site). */
export const limitIds = {
  site: (name: string): string => `site:${name}`,
  complex: (name: string): string => `complex:${name}`,
  module: (name: string, site?: string): string => `module:${name}${site === undefined ? '' : `@${site}`}`,
};

/** Id of a limit, by what it is a limit of. */
export function limitId({ site, complex, module }: Pick<Limit, 'site' | 'complex' | 'module'>): string {
  if (module !== null) return limitIds.module(module, site ?? undefined);
  return site === null ? limitIds.complex(complex ?? '') : limitIds.site(site);
}

/** What a limit is of, as conditions name it: `site lab`, `module ssh at site lab`. */
export function limitSubject({ site, complex, module }: Limit): string {
  if (module !== null) return `module ${module}${site === null ? '' : ` at site ${site}`}`;
  return site === null ? `complex ${complex}` : `site ${site}`;
}
