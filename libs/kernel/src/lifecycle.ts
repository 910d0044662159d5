import type { Message } from './decider.ts';
import { refuse } from './refusal.ts';

/**
 * The lifecycle of something others refer to: absent, active, deleting (it is being looked whether somebody still uses
 * it), deleted. Whoever wants to refer to it checks that it is active; so marking it first and looking afterwards leaves
 * no gap between the look and the deletion.
 */
export type Lifecycle<T> =
  | { readonly stage: 'absent' }
  | { readonly stage: 'active' | 'deleting'; readonly value: T }
  | { readonly stage: 'deleted' };

/** How it comes that something is closed: it is deleted, or what made it is undone. */
export interface Closing {
  readonly undone?: true;
}

export type LifecycleCommand<N extends string> =
  Message<`Close${N}`, Closing> | Message<`Reopen${N}`, object> | Message<`Delete${N}`, object>;

export type LifecycleEvent<N extends string> =
  Message<`${N}Closed`, object> | Message<`${N}Reopened`, object> | Message<`${N}Deleted`, object>;

type Rules<N extends string> = {
  readonly decide: {
    readonly [T in LifecycleCommand<N>['type']]: (
      data: object,
      state: Lifecycle<unknown>,
    ) => LifecycleEvent<N>[] | ReturnType<typeof refuse>;
  };
  readonly evolve: {
    readonly [T in LifecycleEvent<N>['type']]: <T>(data: object, state: Lifecycle<T>) => Lifecycle<T>;
  };
};

/** The rules of closing, reopening and deleting a thing called `noun`, to be spread into its decider. `title` is for people. */
export function lifecycle<N extends string>(noun: N, title: string = noun): Rules<N> {
  const event = (what: 'Closed' | 'Reopened' | 'Deleted'): LifecycleEvent<N>[] => [
    { type: `${noun}${what}`, data: {} } as LifecycleEvent<N>,
  ];
  const rules = {
    decide: {
      [`Close${noun}`]: (_: object, state: Lifecycle<unknown>) =>
        state.stage === 'active'
          ? event('Closed')
          : state.stage === 'deleting'
            ? []
            : refuse('', 'NOT_FOUND', `${title} does not exist`),
      [`Reopen${noun}`]: (_: object, state: Lifecycle<unknown>) =>
        state.stage === 'deleting' ? event('Reopened') : [],
      [`Delete${noun}`]: (_: object, state: Lifecycle<unknown>) =>
        state.stage === 'deleting' ? event('Deleted') : refuse('', 'NOT_CLOSED', `${title} is not being deleted`),
    },
    evolve: {
      [`${noun}Closed`]: <T>(_: object, state: Lifecycle<T>): Lifecycle<T> =>
        state.stage === 'active' ? { stage: 'deleting', value: state.value } : state,
      [`${noun}Reopened`]: <T>(_: object, state: Lifecycle<T>): Lifecycle<T> =>
        state.stage === 'deleting' ? { stage: 'active', value: state.value } : state,
      [`${noun}Deleted`]: (): Lifecycle<never> => ({ stage: 'deleted' }),
    },
  };
  return rules as unknown as Rules<N>;
}
