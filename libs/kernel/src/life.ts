import type { Message } from './decider.ts';
import { refuse } from './refusal.ts';

/**
 * The life of a thing that others refer to: not there yet, open, closed while it is looked whether somebody still uses
 * it, gone for good. Whoever wants to refer to it checks that it is `open`; so closing it first and looking afterwards
 * leaves no gap between the look and the deletion.
 */
export type Life<T> =
  { readonly stage: 'absent' } | { readonly stage: 'open' | 'closed'; readonly is: T } | { readonly stage: 'gone' };

export type LifeCommand<N extends string> =
  Message<`Close${N}`, object> | Message<`Reopen${N}`, object> | Message<`Delete${N}`, object>;

export type LifeEvent<N extends string> =
  Message<`${N}Closed`, object> | Message<`${N}Reopened`, object> | Message<`${N}Deleted`, object>;

type Rules<N extends string> = {
  readonly decide: {
    readonly [T in LifeCommand<N>['type']]: (
      data: object,
      state: Life<unknown>,
    ) => LifeEvent<N>[] | ReturnType<typeof refuse>;
  };
  readonly evolve: { readonly [T in LifeEvent<N>['type']]: <T>(data: object, state: Life<T>) => Life<T> };
};

/** The rules of closing, reopening and deleting a thing called `noun`, to be spread into its decider. */
export function life<N extends string>(noun: N): Rules<N> {
  const event = (what: 'Closed' | 'Reopened' | 'Deleted'): LifeEvent<N>[] => [
    { type: `${noun}${what}`, data: {} } as LifeEvent<N>,
  ];
  const rules = {
    decide: {
      [`Close${noun}`]: (_: object, state: Life<unknown>) =>
        state.stage === 'open'
          ? event('Closed')
          : state.stage === 'closed'
            ? []
            : refuse('', 'NOT_FOUND', `${noun} is not there`),
      [`Reopen${noun}`]: (_: object, state: Life<unknown>) => (state.stage === 'closed' ? event('Reopened') : []),
      [`Delete${noun}`]: (_: object, state: Life<unknown>) =>
        state.stage === 'closed' ? event('Deleted') : refuse('', 'NOT_CLOSED', `${noun} is not closed`),
    },
    evolve: {
      [`${noun}Closed`]: <T>(_: object, state: Life<T>): Life<T> =>
        state.stage === 'open' ? { stage: 'closed', is: state.is } : state,
      [`${noun}Reopened`]: <T>(_: object, state: Life<T>): Life<T> =>
        state.stage === 'closed' ? { stage: 'open', is: state.is } : state,
      [`${noun}Deleted`]: (): Life<never> => ({ stage: 'gone' }),
    },
  };
  return rules as unknown as Rules<N>;
}
