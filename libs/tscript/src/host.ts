import type { Value } from './values.ts';

/** What a script can reach beyond the language. */
export interface Host {
  /** A module by name; undefined when there is none. */
  module(name: string): HostModule | undefined;
  /** How a whole float is written in what is sent to agents; a plain number, and thereby an integer, where it is not said. */
  readonly float?: (number: number) => unknown;
}

/** A module: values that can be read, written or both, and functions. */
export interface HostModule {
  readonly members?: { readonly [name: string]: HostMember };
  readonly functions?: { readonly [name: string]: HostFunction };
}

/** A value of a module. `get` gives JSON or a value; `set` reports what it wants done as effects. */
export interface HostMember {
  get?(context: CallContext): unknown;
  set?(value: Value, effects: unknown[], context: CallContext): void;
}

/** What a function of the host is told about the call. */
export interface CallContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The line that was begun last, as messages name it. */
  readonly line: number;
  /** The line of the statement that holds the call, which differs in the condition of a loop after its first round. */
  readonly place: number;
  /** Reports something that is to be done when the pass is stored. */
  effect(effect: unknown): void;
  /** Reads a member of a module, as the script itself would. */
  read(module: string, name: string): Value;
}

/** A function that answers at once. Throws a signal to stop the script; it is called again after `Pause` and the like. */
export interface InlineFunction {
  readonly kind: 'inline';
  call(parameters: Readonly<Record<string, Value>>, context: CallContext): unknown;
}

/** What is to be sent to an agent. `state` replaces the state of the call. */
export interface ExternalTask<State> {
  readonly function: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly state?: State;
}

/** A function that takes more than one pass. Its state is JSON and is stored in the machine between the stages. */
export interface ExternalFunction<State = unknown> {
  readonly kind: 'external';
  /** Dispatched under this module's name instead of the one it was called by. */
  readonly module?: string;
  /** Checks the parameters and makes the first state; asked again when it throws a signal that can be resumed. */
  setup(parameters: Readonly<Record<string, Value>>, context: CallContext): State;
  /** Whether the value is there; asked first at every pass. */
  done(state: State, context: CallContext): boolean;
  /** Makes progress of its own while it is not done, once per pass. */
  run?(state: State, context: CallContext): State;
  /** What the job shows while it waits. */
  message?(state: State, context: CallContext): string;
  /** When the script is to be run again at the latest (ms since the epoch). */
  wakeAt?(state: State): number | undefined;
  /** What is to be sent to the agent now; null when there is nothing to send. */
  task?(state: State, context: CallContext): ExternalTask<State> | null;
  /** Takes what the agent sent back; `sent` is the function of the task that was sent last, where that is known. */
  receive?(state: State, data: unknown, context: CallContext, sent?: string): State;
  /** The value of the call; an error that is returned (not thrown) stops the script once and counts as executed. */
  value(state: State, context: CallContext): unknown;
  /** Prepares undoing what was sent. Absent, or throwing `NoRollback`: it cannot be undone. */
  rollback?(state: State, context: CallContext): State;
}

/** Any function of a module. */
export type HostFunction = InlineFunction | ExternalFunction;

/** A host without modules. */
export const emptyHost: Host = { module: () => undefined };
