import type { AgentValues, Fields, ServerType, ServerValues, Shape } from './shape.ts';

/**
 * What may be done when nobody knows whether a task has had its effect (its agent died):
 * - `safe`: simply do it again (it only looks, or doing it twice ends in the same place);
 * - `observe`: ask the platform by task id first, with the observer beside it in the agent half;
 * - `ask`: put it to the operator.
 */
export type Repeat = 'safe' | 'observe' | 'ask';

/**
 * How often a task that has failed is done once more before its job goes into error, and after which pauses: the first,
 * then twice as long each time up to the longest.
 */
export interface RetryPolicy {
  /** 0: not at all. */
  readonly times: number;
  /** In milliseconds. */
  readonly firstMs: number;
  /** In milliseconds. */
  readonly maxMs: number;
}

/** A task that fails puts its job into error. */
export const NO_RETRY: RetryPolicy = { times: 0, firstMs: 0, maxMs: 0 };

/** A program an agent half runs, and the Debian package it is in. */
export interface NeededProgram {
  readonly program: string;
  readonly package: string;
}

/** The longest time of a task in milliseconds, or how it follows from the parameters it is sent with. */
export type MaxTime = number | ((parameters: Readonly<Record<string, unknown>>) => number);

/** One task between server and agent: the shapes on the wire, what it needs, and whether it may be repeated. */
export interface TaskContract {
  readonly repeat: Repeat;
  /** Where it fails; not at all unless it is said. Only for what may be done again after a failure. */
  readonly retry?: RetryPolicy;
  readonly parameters: Fields;
  readonly result: Fields;
  /** Programs it cannot do without. */
  readonly needs?: readonly NeededProgram[];
  /** After this long its signal aborts, and it fails; an hour, unless said, and a day at the most. */
  readonly maxMs?: MaxTime;
}

/** A parameter of a function that scripts call: its shape, and what it is where it is left out. */
export type ScriptParameter<S extends Shape = Shape> = S & { readonly default?: ServerType<S> };
export type ScriptParameters = Readonly<Record<string, ScriptParameter>>;

/** Everything that passes between scripts, server half and agent half of a platform, written once; it types all of it. */
export interface PlatformContract {
  /** Name of the agent module, and of the script module. */
  readonly name: string;
  /** What the agent half does, by the name that goes over the wire. */
  readonly tasks: Readonly<Record<string, TaskContract>>;
  /** Functions of the script module (`iputils.ping()`), by name, with their parameters. */
  readonly functions: Readonly<Record<string, ScriptParameters>>;
  /** Functions of its foundations (`foundation.power_on()`), by name, with their parameters. */
  readonly foundationFunctions: Readonly<Record<string, ScriptParameters>>;
}

/** Declares the contract of a platform. */
export const platformContract = <const C extends PlatformContract>(contract: C): C => contract;

/** A parameter that may be left out: then it is this. */
export const withDefault = <S extends Shape>(shape: S, value: ServerType<S>) => ({ ...shape, default: value });

export type TaskName<C extends PlatformContract> = keyof C['tasks'] & string;
/** Names of the tasks that are observed after a lost lease. */
export type ObservedTask<C extends PlatformContract> = {
  [T in TaskName<C>]: C['tasks'][T]['repeat'] extends 'observe' ? T : never;
}[TaskName<C>];

/** The parameters of a task as the server half sends them. */
export type ParametersOf<C extends PlatformContract, T extends TaskName<C>> = ServerValues<C['tasks'][T]['parameters']>;
/** The parameters of a task as the agent half is given them: secrets are wrapped. */
export type AgentParametersOf<C extends PlatformContract, T extends TaskName<C>> = AgentValues<
  C['tasks'][T]['parameters']
>;
/** The result of a task, the same in both halves. */
export type ResultOf<C extends PlatformContract, T extends TaskName<C>> = ServerValues<C['tasks'][T]['result']>;
