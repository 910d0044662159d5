import type { Decider, Lifecycle, Message } from '#kernel';
import { lifecycle, refuse } from '#kernel';
import type { ReadModel } from '#read-store';
import { change, gone, rule } from '#read-store';

/** What is known of an object. */
export type Row = Readonly<Record<string, unknown>>;

/** One kind of object: a decider and the rows it is read from. Its events and commands carry its noun. */
export interface Kind {
  readonly decider: Decider<Lifecycle<Row>, Message<string, Row>, Message<string, Row>> & { readonly noun: string };
  readonly rows: ReadModel<Row>;
}

const kind = (noun: string, shape: Pick<ReadModel<Row>, 'key' | 'history'>, indexes: readonly string[]): Kind => {
  const rules = lifecycle(noun) as unknown as Pick<Kind['decider'], 'decide' | 'evolve'>;
  const name = noun.toLowerCase();
  return {
    decider: {
      noun,
      category: name,
      initial: () => ({ stage: 'absent' }),
      decide: {
        [`Define${noun}`]: (data, { stage }) =>
          stage === 'absent' ? { type: `${noun}Defined`, data } : refuse('name', 'TAKEN', `${noun} is there already`),
        [`Change${noun}`]: (data, thing) => {
          if (thing.stage !== 'active') return refuse('', 'NOT_FOUND', `${noun} is not there`);
          const same = Object.entries(data).every(([key, value]) => equal(thing.value[key], value));
          return same ? [] : { type: `${noun}Changed`, data };
        },
        ...rules.decide,
      },
      evolve: {
        [`${noun}Defined`]: (data) => ({ stage: 'active', value: data }),
        [`${noun}Changed`]: (data, thing) =>
          thing.stage === 'active' ? { stage: 'active', value: { ...thing.value, ...data } } : thing,
        ...rules.evolve,
      },
    },
    rows: {
      name: `${name}s`,
      version: 1,
      ...shape,
      indexes: Object.fromEntries(indexes.map((index) => [index, (row: Row) => (row[index] as string | null) ?? null])),
      on: {
        [`${noun}Defined`]: rule<Row, Row>((_, { data, at }) => ({ ...data, created: at, updated: at })),
        [`${noun}Changed`]: change<Row, Row>((row, { data, at }) => ({ ...row, ...data, updated: at })),
        [`${noun}Deleted`]: gone(),
      },
    },
  };
};

const equal = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Objects of a small data centre, for the specs of this module: one kind with a past, one without. */
export const site = kind('Site', { key: 'text', history: true }, ['parent', 'level']);
export const network = kind('Network', { key: 'integer', history: false }, ['site']);
