import type { Position } from '#event-store';
import type { Caller } from '#kernel';
import type { Filter, Values } from './model.ts';

/** What a call came to. */
export interface Answer<T> {
  readonly value: T;
  /** Where the change stands in the log; undefined where there was nothing to change. */
  readonly position: Position | undefined;
  /** Set where the change is made but the read models do not show it yet: the position to wait for. */
  readonly pending: Position | undefined;
}

/** One request, as a protocol of the API passes it on. */
export interface Request {
  readonly caller: Caller;
  /** Id of the request, also the correlation id of what it causes. */
  readonly id: string;
  /** Set where the same request may come again: a mark of what is asked for. It is carried out once. */
  readonly idempotencyKey?: string;
  readonly reason?: string;
  /** Change or delete objects only where they are as they were since one of these positions. */
  readonly unchangedSince?: readonly Position[];
}

/** A change of objects. */
export interface Change {
  /** What is to change: the new values, or how to get them from the object as it is. */
  readonly values: Values | ((object: Values) => Values);
  /** Fields that cannot be changed any more and were sent along as they should be. */
  readonly repeated?: Values;
}

/** Which objects a list shows. */
export interface Listing {
  readonly filter?: { readonly use: Filter; readonly parameters: Values };
  readonly skip: number;
  readonly count: number;
}
