import type { Message } from './decider.ts';
import { writeJson } from './integral-float.ts';
import type { Lifecycle } from './lifecycle.ts';
import { refuse } from './refusal.ts';

/** What something is put back to when a request is undone. */
export interface Restored<T> {
  /** What it was before; null: it did not exist. */
  readonly value: T | null;
  /** What its row showed besides, as it was before: when it was made, who wrote which of its values. */
  readonly shown: Readonly<Record<string, unknown>>;
}

/** Puts something called `N` with the fields `T` back to what it was. */
export type RestoreCommand<N extends string, T> = Message<`Restore${N}`, Restored<T>>;
export type RestoredEvent<N extends string, T> = Message<`${N}Restored`, Restored<T>>;

/** How a value is written in events that restore it, and read from them, where it is not JSON. */
interface Writing<T, P> {
  /** As people call it; the noun unless said otherwise. */
  readonly title?: string;
  readonly plain?: (value: T) => P;
  readonly read?: (plain: P) => T;
}

interface Rules<N extends string, T, S> {
  readonly decide: {
    readonly [C in `Restore${N}`]: (
      data: Restored<T>,
      state: Readonly<S>,
    ) => RestoredEvent<N, T>[] | ReturnType<typeof refuse>;
  };
  readonly evolve: { readonly [E in `${N}Restored`]: (data: Restored<T>, state: S) => S };
}

/** Whether two values are written the same. */
const isSame = (one: unknown, other: unknown): boolean => writeJson(one ?? null) === writeJson(other ?? null);

/**
 * The rules of putting back a thing called `noun` that has a lifecycle, to be spread into its decider. What is so already
 * yields no event; what is being deleted is not put back to anything but what did not exist. */
export function restoring<T extends object, P extends object = T>() {
  return <const N extends string>(noun: N, writing: Writing<T, P> = {}): Rules<N, P, Lifecycle<T>> => {
    const {
      title = noun,
      plain = (value) => value as object as P,
      read = (value) => ({ ...value }) as object as T,
    } = writing;
    const rules = {
      decide: {
        [`Restore${noun}`]: (data: Restored<P>, state: Lifecycle<T>) => {
          const { value } = data;
          if (state.stage === 'deleting' && value !== null) {
            return refuse('', 'BEING_DELETED', `${title} is being deleted`);
          }
          return isSame(value, 'value' in state ? plain(state.value) : null) ? [] : [{ type: `${noun}Restored`, data }];
        },
      },
      evolve: {
        [`${noun}Restored`]: ({ value }: Restored<P>): Lifecycle<T> =>
          value === null ? { stage: 'deleted' } : { stage: 'active', value: read(value) },
      },
    };
    return rules as unknown as Rules<N, P, Lifecycle<T>>;
  };
}

/** The same rules for a thing that is either there, with these fields, or not. */
export function restoringValue<T extends object>() {
  return <const N extends string>(noun: N): Rules<N, T, T | undefined> => {
    const rules = {
      decide: {
        [`Restore${noun}`]: (data: Restored<T>, state: T | undefined) =>
          isSame(data.value, state) ? [] : [{ type: `${noun}Restored`, data }],
      },
      evolve: { [`${noun}Restored`]: ({ value }: Restored<T>): T | undefined => value ?? undefined },
    };
    return rules as unknown as Rules<N, T, T | undefined>;
  };
}
