import type { JsonMap } from '#kernel';

/**
 * What may be done when nobody knows whether a task has had its effect (its agent died):
 * - `safe`: simply do it again (it only looks, or doing it twice ends in the same place);
 * - `observe`: ask the platform by task id first;
 * - `ask`: put it to the operator.
 */
export type Repeat = 'safe' | 'observe' | 'ask';

/** One function between server and agent: the shapes on the wire, and whether it may be repeated. */
export interface FunctionContract<P = JsonMap, R = JsonMap> {
  readonly repeat: Repeat;
  /** Never set: carries the types. */
  readonly shapes?: { readonly parameters: P; readonly result: R };
}

/** All functions an agent module offers, written once; it types the server half and the agent half alike. */
export interface ModuleContract {
  readonly name: string;
  readonly functions: Readonly<Record<string, FunctionContract<unknown, unknown>>>;
}

/** Declares one function: `taskFunction<{ target: string }, { state: string }>({ repeat: 'safe' })`. */
export const taskFunction = <P, R>(rule: { readonly repeat: Repeat }): FunctionContract<P, R> => rule;

export type ParametersOf<F> = F extends FunctionContract<infer P, unknown> ? P : never;
export type ResultOf<F> = F extends FunctionContract<unknown, infer R> ? R : never;

/** What the agent half gets besides the parameters. */
export interface TaskContext {
  /** The idempotency key towards the platform: stable over every redispatch. */
  readonly task: string;
  /** Aborts when the agent is told to stop at once. */
  readonly signal: AbortSignal;
}

/** The agent half of a module: one async function per contract entry; what it throws becomes the task's error text. */
export interface AgentHalf<C extends ModuleContract = ModuleContract> {
  readonly name: string;
  readonly functions: {
    readonly [F in keyof C['functions']]: (
      parameters: ParametersOf<C['functions'][F]>,
      context: TaskContext,
    ) => Promise<ResultOf<C['functions'][F]>>;
  };
}
