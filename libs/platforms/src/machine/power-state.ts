import type { CallContext } from '#tscript';
import { ExecutionError } from '#tscript';

/** A call that looks at whether a machine is on. */
export interface PowerLook<Id> {
  /** How the machine is reached, and what it is known by, as it was when the call began. */
  readonly id: Id;
  readonly state: string | null;
}

export interface LookOptions<Id, R> {
  readonly id: (context: CallContext) => Id;
  /** Makes the task. */
  readonly send: (id: Id) => R;
}

/** The stages of `power_state`; its value is `on`, `off`, or what the platform says in its own words. */
export const powerState = <Id, R>({ id, send }: LookOptions<Id, R>) => ({
  setup: (_: object, context: CallContext): PowerLook<Id> => ({ id: id(context), state: null }),
  done: ({ state }: PowerLook<Id>): boolean => state !== null,
  message: (): string => 'Waiting for the power state',
  task: ({ id: of }: PowerLook<Id>): R => send(of),
  receive: {
    power_state: (look: PowerLook<Id>, { state }: { readonly state: string }): PowerLook<Id> => ({ ...look, state }),
  },
  value: ({ state }: PowerLook<Id>): string | null => state,
});

/** A call that waits for a machine to go off. */
export interface WaitingOff<Id> extends PowerLook<Id> {
  /** How often it was looked at without success. */
  readonly looks: number;
  /** Not to be looked at again before this time, milliseconds since 1970. */
  readonly notBefore: number;
  /** How long to wait, in seconds. */
  readonly timeout: number;
  /** When that is over, milliseconds since 1970; null: it begins now. */
  readonly until: number | null;
}

/** Pauses between two looks, in milliseconds; the last one is kept. */
const PAUSES_MS = [2000, 5000, 10_000, 20_000];

/**
 * The stages of `wait_for_poweroff`: the machine is looked at until it is off. Where it is not in time the job is in error,
 * and a reset waits as long again.
 */
export const waitForPoweroff = <Id, R>({ id, send }: LookOptions<Id, R>) => ({
  setup: ({ timeout }: { readonly timeout: number }, context: CallContext): WaitingOff<Id> => ({
    id: id(context),
    state: null,
    looks: 0,
    notBefore: 0,
    timeout,
    until: null,
  }),
  done: ({ state }: WaitingOff<Id>): boolean => state === 'off',
  run(state: WaitingOff<Id>, { now }: CallContext): WaitingOff<Id> {
    if (state.until === null) return { ...state, until: now + state.timeout * 1000 };
    if (now < state.until) return state;
    const text = `the machine is "${state.state ?? 'unknown'}" and not "off" after ${state.timeout} seconds`;
    throw new ExecutionError(text).keeping({ ...state, looks: 0, notBefore: 0, until: null });
  },
  message: ({ state }: WaitingOff<Id>): string => `Waiting for power "off", currently "${state ?? 'unknown'}"`,
  wakeAt: ({ notBefore, until }: WaitingOff<Id>): number | undefined =>
    until === null ? undefined : notBefore === 0 ? until : Math.min(notBefore, until),
  task: ({ id: of, notBefore }: WaitingOff<Id>, { now }: CallContext): R | null => (now < notBefore ? null : send(of)),
  receive: {
    power_state: (
      waiting: WaitingOff<Id>,
      { state }: { readonly state: string },
      { now }: CallContext,
    ): WaitingOff<Id> => ({
      ...waiting,
      state,
      looks: waiting.looks + 1,
      notBefore: now + (PAUSES_MS[waiting.looks] ?? PAUSES_MS.at(-1) ?? 0),
    }),
  },
  value: (): null => null,
});
