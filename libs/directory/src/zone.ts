import type { Decider, Lifecycle, LifecycleCommand, LifecycleEvent, Message } from '#kernel';
import { lifecycle, refuse } from '#kernel';

/** How long name servers keep what they know of a zone, and how often they ask for it, in seconds. */
export interface Timers {
  readonly ttl: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  readonly minimum: number;
}

/** A DNS zone. Zones nest: the domain of a zone is its name before that of the zone around it. */
export interface Zone {
  name: string;
  /** The zone around it. */
  parent: number | null;
  timers: Timers;
}

export type ZoneCommand =
  Message<'DefineZone', Readonly<Zone>> | Message<'ChangeZone', Partial<Readonly<Zone>>> | LifecycleCommand<'Zone'>;

export type ZoneEvent =
  | Message<'ZoneDefined', Readonly<Zone>>
  | Message<'ZoneRenamed', { readonly name: string }>
  | Message<'ZoneMoved', { readonly parent: number | null }>
  | Message<'ZoneTimed', { readonly timers: Timers }>
  | LifecycleEvent<'Zone'>;

const rules = lifecycle('Zone');

const set = (data: Partial<Zone>, state: Lifecycle<Zone>): Lifecycle<Zone> =>
  state.stage === 'active' ? { ...state, value: { ...state.value, ...data } } : state;

const same = (one: Timers, other: Timers): boolean =>
  (Object.keys(one) as (keyof Timers)[]).every((name) => one[name] === other[name]);

export const zone: Decider<Lifecycle<Zone>, ZoneCommand, ZoneEvent> = {
  category: 'zone',
  creationCommands: ['DefineZone'],
  initial: () => ({ stage: 'absent' }),
  decide: {
    DefineZone: (data, state) =>
      state.stage === 'absent'
        ? { type: 'ZoneDefined', data }
        : refuse('id', 'TAKEN', 'Zone with this Id already exists.'),
    ChangeZone: ({ name, parent, timers }, state) => {
      if (state.stage !== 'active') return refuse('', 'NOT_FOUND', 'Zone is not there');
      const events: ZoneEvent[] = [];
      const { value } = state;
      if (name !== undefined && name !== value.name) events.push({ type: 'ZoneRenamed', data: { name } });
      if (parent !== undefined && parent !== value.parent) events.push({ type: 'ZoneMoved', data: { parent } });
      if (timers !== undefined && !same(timers, value.timers)) events.push({ type: 'ZoneTimed', data: { timers } });
      return events;
    },
    ...rules.decide,
  },
  evolve: {
    ZoneDefined: (data) => ({ stage: 'active', value: { ...data } }),
    ZoneRenamed: set,
    ZoneMoved: set,
    ZoneTimed: set,
    ...rules.evolve,
  },
};
