import { types } from 'node:util';
import type { JsonMap, LogFields, Logger, Secret } from '#kernel';
import { maskTexts, parseStored, writeJson } from '#kernel';
import type { MissingProgram, NeededProgram } from './programs.ts';
import { installText, missingPrograms } from './programs.ts';
import type { BoundedRun } from './bounded-run.ts';
import { boundedRun, maxMsOf } from './bounded-run.ts';
import type { GivenCredentials, Vault } from './credentials.ts';
import { credentialsOf } from './credentials.ts';
import { tasksAtWork, toldOf } from './tasks-at-work.ts';
import { NO_JOB, observedBy, observerOf } from './wire.ts';
import type { AgentWire, Outcome, Task, TaskHandler } from './wire.ts';
import type { TaskSlots } from './task-slots.ts';
import { wrapSecrets } from './wrap-secrets.ts';

/** What a function of a module gets besides its parameters. */
export interface FunctionContext {
  /** The idempotency key towards the platform: stable over every redispatch. */
  readonly task: string;
  /** The job it is a task of. */
  readonly job: number;
  /** Aborts at the longest time of the task, when its dispatch counts no more, and when the agent is told to stop at once. */
  readonly signal: AbortSignal;
  /** The credentials a value stands for: a map as it is, or what the vault has under a path. @throws Error */
  readonly credentials: (value: GivenCredentials) => Promise<Readonly<Record<string, Secret>> | null>;
  /** Says something in the log at the level `debug`, without the secrets that the task was given. */
  readonly debug: (message: string, fields?: LogFields) => void;
}

/** The functions of a module, by name. What one throws becomes the error text of the task; its result must be a map. */
export interface FunctionTable {
  readonly [name: string]: (parameters: never, context: FunctionContext) => Promise<unknown>;
}

/** A module an agent offers: how many of its tasks at a time (none below 1), and what its functions do. */
export interface OfferedModule {
  readonly limit: number;
  readonly half: {
    readonly functions: FunctionTable;
    /** By the function whose tasks they tell of. */
    readonly observers?: FunctionTable;
    /** Programs by the function that cannot do without them. */
    readonly needs?: Readonly<Record<string, readonly NeededProgram[]>>;
    /** The longest time of a function, in milliseconds, perhaps by its parameters; an hour unless said, a day at the most. */
    readonly maxMs?: Readonly<Record<string, number | ((parameters: Readonly<Record<string, unknown>>) => number)>>;
  };
}

export interface AgentSettings {
  readonly wire: AgentWire;
  /** The agent's own name, unique among all agents. */
  readonly name: string;
  readonly site: string;
  readonly modules: Readonly<Record<string, OfferedModule>>;
  readonly log: Logger;
  /** Where its functions find credentials that do not travel with tasks. */
  readonly vault?: Vault | undefined;
  /** A task has ended, so many seconds after it was begun; undefined: it was given up. */
  readonly onEnded?: (task: Task, outcome: Outcome | undefined, seconds: number) => void;
  /** How long a function may take to end once its longest time is over, in milliseconds (10,000). */
  readonly graceMs?: number;
  /** How many tasks are at work at a time, shared with other agents of the process; each module's limit, unless given. */
  readonly slots?: TaskSlots | undefined;
}

/** A task an agent is at work on. */
export interface TaskAtWork {
  readonly task: string;
  readonly job: number;
  readonly module: string;
  readonly function: string;
  /** ISO 8601. */
  readonly since: string;
}

/** An agent that has been started. */
export interface RunningAgent {
  /**
   * Takes no more tasks, waits for those at work and leaves. After `within` milliseconds (never, unless given) what is
   * still at work is aborted through its signal and given up unreported: the lease of its dispatch decides.
   */
  stop(within?: number): Promise<void>;
  /** What it is at work on, the oldest first. */
  readonly atWork: readonly TaskAtWork[];
  /** Programs that its modules need and that were not there when it started. */
  readonly missing: readonly MissingProgram[];
}

/**
 * Offers the modules on the wire and does the tasks that arrive, each module's within its limit. It looks for the programs
 * they need and announces what is missing; a task that needs it fails with what to install, until it is there. Asked what
 * became of a task that it is at work on, it does not ask the platform: it answers when that task has ended, and is at work
 * until then.
 */
export async function startAgent(settings: AgentSettings): Promise<RunningAgent> {
  const { wire, name, site, modules, log, vault, onEnded, graceMs, slots } = settings;
  const offered = Object.entries(modules).filter(([, { limit }]) => limit >= 1);
  const halves = new Map(offered.map(([module, { half }]) => [module, { ...half, table: tableOf(half) }]));
  const limits = Object.fromEntries(offered.map(([module, { limit }]) => [module, limit]));
  const running = new Map<BoundedRun, TaskAtWork>();
  const stopped = new AbortController();
  const missing = await missingOf(offered);
  for (const one of missing) log.warn(installText([one], name), { module: one.module });

  const atWork = tasksAtWork();

  const work: TaskHandler = async (task, over) => {
    const about = { task: task.task, job: task.job, module: task.module, function: task.function };
    const asked = atWork.askedAbout(task);
    if (asked) {
      log.info('this agent is still at work on the task it is asked about', about);
      return asked.then(toldOf);
    }
    const { parameters, texts } = wrapSecrets(task.parameters, task.secrets);
    return atWork.note(task, whenFree({ task, parameters, agent: name, over }, about, texts));
  };

  /** Does a task once there is a slot for it. */
  const whenFree = async (doing: Doing, about: Omit<TaskAtWork, 'since'>, texts: readonly string[]) => {
    const free = slots ? await slots.take(about.module, stopped.signal) : () => undefined;
    if (!free) return undefined;
    log[about.job === NO_JOB ? 'debug' : 'info']('task begun', { ...about, parameters: doing.parameters });
    return perform(doing, about, texts).finally(free);
  };

  const perform = async (
    doing: Doing,
    about: Omit<TaskAtWork, 'since'>,
    given: readonly string[],
  ): Promise<Outcome | undefined> => {
    const texts = [...given];
    const { module, function: func } = about;
    const begun = performance.now();
    const debug = (message: string, fields: LogFields = {}) =>
      log.debug(maskTexts(message, texts), { ...about, ...maskTexts(fields, texts) });
    const run = boundedRun(
      (signal) => {
        const credentials = credentialsOf(vault, signal, (found) => texts.push(...found));
        return outcomeOf(halves, doing, { task: doing.task.task, job: doing.task.job, signal, credentials, debug });
      },
      {
        maxMs: maxMsOf(halves.get(module)?.maxMs?.[observedBy(func) ?? func], doing.parameters),
        graceMs,
        name: `${module}.${func}`,
      },
    );
    running.set(run, { ...about, since: new Date().toISOString() });
    if (stopped.signal.aborted) run.giveUp(STOPPED);
    const giveUp = () => run.giveUp('its job is over');
    doing.over?.addEventListener('abort', giveUp, { once: true });
    if (doing.over?.aborted) giveUp();
    const reached = await run.ended;
    running.delete(run);
    doing.over?.removeEventListener('abort', giveUp);
    // What an agent tells shows no secret it was given.
    const outcome = maskTexts(reached, texts);
    if (outcome === undefined) log.warn('task given up', about);
    // Questions come again and again, and their answers are long.
    else if (about.job === NO_JOB && !('error' in outcome)) log.debug('question answered', about);
    else log['error' in outcome ? 'warn' : 'info']('task ended', { ...about, ...outcome });
    onEnded?.(doing.task, outcome, (performance.now() - begun) / 1000);
    return outcome;
  };

  const giveUp = () => {
    stopped.abort();
    for (const run of running.keys()) run.giveUp(STOPPED);
  };

  await wire.start({ agent: name, site, modules: limits, ...(missing.length > 0 ? { missing } : {}) }, work);
  return {
    async stop(within) {
      const timer = within === undefined ? undefined : setTimeout(giveUp, within);
      await wire.stop();
      clearTimeout(timer);
    },
    get atWork() {
      return [...running.values()];
    },
    missing,
  };
}

/** Why tasks are given up that are at work when the time to stop is over. */
const STOPPED = 'the agent stops';

/** Programs that functions of the modules need and that are not there, each once. */
function missingOf(offered: readonly (readonly [string, OfferedModule])[]): Promise<MissingProgram[]> {
  const needed = offered.flatMap(([module, { half }]) =>
    Object.values(half.needs ?? {})
      .flat()
      .map((one) => ({ ...one, module })),
  );
  return missingPrograms([...new Map(needed.map((one) => [`${one.module} ${one.program}`, one])).values()]);
}

/** All functions of a module by the names that travel. */
const tableOf = ({ functions, observers = {} }: OfferedModule['half']): FunctionTable => ({
  ...functions,
  ...Object.fromEntries(Object.entries(observers).map(([name, observe]) => [observerOf(name), observe])),
});

interface Half {
  readonly needs?: OfferedModule['half']['needs'];
  readonly table: FunctionTable;
}

interface Doing {
  readonly task: Task;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly agent: string;
  /** Aborts when its job is over. */
  readonly over: AbortSignal | undefined;
}

/** Does one task; never rejects. */
async function outcomeOf(
  halves: ReadonlyMap<string, Half>,
  { task, parameters, agent }: Doing,
  context: FunctionContext,
): Promise<Outcome> {
  const { module, function: name } = task;
  const half = halves.get(module);
  if (half === undefined) return { error: `this agent has no module "${module}"` };
  const run = Object.hasOwn(half.table, name) ? half.table[name] : undefined;
  if (run === undefined) return { error: `module "${module}" has no function "${name}"` };
  const missing = await missingPrograms(half.needs?.[observedBy(name) ?? name] ?? []);
  if (missing.length > 0) return { error: `${module}.${name} cannot be done: ${installText(missing, agent)}` };
  try {
    return outcomeOfResult(await run(parameters as never, context));
  } catch (thrown) {
    return { error: `Unhandled Exception ${describeThrown(thrown)}` };
  }
}

function outcomeOfResult(result: unknown): Outcome {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) {
    return { error: `result was not a map, but ${describeKind(result)}` };
  }
  return { result: parseStored(writeJson(result)) as JsonMap };
}

const describeKind = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : `of type ${typeof value}`;

/** What was thrown, as text and class: `"no such host"(Error)`. */
const describeThrown = (thrown: unknown): string =>
  types.isNativeError(thrown)
    ? `"${thrown.message}"(${thrown.constructor.name})`
    : `"${String(thrown)}"(${typeof thrown})`;
