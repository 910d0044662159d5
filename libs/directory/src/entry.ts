import type { Decider, Message, RestoreCommand, RestoredEvent } from '#kernel';
import { refuse, restoringValue } from '#kernel';

/** The kinds of records entries can be. */
export const ENTRY_TYPES = ['MX', 'SRV', 'CNAME', 'TXT'] as const;
export type EntryType = (typeof ENTRY_TYPES)[number];

/** What kind of record it is, and the numbers that kind has; null: the kind has no such number. */
export interface Service {
  readonly type: EntryType;
  readonly priority: number | null;
  readonly weight: number | null;
  readonly port: number | null;
}

/** A record of a zone beside those of the hosts. */
export interface Entry {
  /** Null: it is in every zone. */
  zone: number | null;
  name: string;
  service: Service;
  /** Written as it is given; without a dot at the end it is within the zone. */
  target: string;
}

type State = Entry | undefined;

export type EntryCommand =
  | Message<'DefineEntry', Readonly<Entry>>
  | Message<'ChangeEntry', Readonly<Entry>>
  | Message<'DeleteEntry', object>
  | RestoreCommand<'Entry', Entry>;

export type EntryEvent =
  | Message<'EntryDefined', Readonly<Entry>>
  | Message<'EntryMoved', { readonly zone: number | null }>
  | Message<'EntryRenamed', { readonly name: string }>
  | Message<'EntryServiceChosen', { readonly service: Service }>
  | Message<'EntryPointed', { readonly target: string }>
  | Message<'EntryDeleted', object>
  | RestoredEvent<'Entry', Entry>;

const restores = restoringValue<Entry>()('Entry');

const set = (data: Partial<Entry>, state: State): State => state && { ...state, ...data };

const same = (one: Service, other: Service): boolean =>
  (Object.keys(one) as (keyof Service)[]).every((name) => one[name] === other[name]);

export const entry: Decider<State, EntryCommand, EntryEvent> = {
  category: 'entry',
  creationCommands: ['DefineEntry'],
  initial: () => undefined,
  decide: {
    DefineEntry: (data, state) =>
      state ? refuse('id', 'TAKEN', 'Entry with this Id already exists.') : { type: 'EntryDefined', data },
    ChangeEntry: ({ zone, name, service, target }, state) => {
      if (!state) return refuse('', 'NOT_FOUND', 'Entry is not there');
      const events: EntryEvent[] = [];
      if (zone !== state.zone) events.push({ type: 'EntryMoved', data: { zone } });
      if (name !== state.name) events.push({ type: 'EntryRenamed', data: { name } });
      if (!same(service, state.service)) events.push({ type: 'EntryServiceChosen', data: { service } });
      if (target !== state.target) events.push({ type: 'EntryPointed', data: { target } });
      return events;
    },
    DeleteEntry: (_, state) => (state ? { type: 'EntryDeleted', data: {} } : []),
    ...restores.decide,
  },
  evolve: {
    EntryDefined: (data) => ({ ...data }),
    EntryMoved: set,
    EntryRenamed: set,
    EntryServiceChosen: set,
    EntryPointed: set,
    EntryDeleted: () => undefined,
    ...restores.evolve,
  },
};
