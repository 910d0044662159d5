import { describe, expect, it } from '@jest/globals';
import type { Decider, Message } from '#kernel';
import { refuse } from '#kernel';
import { given, stateAfter } from './given.ts';

type Command = Message<'Fill', { readonly cups: number }> | Message<'Tamper', object>;
type Event = Message<'Filled', { readonly cups: number; readonly note?: string }>;

const pot: Decider<{ cups: number }, Command, Event> = {
  category: 'pot',
  initial: () => ({ cups: 0 }),
  decide: {
    Fill: ({ cups }, state) => {
      if (cups + state.cups > 8) return refuse('cups', 'TOO_MANY', 'it would run over');
      return cups === 0 ? [] : { type: 'Filled', data: { cups } };
    },
    Tamper: (_, state) => {
      (state as { cups: number }).cups = 99;
      return [];
    },
  },
  evolve: { Filled: ({ cups }, state) => ({ cups: state.cups + cups }) },
};

const filled = (cups: number): Event => ({ type: 'Filled', data: { cups } });
const fill = (cups: number): Command => ({ type: 'Fill', data: { cups } });

describe('a sentence about a decider', () => {
  it('holds where it is true', () => {
    given(pot).when(fill(3)).yields(filled(3));
    given(pot, filled(8)).when(fill(0)).yieldsNothing();
    given(pot, filled(6)).when(fill(3)).refuses('cups', 'TOO_MANY');
  });

  it.each([
    ['another event', () => given(pot).when(fill(3)).yields(filled(4))],
    ['no event, where there is one', () => given(pot).when(fill(3)).yieldsNothing()],
    ['an event, where there is none', () => given(pot).when(fill(0)).yields(filled(0))],
    ['an event, where it refuses', () => given(pot).when(fill(9)).yields(filled(9))],
    ['nothing, where it refuses', () => given(pot).when(fill(9)).yieldsNothing()],
    ['a refusal, where it grants', () => given(pot).when(fill(3)).refuses('cups', 'TOO_MANY')],
    ['another field', () => given(pot).when(fill(9)).refuses('pot', 'TOO_MANY')],
    ['another code', () => given(pot).when(fill(9)).refuses('cups', 'NO_COFFEE')],
    ['a decision that changes the state', () => given(pot).when({ type: 'Tamper', data: {} }).yieldsNothing()],
    ['a command nobody knows', () => given(pot).when({ type: 'Drink' } as never)],
  ])('fails where it names %s', (_, sentence) => {
    expect(sentence).toThrow();
  });

  it('takes what JSON leaves out for not there', () => {
    given(pot)
      .when(fill(3))
      .yields({ type: 'Filled', data: { cups: 3, note: undefined } } as never);
  });
});

it('the state after some events is their fold', () => {
  expect(stateAfter(pot, filled(1), filled(2))).toEqual({ cups: 3 });
});
