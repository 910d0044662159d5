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

const kind = (noun: string, key: 'integer' | 'text', indexes: readonly string[]): Kind => {
  const name = noun.toLowerCase();
  const rules = lifecycle(noun, name) as unknown as Pick<Kind['decider'], 'decide' | 'evolve'>;
  return {
    decider: {
      noun,
      category: name,
      initial: () => ({ stage: 'absent' }),
      decide: {
        [`Define${noun}`]: (data, { stage }) =>
          stage === 'active' || stage === 'deleting'
            ? refuse('name', 'TAKEN', `${name} with this Name already exists.`)
            : { type: `${noun}Defined`, data },
        // Every change is one, also of nothing.
        [`Change${noun}`]: (data) => ({ type: `${noun}Changed`, data }),
        ...rules.decide,
      },
      evolve: {
        [`${noun}Defined`]: (data) => ({ stage: 'active', value: data }),
        [`${noun}Changed`]: (data, state) =>
          state.stage === 'active' ? { stage: 'active', value: { ...state.value, ...data } } : state,
        ...rules.evolve,
      },
    },
    rows: {
      name,
      key,
      version: 1,
      history: false,
      indexes: Object.fromEntries(indexes.map((index) => [index, (row: Row) => (row[index] as string | null) ?? null])),
      on: {
        [`${noun}Defined`]: rule<Row, Row>((_, { data, at }) => ({ ...data, created: at, updated: at })),
        [`${noun}Changed`]: change<Row, Row>((row, { data, at }) => ({ ...row, ...data, updated: at })),
        [`${noun}Deleted`]: gone<Row>(),
      },
    },
  };
};

/** Objects of a small data centre, for the specs of this module. */
export const site = kind('Site', 'text', ['parent']);
export const foundation = kind('Foundation', 'text', ['type', 'site']);
export const network = kind('Network', 'integer', ['site']);
/** All kinds there are. */
export const KINDS: readonly Kind[] = [site, foundation, network];
