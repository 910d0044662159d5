import type { Refusal } from './refusal.ts';

/** A command or an event: its type says which, its data all there is to know. */
export interface Message<T extends string = string, D = unknown> {
  readonly type: T;
  readonly data: D;
}

/** When something was decided, and when it is appended; both ISO 8601. */
export interface DecidedEarlier {
  readonly decided: string;
  readonly appended: string;
}

type DataOf<M extends Message, T extends M['type']> = Extract<M, { type: T }>['data'];

/** What a decision may come to: facts, nothing (it already holds), or a refusal. */
export type Decision<E> = E | readonly E[] | Refusal;

/**
 * One kind of stream. `decide` and `evolve` are pure: time, ids and randomness arrive with the command. `evolve` owns
 * the state it is given and may change it in place, unless it says that it does not.
 */
export interface Decider<S, C extends Message, E extends Message> {
  /** Category of its streams; no dash. */
  readonly category: string;
  /**
   * Version of the shape of its state, for kinds of streams that grow long: their states are kept from time to time, so
   * that they need not be folded from the beginning. To be raised whenever the shape or the meaning of the state changes.
   */
  readonly snapshotVersion?: number;
  /**
   * The commands a stream begins with. They are first decided as if there were no stream yet, without looking; where there
   * is one, the append finds out, and the work is done again with a look.
   */
  readonly creationCommands?: readonly C['type'][];
  /** `evolve` leaves the state it is given as it is and gives another one, so that none need be copied for it. */
  readonly copies?: true;
  /**
   * The data of those of its events that hold a moment which counts from when they are appended, for an append that comes
   * later than the decision; pure, as `decide`.
   */
  readonly redate?: {
    readonly [T in E['type']]?: (data: DataOf<E, T>, times: DecidedEarlier) => DataOf<E, T>;
  };
  /** Never set: carries the types of its messages. */
  readonly messages?: { readonly command: C; readonly event: E };
  readonly initial: () => S;
  readonly decide: { readonly [T in C['type']]: (data: DataOf<C, T>, state: Readonly<S>) => Decision<E> };
  readonly evolve: { readonly [T in E['type']]: (data: DataOf<E, T>, state: S) => S };
}

/** A decider whose types are not known where it stands (lists of deciders). */
export interface AnyDecider {
  readonly category: string;
  readonly decide: Readonly<Record<string, unknown>>;
  readonly evolve: Readonly<Record<string, unknown>>;
}

/** The events of a decider. */
export type EventOf<D extends { readonly messages?: { readonly event: Message } }> = NonNullable<
  D['messages']
>['event'];

/** The commands of a decider. */
export type CommandOf<D extends { readonly messages?: { readonly command: Message } }> = NonNullable<
  D['messages']
>['command'];

/** Applies one event to a state; an event the decider does not know leaves it alone. */
export function evolve<S, C extends Message, E extends Message>(
  decider: Decider<S, C, E>,
  state: S,
  event: Message,
): S {
  const rule = (decider.evolve as Readonly<Record<string, ((data: unknown, state: S) => S) | undefined>>)[event.type];
  return rule ? rule(event.data, state) : state;
}

/** An event as it is appended later than it was decided; the same, unless its decider says otherwise. */
export function redate<S, C extends Message, E extends Message>(
  decider: Decider<S, C, E>,
  { type, data }: Message,
  times: DecidedEarlier,
): Message {
  type Rule = (data: unknown, times: DecidedEarlier) => unknown;
  const rule = (decider.redate as Readonly<Record<string, Rule | undefined>> | undefined)?.[type];
  return { type, data: rule ? rule(data, times) : data };
}
