import type { Recorded } from '#event-store';

export type { Recorded } from '#event-store';

/** Id of a row: a name or a number, as its model declares. */
export type Key = string | number;

/** How one type of event changes rows: which ones, and what becomes of each. */
export interface Rule<Row> {
  /** The rows it concerns; by default the one named like the event's stream. */
  readonly keys?: (event: Recorded<never>) => Key | readonly Key[];
  /** Whether there is never a row before the event, so that none has to be looked for. */
  readonly begins?: true;
  /** The row after the event; undefined: there is none. */
  fold(row: Row | undefined, event: Recorded<never>): Row | undefined;
}

/** The value of an index for a row. A method type, so that models of different rows fit in one list. */
type Index<Row> = { of(row: Row): string | number | null }['of'];
/** The tags of a row. */
type Tags<Row> = { of(row: Row): readonly string[] }['of'];

/** Where it is found which keys there were as of the past. */
export interface PastKeys {
  /** Rows with the same keys. */
  readonly rows: ReadModel;
  /** What rows are like whose keys were there. */
  readonly where: Readonly<Record<string, string | number | null>>;
  /** Indexes that mean the same, by their names: `{ site: 'site' }`. */
  readonly same: Readonly<Record<string, string>>;
}

/**
 * A read model: a pure fold by key. Rows are disposable, rebuilt from the log, and know no migrations: when the fold or
 * the shape changes, `version` grows and the rows are made anew.
 */
export interface ReadModel<Row extends object = object> {
  /** Name of its table in the schema `read`. */
  readonly name: string;
  readonly version: number;
  /** Whether keys are whole numbers (and sort as such) or text (sorted by code point). */
  readonly key: 'integer' | 'text';
  /** Whether rows are kept as of every position; not for things that change all the time. */
  readonly history: boolean;
  /**
   * For models without history: the name of the stream of whose events alone the row of a key is made. The row as of the
   * past is then folded from it each time.
   */
  readonly stream?: (key: Key) => string;
  /** For models with a `stream`: in which rows, that are kept as of the past, it is found which keys there were. */
  readonly past?: PastKeys;
  /** What rows can be found by, besides their key. */
  readonly indexes: Readonly<Record<string, Index<Row>>>;
  /** What rows can be found by that have several values of it, such as labels; no name is also that of an index. */
  readonly tags?: Readonly<Record<string, Tags<Row>>>;
  readonly on: Readonly<Record<string, Rule<Row>>>;
}

/** Declares a rule with the shape of its event's data. */
export const rule = <Row, D>(
  fold: (row: Row | undefined, event: Recorded<D>) => Row | undefined,
  keys?: (event: Recorded<D>) => Key | readonly Key[],
): Rule<Row> => (keys ? { fold, keys } : { fold });

/** A rule for events before which there is never a row of these keys. */
export const begin = <Row, D>(
  fold: (event: Recorded<D>) => Row,
  keys: (event: Recorded<D>) => Key | readonly Key[],
): Rule<Row> => ({ begins: true, keys, fold: (_: Row | undefined, event: Recorded<never>) => fold(event) });

/** A rule for events that only change rows that are there. */
export const change = <Row, D>(
  fold: (row: Row, event: Recorded<D>) => Row,
  keys?: (event: Recorded<D>) => Key | readonly Key[],
): Rule<Row> =>
  rule((row: Row | undefined, event: Recorded<D>) => (row === undefined ? undefined : fold(row, event)), keys);

/** A rule for events after which there is no row. */
export const gone = <Row, D = unknown>(keys?: (event: Recorded<D>) => Key | readonly Key[]): Rule<Row> =>
  rule<Row, D>(() => undefined, keys);

/** The rows of a model an event concerns. */
export function keysOf<Row extends object>(model: ReadModel<Row>, event: Recorded): readonly Key[] {
  const found = model.on[event.type];
  if (!found) return [];
  const keys = found.keys ? found.keys(event as Recorded<never>) : event.id;
  return keysFor(model, Array.isArray(keys) ? (keys as readonly Key[]) : [keys as Key]);
}

/** Keys as a model spells them; what cannot be one of its keys is left out. */
export const keysFor = <Row extends object>({ key }: Pick<ReadModel<Row>, 'key'>, keys: readonly Key[]): Key[] =>
  key === 'integer' ? keys.map(Number).filter(Number.isSafeInteger) : keys.map(String);
