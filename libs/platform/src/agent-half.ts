import type { LogFields } from '#kernel';
import type {
  AgentParametersOf,
  MaxTime,
  NeededProgram,
  ObservedTask,
  PlatformContract,
  ResultOf,
  TaskName,
} from './contract.ts';
import type { Credentials, GivenCredentials } from './credentials.ts';
import { faultOf, opened } from './shape.ts';

/** What an agent half gets besides the parameters. */
export interface TaskContext {
  /** The idempotency key towards the platform: stable over every redispatch. */
  readonly task: string;
  /** The job it is a task of: told by every agent; one that polls has a new task id at each dispatch. */
  readonly job: number;
  /** Aborts at the longest time of the task, when its dispatch counts no more, and when the agent is told to stop at once. */
  readonly signal: AbortSignal;
  /**
   * The credentials that a value stands for: those of a map as they are; those that the agent's vault has under a path; null
   * for none. What comes from the vault is masked in whatever the task reports.
   * @throws Error where the agent has no vault, or the vault does not give them
   */
  credentials(value: GivenCredentials): Promise<Credentials | null>;
  /** Says something in the agent's log at the level `debug`; secrets that the task was given are masked in it. */
  debug(message: string, fields?: LogFields): void;
}

/** What became of a task whose agent was lost, as the platform tells. */
export type Observation<R> =
  /** It had its effect; this is the result it would have reported. */
  | { readonly state: 'done'; readonly result: R }
  /** It had no effect and will have none: it may be done. */
  | { readonly state: 'not-done' }
  /** The platform does not tell; why, in words for the operator. */
  | { readonly state: 'unknown'; readonly reason: string };

/** The agent half of a platform: one async function per task; what it throws becomes the task's error text. */
export interface AgentHalf<C extends PlatformContract = PlatformContract> {
  readonly contract: C;
  readonly tasks: {
    readonly [T in TaskName<C>]: (parameters: AgentParametersOf<C, T>, context: TaskContext) => Promise<ResultOf<C, T>>;
  };
  /** For each task with `repeat: 'observe'`: what became of the task with this id. It changes nothing. */
  readonly observe: {
    readonly [T in ObservedTask<C>]: (
      parameters: AgentParametersOf<C, T>,
      context: TaskContext,
    ) => Promise<Observation<ResultOf<C, T>>>;
  };
}

/** An agent half, whatever its contract, as the list of platforms holds it. */
export interface AnyAgentHalf {
  readonly contract: PlatformContract;
  readonly tasks: object;
  readonly observe: object;
}

/** A function as an agent runs it: what comes in is checked against the contract first. */
export type CheckedFunction = (parameters: Readonly<Record<string, unknown>>, context: TaskContext) => Promise<unknown>;

/** An agent half in the form an agent offers on the wire. */
export interface OfferedPlatform {
  readonly functions: Readonly<Record<string, CheckedFunction>>;
  readonly observers: Readonly<Record<string, CheckedFunction>>;
  /** Programs by task. */
  readonly needs: Readonly<Record<string, readonly NeededProgram[]>>;
  /** Longest times by task, where their contracts say one. */
  readonly maxMs: Readonly<Record<string, MaxTime>>;
}

/** Makes an agent half what an agent offers; parameters that do not fit the contract fail the task by their name. */
export function offeredPlatform({ contract, tasks, observe }: AnyAgentHalf): OfferedPlatform {
  const checked = (functions: object): Record<string, CheckedFunction> =>
    Object.fromEntries(
      Object.entries(functions as Record<string, (parameters: object, context: TaskContext) => Promise<unknown>>).map(
        ([name, run]) => [
          name,
          async (parameters, context) => {
            const fields = contract.tasks[name]?.parameters ?? {};
            const fault = faultOf(fields, parameters);
            if (fault !== undefined) throw new Error(`parameter ${fault}`);
            return run(opened(fields, parameters), context);
          },
        ],
      ),
    );
  const needs = Object.fromEntries(Object.entries(contract.tasks).map(([name, task]) => [name, task.needs ?? []]));
  const maxMs = Object.fromEntries(
    Object.entries(contract.tasks).flatMap(([name, task]) => (task.maxMs === undefined ? [] : [[name, task.maxMs]])),
  );
  return { functions: checked(tasks), observers: checked(observe), needs, maxMs };
}
