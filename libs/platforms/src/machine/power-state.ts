import type { CallContext } from '#tscript';
import { ExecutionError } from '#tscript';

/** A call that looks at whether a machine is on. */
export interface PowerLook {
  readonly state: string | null;
}

export interface LookOptions<Id, R> {
  /** How the machine is reached, and what it is known by; asked again for each look, so that what is wrong can be mended. */
  readonly id: (context: CallContext) => Id;
  /** Makes the task. */
  readonly send: (id: Id) => R;
}

/** The stages of `power_state`; its value is `on`, `off`, or what the platform says in its own words. */
export const powerState = <Id, R>({ id, send }: LookOptions<Id, R>) => ({
  setup(_: object, context: CallContext): PowerLook {
    // What cannot be reached at all ends the script here.
    id(context);
    return { state: null };
  },
  done: ({ state }: PowerLook): boolean => state !== null,
  message: (): string => 'Waiting for the power state',
  task: (_: PowerLook, context: CallContext): R => send(id(context)),
  receive: {
    power_state: (look: PowerLook, { state }: { readonly state: string }): PowerLook => ({ ...look, state }),
  },
  value: ({ state }: PowerLook): string | null => state,
});

/** A call that waits for a machine to go off. */
export interface WaitingOff extends PowerLook {
  /** How often it was looked at without success. */
  readonly looks: number;
  /** Not to be looked at again before this time, milliseconds since 1970. */
  readonly notBefore: number;
  /** How long to wait, in seconds. */
  readonly timeout: number;
  /** When that is over, milliseconds since 1970; null: it begins now. */
  readonly until: number | null;
}

/** Pauses between two looks, in milliseconds, about a third of what was waited; the last one is kept. */
const PAUSES_MS = [1000, 1000, 1000, 1000, 2000, 2000, 3000, 4000, 5000, 7000, 10_000, 20_000];

/**
 * The stages of `wait_for_poweroff`: the machine is looked at until it is off. Where it is not in time the job is in error,
 * and a reset waits as long again.
 */
export const waitForPoweroff = <Id, R>({ id, send }: LookOptions<Id, R>) => ({
  setup({ timeout }: { readonly timeout: number }, context: CallContext): WaitingOff {
    id(context);
    return { state: null, looks: 0, notBefore: 0, timeout, until: null };
  },
  done: ({ state }: WaitingOff): boolean => state === 'off',
  run(state: WaitingOff, { now }: CallContext): WaitingOff {
    if (state.until === null) return { ...state, until: now + state.timeout * 1000 };
    if (now < state.until) return state;
    const text = `the machine is "${state.state ?? 'unknown'}" and not "off" after ${state.timeout} seconds`;
    throw new ExecutionError(text).keeping({ ...state, looks: 0, notBefore: 0, until: null });
  },
  message: ({ state }: WaitingOff): string => `Waiting for power "off", currently "${state ?? 'unknown'}"`,
  wakeAt: ({ notBefore, until }: WaitingOff): number | undefined =>
    until === null ? undefined : notBefore === 0 ? until : Math.min(notBefore, until),
  task: ({ notBefore }: WaitingOff, context: CallContext): R | null =>
    context.now < notBefore ? null : send(id(context)),
  receive: {
    power_state: (waiting: WaitingOff, { state }: { readonly state: string }, { now }: CallContext): WaitingOff => ({
      ...waiting,
      state,
      looks: waiting.looks + 1,
      notBefore: now + (PAUSES_MS[waiting.looks] ?? PAUSES_MS.at(-1) ?? 0),
    }),
  },
  value: (): null => null,
});
