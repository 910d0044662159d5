import type { Decider, Message } from '#kernel';
import { refuse } from '#kernel';
import type { ReadModel } from '#read-store';
import { change, gone, rule } from '#read-store';

/** What is known of a thing. */
export type Row = Readonly<Record<string, unknown>>;
type Defined = Message<'Defined', Row>;
type Changed = Message<'Changed', Row>;
type Deleted = Message<'Deleted', Row>;
type ThingEvent = Defined | Changed | Deleted;
type ThingCommand = Message<'Define', Row> | Message<'Change', Row> | Message<'Delete', Row>;

/** One kind of thing: a decider and the rows it is read from. */
export interface Kind {
  readonly decider: Decider<{ value?: Row }, ThingCommand, ThingEvent>;
  readonly rows: ReadModel<Row>;
}

const kind = (name: string, key: 'integer' | 'text', indexes: readonly string[]): Kind => ({
  decider: {
    category: name,
    initial: () => ({}),
    decide: {
      Define: (data, { value }) =>
        value ? refuse('name', 'TAKEN', `${name} with this Name already exists.`) : { type: 'Defined', data },
      Change: (data) => ({ type: 'Changed', data }),
      Delete: () => ({ type: 'Deleted', data: {} }),
    },
    evolve: {
      Defined: (data) => ({ value: data }),
      Changed: (data, { value }) => ({ value: { ...value, ...data } }),
      Deleted: () => ({}),
    },
  },
  rows: {
    name,
    key,
    version: 1,
    history: false,
    indexes: Object.fromEntries(indexes.map((index) => [index, (row: Row) => (row[index] as string | null) ?? null])),
    on: {
      Defined: rule((_: Row | undefined, { data, at }: { data: Row; at: string }) => ({
        ...data,
        created: at,
        updated: at,
      })),
      Changed: change((row: Row, { data, at }: { data: Row; at: string }) => ({ ...row, ...data, updated: at })),
      Deleted: gone<Row>(),
    },
  },
});

/** Things of a small world, for the specs of this room. */
export const site = kind('site', 'text', ['parent']);
export const foundation = kind('foundation', 'text', ['type', 'site']);
export const network = kind('network', 'integer', ['site']);
/** Everything there is. */
export const KINDS: readonly Kind[] = [site, foundation, network];
