import type { Pool } from 'pg';
import type { Recorded } from '#event-store';
import { makeLedger } from '#read-store';
import type { Dispatch, TaskOrder } from './job-messages.ts';

/** How many functions have their usual time remembered; beyond, those not used for longest are forgotten. */
export const MAX_FUNCTIONS = 1000;
/** The usual time of a function of which nothing is known, in milliseconds. */
export const USUAL_MS = 60_000;
/** No step is called slow before, in milliseconds. */
export const MIN_SLOW_MS = 10_000;
/** How much of the usual time a new one makes up. */
const WEIGHT = 0.2;
/** A usual time that has changed by less is not written again, in milliseconds. */
const LEAST_CHANGE_MS = 100;
/** How often the usual time of a function is written at the most, in milliseconds. */
const KEEP_EVERY_MS = 10_000;

const TABLE = `CREATE TABLE IF NOT EXISTS ledger.step_times (
  function text PRIMARY KEY, usual_ms double precision NOT NULL, at timestamptz NOT NULL DEFAULT now())`;

/** A step that is in the hands of an agent. */
interface Step {
  readonly function: string;
  readonly task: string;
  readonly cookie?: string;
  readonly agent?: string | undefined;
  /** Milliseconds since 1970. */
  readonly since?: number;
}

type StepOrder = Pick<TaskOrder, 'module' | 'function' | 'task'>;

/**
 * How long steps usually take, and which ones take much longer. It follows the log in every process, and holds a step of
 * each job under way; the usual times are kept over a restart.
 */
export class StepTimes {
  readonly #pool: Pool;
  readonly #factor: number;
  readonly #usual = new Map<string, number>();
  /** What was written last of each function, and when, milliseconds since 1970. */
  readonly #kept = new Map<string, { readonly usual: number; readonly at: number }>();
  readonly #steps = new Map<number, Step>();

  /** @param factor after how many times its usual time a step is slow */
  constructor(pool: Pool, factor: number) {
    this.#pool = pool;
    this.#factor = factor;
  }

  /** How many jobs and functions it knows of. */
  get size(): { readonly steps: number; readonly functions: number } {
    return { steps: this.#steps.size, functions: this.#usual.size };
  }

  async start(): Promise<void> {
    await makeLedger(this.#pool, TABLE);
    const { rows } = await this.#pool.query<{ function: string; usual_ms: number }>(
      `SELECT function, usual_ms FROM (SELECT * FROM ledger.step_times ORDER BY at DESC LIMIT ${MAX_FUNCTIONS}) AS last
       ORDER BY at`,
    );
    for (const { function: name, usual_ms: usual } of rows) {
      this.#usual.set(name, usual);
      this.#kept.set(name, { usual, at: 0 });
    }
  }

  /** How long a function usually takes, in milliseconds, by its name (`module.function`); undefined: that is not known. */
  usualMs(name: string): number | undefined {
    return this.#usual.get(name);
  }

  /** A job is at this step. */
  requested(job: number, { module, function: name, task }: StepOrder): void {
    this.#steps.set(job, { function: `${module}.${name}`, task });
  }

  /** The step of a job was given to an agent. */
  dispatched(job: number, { cookie, holder }: Dispatch, since: number): void {
    const step = this.#steps.get(job);
    if (step) this.#steps.set(job, { ...step, cookie, since, agent: holder && `${holder.user} at ${holder.source}` });
  }

  /** The step of a job is with nobody, or over. */
  left(job: number, over: boolean): void {
    const step = this.#steps.get(job);
    if (over) this.#steps.delete(job);
    else if (step) this.#steps.set(job, { function: step.function, task: step.task });
  }

  /** Follows the log. @returns the usual time of a function that has changed by it, to be kept */
  heard({ type, data }: Pick<Recorded, 'type' | 'data'>, job: number, at: number): string | undefined {
    switch (type) {
      case 'JobStepRequested':
        this.requested(job, (data as { readonly order: TaskOrder }).order);
        return undefined;
      case 'JobTaskDispatched':
        this.dispatched(job, data as Dispatch, at);
        return undefined;
      case 'JobTaskLapsed':
      case 'JobTaskObserved':
        this.left(job, false);
        return undefined;
      case 'JobStepCompleted': {
        const taken = this.#took(job, at);
        this.left(job, true);
        return taken;
      }
      case 'JobStepFailed':
      case 'JobReset':
      case 'JobRolledBack':
      case 'JobDispatchCleared':
      case 'JobAborted':
      case 'JobEnded':
      case 'JobCanceled':
        this.left(job, true);
        return undefined;
      default:
        return undefined;
    }
  }

  /** When the step of a job is slow, milliseconds since 1970; undefined: it is in nobody's hands. */
  slowAt(job: number): number | undefined {
    const step = this.#steps.get(job);
    return step?.since === undefined ? undefined : step.since + this.#limitOf(step.function);
  }

  /** What is to be said of the step of a job that is slow now; undefined where it is not. */
  slow(job: number, now: number): { readonly cookie: string; readonly message: string } | undefined {
    const { function: name, task, cookie, since, agent } = this.#steps.get(job) ?? {};
    const slowAt = this.slowAt(job);
    if (name === undefined || cookie === undefined || since === undefined || slowAt === undefined) return undefined;
    if (now < slowAt) return undefined;
    const usual = this.#usual.get(name);
    const message = [
      `${name} (task ${task}) is ${agent === undefined ? 'with an agent' : `with ${agent}`} since `,
      `${new Date(since).toISOString()}${usual === undefined ? '' : `, and usually takes ${seconds(usual)}`}: `,
      'where the agent has lost it, clear the dispatch',
    ].join('');
    return { cookie, message };
  }

  /** Keeps the usual time of a function. */
  async keep(name: string): Promise<void> {
    const usual = this.#usual.get(name);
    if (usual === undefined) return;
    await this.#pool.query({
      name: 'step-times',
      text: `INSERT INTO ledger.step_times (function, usual_ms) VALUES ($1, $2)
             ON CONFLICT (function) DO UPDATE SET usual_ms = $2, at = now()`,
      values: [name, usual],
    });
  }

  #limitOf(name: string): number {
    return Math.max(MIN_SLOW_MS, this.#factor * (this.#usual.get(name) ?? USUAL_MS));
  }

  #took(job: number, at: number): string | undefined {
    const { function: name, since } = this.#steps.get(job) ?? {};
    if (name === undefined || since === undefined) return undefined;
    const took = Math.max(0, at - since);
    const before = this.#usual.get(name);
    const usual = before === undefined ? took : before + WEIGHT * (took - before);
    this.#usual.delete(name);
    this.#usual.set(name, usual);
    if (this.#usual.size > MAX_FUNCTIONS) {
      const oldest = this.#usual.keys().next().value ?? '';
      this.#usual.delete(oldest);
      this.#kept.delete(oldest);
    }
    const kept = this.#kept.get(name);
    // What hardly changes is not written again, and what changes all the time not every time.
    if (kept && Math.abs(usual - kept.usual) <= Math.max(kept.usual / 10, LEAST_CHANGE_MS)) return undefined;
    if (kept && Math.abs(at - kept.at) < KEEP_EVERY_MS) return undefined;
    this.#kept.set(name, { usual, at });
    return name;
  }
}

const seconds = (milliseconds: number): string => `${Math.max(1, Math.round(milliseconds / 1000))} s`;
