import type { CallContext } from '#tscript';
import { ExecutionError } from '#tscript';

/** A call that wants a machine on or off. */
export interface Powering<Id> {
  /** How the machine is reached, and what it is known by, as it was when the call began. */
  readonly id: Id;
  readonly desired: 'on' | 'off';
  readonly current: string | null;
  /** How often it was tried and did not become so. */
  readonly tries: number;
  /** Not to be tried again before this time, milliseconds since 1970. */
  readonly notBefore: number;
}

/** How often it is tried until somebody has to look. */
export const MAX_TRIES = 6;
/** How many of these ask the machine to shut itself down. */
const SOFT_TRIES = 2;
/** Pause after a try, in milliseconds: a machine that was asked takes its time. */
const PAUSE_MS = 15_000;

/** The state that is asked for: `soft` lets the machine shut itself down. */
export type PowerWanted<Soft extends string> = 'on' | 'off' | Soft;

export interface PowerOptions<Id, Soft extends string, R> {
  readonly id: (context: CallContext) => Id;
  /** What the agent is told to have the machine shut itself down: `soft_off`. */
  readonly soft: Soft;
  /** Makes the task. */
  readonly send: (id: Id, state: PowerWanted<Soft>) => R;
  /** How often the machine is asked to shut itself down before it is switched off; twice unless said otherwise. */
  readonly softTries?: number;
}

/**
 * The stages of `power_on` and `power_off`: the state is asked for until the machine has it, an off softly at first. After
 * six tries without it the job is in error, and a reset begins anew.
 */
export const power = <Id, Soft extends string, R>(
  desired: 'on' | 'off',
  { id, soft, send, softTries = SOFT_TRIES }: PowerOptions<Id, Soft, R>,
) => ({
  setup: (_: object, context: CallContext): Powering<Id> => ({
    id: id(context),
    desired,
    current: null,
    tries: 0,
    notBefore: 0,
  }),
  done: ({ current }: Powering<Id>): boolean => current === desired,
  run(state: Powering<Id>): Powering<Id> {
    if (state.tries < MAX_TRIES) return state;
    const text = `the machine is "${state.current}" and not "${desired}" after ${MAX_TRIES} tries`;
    throw new ExecutionError(text).keeping(anew(state));
  },
  message: ({ current, tries }: Powering<Id>): string =>
    `Waiting for power "${desired}", currently "${current ?? 'unknown'}", try ${tries + 1} of ${MAX_TRIES}`,
  wakeAt: ({ notBefore }: Powering<Id>): number | undefined => notBefore || undefined,
  task: ({ id: of, tries, notBefore }: Powering<Id>, { now }: CallContext): R | null =>
    now < notBefore ? null : send(of, desired === 'off' && tries < softTries ? soft : desired),
  receive: {
    set_power: (state: Powering<Id>, { state: current }: { readonly state: string }, { now }: CallContext) => ({
      ...state,
      current,
      tries: state.tries + 1,
      notBefore: now + PAUSE_MS,
    }),
  },
  value: (): null => null,
  rollback: (state: Powering<Id>): Powering<Id> => anew(state),
});

const anew = <Id>(state: Powering<Id>): Powering<Id> => ({ ...state, current: null, tries: 0, notBefore: 0 });
