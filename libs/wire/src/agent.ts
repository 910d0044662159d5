import { types } from 'node:util';
import type { JsonMap, Logger } from '#kernel';
import { unlessAborted } from './unless-aborted.ts';
import type { AgentWire, Outcome, Task, TaskHandler } from './wire.ts';

/** What a function of a module gets besides its parameters. */
export interface FunctionContext {
  /** The idempotency key towards the platform: stable over every redispatch. */
  readonly task: string;
  /** Aborts when the agent is told to stop at once. */
  readonly signal: AbortSignal;
}

/** The functions of a module, by name. What one throws becomes the error text of the task; its result must be a map. */
export interface FunctionTable {
  readonly [name: string]: (parameters: never, context: FunctionContext) => Promise<unknown>;
}

/** A module an agent offers: how many of its tasks at a time (none below 1), and what its functions do. */
export interface OfferedModule {
  readonly limit: number;
  readonly half: { readonly functions: FunctionTable };
}

export interface AgentSettings {
  readonly wire: AgentWire;
  /** The agent's own name, unique among all agents. */
  readonly name: string;
  readonly site: string;
  readonly modules: Readonly<Record<string, OfferedModule>>;
  readonly log: Logger;
}

/** An agent that has been started. */
export interface RunningAgent {
  /**
   * Takes no more tasks, waits for those at work and leaves. After `within` milliseconds (never, unless given) what is
   * still at work is aborted through its signal and given up unreported: the lease of its dispatch decides.
   */
  stop(within?: number): Promise<void>;
}

/** Offers the modules on the wire and does the tasks that arrive, each module's within its limit. */
export async function startAgent({ wire, name, site, modules, log }: AgentSettings): Promise<RunningAgent> {
  const offered = Object.entries(modules).filter(([, { limit }]) => limit >= 1);
  const tables = new Map(offered.map(([module, { half }]) => [module, half.functions]));
  const limits = Object.fromEntries(offered.map(([module, { limit }]) => [module, limit]));
  const atOnce = new AbortController();

  const work: TaskHandler = async (task) => {
    const about = { task: task.task, job: task.job, module: task.module, function: task.function };
    log.info('task begun', { ...about, parameters: task.parameters });
    const outcome = await unlessAborted(outcomeOf(tables, task, atOnce.signal), atOnce.signal);
    if (outcome === undefined) log.warn('task given up', about);
    else log['error' in outcome ? 'warn' : 'info']('task ended', { ...about, ...outcome });
    return outcome;
  };

  await wire.start({ agent: name, site, modules: limits }, work);
  return {
    async stop(within) {
      const timer = within === undefined ? undefined : setTimeout(() => atOnce.abort(), within);
      await wire.stop();
      clearTimeout(timer);
    },
  };
}

/** Does one task; never rejects. */
async function outcomeOf(
  tables: ReadonlyMap<string, FunctionTable>,
  { module, function: name, parameters, task }: Task,
  signal: AbortSignal,
): Promise<Outcome> {
  const table = tables.get(module);
  if (table === undefined) return { error: `this agent has no module "${module}"` };
  const run = Object.hasOwn(table, name) ? table[name] : undefined;
  if (run === undefined) return { error: `module "${module}" has no function "${name}"` };
  try {
    return outcomeOfResult(await run(parameters as never, { task, signal }));
  } catch (thrown) {
    return { error: `Unhandled Exception ${describeThrown(thrown)}` };
  }
}

function outcomeOfResult(result: unknown): Outcome {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) {
    return { error: `result was not a map, but ${describeKind(result)}` };
  }
  return { result: JSON.parse(JSON.stringify(result)) as JsonMap };
}

const describeKind = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : `of type ${typeof value}`;

/** What was thrown, as text and class: `"no such host"(Error)`. */
const describeThrown = (thrown: unknown): string =>
  types.isNativeError(thrown)
    ? `"${thrown.message}"(${thrown.constructor.name})`
    : `"${String(thrown)}"(${typeof thrown})`;
