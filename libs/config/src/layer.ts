import type { Json } from '#kernel';

/** Values by key, in the order they were written in. */
export type Pairs = readonly (readonly [key: string, value: Json])[];

/** The event something was written with: where it stands in the log, who wrote it, and when. */
export interface Origin {
  readonly position: string;
  readonly actor: string;
  readonly at: string;
}

/** Where values come from: `{ kind: 'Site', id: 'site1' }`. */
export interface Source extends Partial<Origin> {
  readonly kind: string;
  readonly id: string | number;
}

/** What one object adds to a configuration. */
export interface Layer {
  readonly source: Source;
  /** Configuration values, applied by their operators. */
  readonly values?: Pairs;
  /** What is known of the object itself (`_site`); it stands as it is. */
  readonly attributes?: Pairs;
  /** The events that the values were written with, by key, where that is known better than for the whole source. */
  readonly origins?: Readonly<Record<string, Origin>>;
  /** Names of secrets beside those that plainly are. */
  readonly secretNames?: readonly string[];
}

/** What is wrong with a value; the rest of the configuration stands. */
export interface ConfigFault {
  /** The key, with the path to the text where it lies deeper (`hosts.0.name`). */
  readonly key: string;
  /** The name of the kind of fault, for programs. */
  readonly error: string;
  readonly message: string;
}
