import { deepStrictEqual, fail } from 'node:assert/strict';
import type { Decider, Message } from '#kernel';
import { evolve, Refusal } from '#kernel';

/** What a decider may come to. */
export interface Then<E extends Message> {
  /** These events, in this order. */
  yields(...events: readonly E[]): void;
  /** No event: what is asked for holds already. */
  yieldsNothing(): void;
  /** A refusal whose first fault is this one. */
  refuses(field: string, code: string): void;
}

/**
 * A sentence about a decider: `given(site, defined).when(rename).yields(renamed)`. The events stand in the stream as
 * they stand in the log, as JSON. That the decision leaves the state alone is checked with it.
 */
export function given<S, C extends Message, E extends Message>(
  decider: Decider<S, C, E>,
  ...events: readonly E[]
): { when(command: C): Then<E> } {
  return {
    when: (command) => {
      const state = stateAfter(decider, ...events);
      const rule = (decider.decide as Record<string, (data: unknown, state: S) => unknown>)[command.type];
      if (!rule) fail(`${decider.category} knows no command ${command.type}`);
      const decision = rule(command.data, state);
      deepStrictEqual(state, stateAfter(decider, ...events), `${command.type} changed the state it was decided on`);
      const yields = (...expected: readonly E[]): void => {
        if (decision instanceof Refusal) fail(`refused: ${decision.message}`);
        deepStrictEqual(inTheLog([decision].flat()), inTheLog(expected));
      };
      return {
        yields,
        yieldsNothing: () => yields(),
        refuses: (field, code) => {
          if (!(decision instanceof Refusal)) fail(`not refused, but ${JSON.stringify(decision)}`);
          const [fault] = decision.faults;
          deepStrictEqual({ field: fault?.field, code: fault?.code }, { field, code });
        },
      };
    },
  };
}

/** The state of a stream that holds these events. */
export function stateAfter<S, C extends Message, E extends Message>(
  decider: Decider<S, C, E>,
  ...events: readonly E[]
): S {
  // A state that is never copied may not be changed either.
  const kept = decider.copies ? frozen : <T>(state: T) => state;
  return events.reduce((state, event) => kept(evolve(decider, state, inTheLog(event))), kept(decider.initial()));
}

/** A value that throws where it, or anything in it, is changed. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) frozen(part);
  return value;
}

const inTheLog = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
