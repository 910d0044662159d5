import type { Message } from '#kernel';
import { streamName } from '#kernel';
import type { Key, ReadModel, Recorded } from '../src/read-model.ts';
import { change, gone, rule } from '../src/read-model.ts';

/** Read models and events for the specs of this module: shelves, and how many things lie on each. */
export interface Shelf {
  readonly count: number;
}

interface Count {
  readonly n: number;
}

const added = (row: Shelf, { data }: Recorded<Count>): Shelf => ({ count: row.count + data.n });

/** Shelves by name, as they were at any time. */
export const shelves: ReadModel<Shelf> = {
  name: 'shelves',
  version: 1,
  key: 'text',
  history: true,
  indexes: { count: ({ count }) => count, kind: ({ count }) => (count === 0 ? null : count % 2 ? 'odd' : 'even') },
  on: {
    Put: rule<Shelf, Count>((_, { data }) => ({ count: data.n })),
    Added: change(added),
    AddedToAll: change(added, ({ data }: Recorded<Count & { readonly all: readonly Key[] }>) => data.all),
    Touched: change<Shelf, unknown>((row) => row),
    Spoilt: change<Shelf, unknown>(() => {
      throw new Error('spoilt');
    }),
    Taken: gone(),
  },
};

/** The same, of which only the present is kept. */
export const ticker: ReadModel<Shelf> = { ...shelves, name: 'ticker', history: false };

/** Shelves with numbers. */
export const numbered: ReadModel<Shelf> = { ...shelves, name: 'numbered', key: 'integer' };

/** Shelves that can be found by every small number their count can be divided by. */
export const divisible: ReadModel<Shelf> = {
  ...shelves,
  name: 'divisible',
  tags: { by: ({ count }) => [2, 3, 5].filter((n) => count > 0 && count % n === 0).map((n) => `by ${n}`) },
};

/** What can happen to shelves. */
export const happenings = {
  put: (n: number): Message => ({ type: 'Put', data: { n } }),
  add: (n: number): Message => ({ type: 'Added', data: { n } }),
  addToAll: (n: number, ...all: readonly Key[]): Message => ({ type: 'AddedToAll', data: { n, all } }),
  touch: (): Message => ({ type: 'Touched', data: {} }),
  spoil: (): Message => ({ type: 'Spoilt', data: {} }),
  take: (): Message => ({ type: 'Taken', data: {} }),
};

/** An event as folds see it. */
export const happened = (position: number, id: Key, { type, data }: Message): Recorded => ({
  type,
  data,
  id: String(id),
  stream: streamName('shelf', id),
  revision: 0,
  position: BigInt(position),
  at: '2026-01-01T00:00:00.000000+00:00',
  actor: 'me',
});
