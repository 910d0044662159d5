import type { Decider, Life, LifeCommand, LifeEvent, Message } from '#kernel';
import { life, refuse } from '#kernel';

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
  Message<'DefineZone', Readonly<Zone>> | Message<'ChangeZone', Partial<Readonly<Zone>>> | LifeCommand<'Zone'>;

export type ZoneEvent =
  | Message<'ZoneDefined', Readonly<Zone>>
  | Message<'ZoneRenamed', { readonly name: string }>
  | Message<'ZoneMoved', { readonly parent: number | null }>
  | Message<'ZoneTimed', { readonly timers: Timers }>
  | LifeEvent<'Zone'>;

const rules = life('Zone');

const set = (data: Partial<Zone>, state: Life<Zone>): Life<Zone> =>
  state.stage === 'open' ? { ...state, is: { ...state.is, ...data } } : state;

const same = (one: Timers, other: Timers): boolean =>
  (Object.keys(one) as (keyof Timers)[]).every((name) => one[name] === other[name]);

export const zone: Decider<Life<Zone>, ZoneCommand, ZoneEvent> = {
  category: 'zone',
  begins: ['DefineZone'],
  initial: () => ({ stage: 'absent' }),
  decide: {
    DefineZone: (data, state) =>
      state.stage === 'absent'
        ? { type: 'ZoneDefined', data }
        : refuse('id', 'TAKEN', 'Zone with this Id already exists.'),
    ChangeZone: ({ name, parent, timers }, state) => {
      if (state.stage !== 'open') return refuse('', 'NOT_FOUND', 'Zone is not there');
      const events: ZoneEvent[] = [];
      const { is } = state;
      if (name !== undefined && name !== is.name) events.push({ type: 'ZoneRenamed', data: { name } });
      if (parent !== undefined && parent !== is.parent) events.push({ type: 'ZoneMoved', data: { parent } });
      if (timers !== undefined && !same(timers, is.timers)) events.push({ type: 'ZoneTimed', data: { timers } });
      return events;
    },
    ...rules.decide,
  },
  evolve: {
    ZoneDefined: (data) => ({ stage: 'open', is: { ...data } }),
    ZoneRenamed: set,
    ZoneMoved: set,
    ZoneTimed: set,
    ...rules.evolve,
  },
};
