import type { Lifecycle } from '#kernel';
import type { ReadModel, Recorded, Rule } from './read-model.ts';
import { change, gone, rule } from './read-model.ts';
import { restoredRow } from './restored-row.ts';

/** A plain noun as it is shown: its fields, and when it was made and last changed (ISO 8601 with microseconds). */
export type EntityRow<T> = Readonly<T> & { readonly created: string; readonly updated: string };

/** What the rows of a plain noun need to know of its decider. */
interface EntityEvents<T> {
  readonly noun: string;
  readonly defined: string;
  readonly changes: readonly string[];
  /** Whether it can be put back to what it was; it can unless this is false. */
  readonly restored?: boolean;
  readonly initial: () => Lifecycle<T>;
}

type Options<Row extends object> = Pick<ReadModel<Row>, 'name' | 'version' | 'key'> & {
  readonly indexes?: ReadModel<Row>['indexes'];
  readonly tags?: ReadModel<Row>['tags'];
  /** Rules for some of its events other than taking over their data. */
  readonly on?: Readonly<Record<string, Rule<Row>>>;
};

/** The read model of a plain noun: its rows hold its fields, and every version of them is kept. */
export function entityRows<T extends object, Row extends EntityRow<T> = EntityRow<T>>(
  { noun, defined, changes, restored = true }: EntityEvents<T>,
  { indexes = {}, on = {}, ...declared }: Options<Row>,
): ReadModel<Row> {
  const changed = change<Row, Partial<T>>((row, { data, at }: Recorded<Partial<T>>) => ({
    ...row,
    ...data,
    updated: at,
  }));
  return {
    ...declared,
    history: true,
    indexes,
    on: {
      [defined]: rule<Row, T>((_, { data, at }) => ({ ...data, created: at, updated: at }) as unknown as Row),
      ...Object.fromEntries(changes.map((type) => [type, changed])),
      [`${noun}Deleted`]: gone<Row>(),
      ...(restored ? { [`${noun}Restored`]: restoredRow<Row>() } : {}),
      ...on,
    },
  };
}
