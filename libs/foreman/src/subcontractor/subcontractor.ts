import { isDeepStrictEqual } from 'node:util';
import type { Decider, Message } from '#kernel';

/** How tasks reach a subcontractor: over the wire, or when it polls over HTTP. */
export type Transport = 'wire' | 'poll';

/** The modules a subcontractor serves, with how many tasks of each at a time; null where it does not say. */
export type ServedModules = Readonly<Record<string, number | null>>;

/** A subcontractor as it shows itself. */
export interface ShownSubcontractor {
  /** Null: it serves every site. */
  readonly site: string | null;
  readonly agent: string;
  readonly transport: Transport;
  readonly modules: ServedModules;
}

/** When nothing was heard of it any more, ISO 8601. */
interface LastSeen {
  readonly lastSeen: string;
}

type Command =
  | Message<'ShowSubcontractor', ShownSubcontractor>
  | Message<'LoseSubcontractor', LastSeen>
  | Message<'ForgetSubcontractor', Readonly<Record<string, never>>>;

type Event =
  | Message<'SubcontractorAppeared', ShownSubcontractor>
  | Message<'SubcontractorModulesChanged', Pick<ShownSubcontractor, 'transport' | 'modules'>>
  | Message<'SubcontractorGone', LastSeen>
  | Message<'SubcontractorForgotten', Readonly<Record<string, never>>>;

/** What is known of one: whether it is there, and with what; undefined: nothing, or not any more. */
type State = { readonly present: boolean; readonly shown: ShownSubcontractor } | undefined;

/** A subcontractor at a site: that it is there, what it serves, and that it is gone. Only changes are events. */
export const subcontractor: Decider<State, Command, Event> = {
  category: 'subcontractor',
  initial: () => undefined,
  decide: {
    ShowSubcontractor: (data, state) => {
      if (!state?.present) return { type: 'SubcontractorAppeared', data };
      const { transport, modules } = data;
      const same = state.shown.transport === transport && isDeepStrictEqual(state.shown.modules, modules);
      return same ? [] : { type: 'SubcontractorModulesChanged', data: { transport, modules } };
    },
    LoseSubcontractor: (data, state) => (state?.present ? { type: 'SubcontractorGone', data } : []),
    ForgetSubcontractor: (data, state) => (state && !state.present ? { type: 'SubcontractorForgotten', data } : []),
  },
  evolve: {
    SubcontractorAppeared: (shown) => ({ present: true, shown }),
    SubcontractorModulesChanged: (data, state) => state && { ...state, shown: { ...state.shown, ...data } },
    SubcontractorGone: (_, state) => state && { ...state, present: false },
    SubcontractorForgotten: () => undefined,
  },
};

/** What stands for every site in the id of a subcontractor, and where subcontractors are found by site. */
export const ALL_SITES = '*';

/** The id of a subcontractor: `site1.agent1`, with `~` and two digits for what ids cannot hold. */
export const subcontractorId = (site: string | null, agent: string): string =>
  `${escaped(site ?? ALL_SITES)}.${escaped(agent)}`;

const escaped = (name: string): string => (/^[A-Za-z0-9_-]*$/.test(name) ? name : escapedBytes(name));

const escapedBytes = (name: string): string =>
  [...new TextEncoder().encode(name)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9_-]/.test(char) ? char : `~${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
