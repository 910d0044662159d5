import { setTimeout as sleep } from 'node:timers/promises';
import type { CinpClient } from '#cinp';
import { InvalidRequest } from '#cinp';
import type { Callers } from './callers.ts';
import { isRefused } from './callers.ts';
import { countByName, readEffects } from './effects.ts';
import type { Findings } from './findings.ts';
import { SITE } from './installation.ts';
import type { Random } from './random.ts';

const FOUNDATION = '/api/v1/Building/Foundation';
const JOB = '/api/v1/Foreman/FoundationJob';
const BLUEPRINTS = 4;
/** An agent that was cut off has done what it was at by then, in milliseconds: no task takes longer than 2 s. */
const SETTLED_MS = 5000;

/**
 * A step of the jobs: an effect of this name, by this function of the test platform. What each promises: `act` (observed)
 * once, `act_once` once where the operator sees to it, `act_again` once or more.
 */
export interface LoadStep {
  readonly name: string;
  readonly function: 'act' | 'act_once' | 'act_again';
}

/** What jobs there are, and how many. */
export interface LoadKind {
  readonly steps: readonly LoadStep[];
  /** How many jobs are under way at a time. */
  readonly jobs: number;
  /** The longest step, in milliseconds. */
  readonly maxStepMs: number;
  /** The longest delay between steps, in seconds. */
  readonly maxDelayS: number;
  /** How often the jobs are looked at, in milliseconds. */
  readonly lookMs: number;
}

/** Jobs of every kind of step; an operator answers what became of a task that nobody can observe. */
export const ATTENDED: LoadKind = {
  steps: [
    { name: 'act', function: 'act' },
    { name: 'act_once', function: 'act_once' },
    { name: 'act_again', function: 'act_again' },
  ],
  jobs: 40,
  maxStepMs: 2000,
  maxDelayS: 10,
  lookMs: 1000,
};

/** Jobs whose steps can all be observed: nobody has to help, and each effect happens once. */
export const UNATTENDED: LoadKind = {
  steps: ['first', 'second', 'third'].map((name) => ({ name, function: 'act' })),
  jobs: 16,
  maxStepMs: 600,
  maxDelayS: 1,
  lookMs: 300,
};

const script = (random: Random, { steps, maxStepMs, maxDelayS }: LoadKind): string => {
  const [first, ...others] = steps.map(
    (step) =>
      `  test.${step.function}( name=(foundation.locator . '-${step.name}'), delay_ms=${random.between(50, maxStepMs)} )`,
  );
  const delay = `  delay( seconds=${random.between(1, maxDelayS)} )`;
  return ['begin()', first, delay, ...others, 'end', ''].join('\n');
};

interface Job {
  readonly state: string;
  readonly message: string;
  readonly foundation: string;
}

export interface LoadOptions {
  /** File of the effects. */
  readonly ledger: string;
  readonly kind: LoadKind;
}

/** Keeps some jobs under way, and does what an operator does: answers what became of a task that nobody can observe. */
export class JobLoad {
  /** Locators of what is built. */
  readonly built = new Set<string>();
  /** Locators whose job the operator ended, as the effect of its task was there. */
  readonly cancelled = new Set<string>();
  /** Locators whose job is under way, and since when. */
  readonly open = new Map<string, number>();
  /** How many jobs were begun. */
  begun = 0;
  /** How often the operator was asked. */
  asked = 0;
  readonly #callers: Callers;
  readonly #random: Random;
  readonly #findings: Findings;
  readonly #ledger: string;
  readonly #kind: LoadKind;
  readonly #inError = new Map<string, number>();
  #made = 0;

  constructor(callers: Callers, random: Random, findings: Findings, { ledger, kind }: LoadOptions) {
    this.#callers = callers;
    this.#random = random;
    this.#findings = findings;
    this.#ledger = ledger;
    this.#kind = kind;
  }

  get steps(): readonly LoadStep[] {
    return this.#kind.steps;
  }

  /** Makes site and blueprints. */
  async prepare(client: CinpClient): Promise<void> {
    await client.create('/api/v1/Site/Site', { name: SITE, description: 'of the jobs' });
    for (let n = 0; n < BLUEPRINTS; n += 1) {
      const name = `bp${n}`;
      await client.create('/api/v1/BluePrint/Script', {
        name,
        description: 'x',
        script: script(this.#random, this.#kind),
      });
      const values = { name, description: 'x', foundation_type_list: ['Manual'] };
      await client.create('/api/v1/BluePrint/FoundationBluePrint', values);
      await client.create('/api/v1/BluePrint/BluePrintScript', {
        blueprint: `/api/v1/BluePrint/BluePrint:${name}:`,
        script: `/api/v1/BluePrint/Script:${name}:`,
        name: 'create',
      });
    }
  }

  /** Runs until the signal aborts: begins no more jobs when `ending` does. */
  async run(ending: AbortSignal, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !(ending.aborted && this.open.size === 0)) {
      await this.#look(signal).catch((error: unknown) => {
        if (isRefused(error)) this.#findings.add('WRONG', `the jobs cannot be looked at: ${error.message}`);
      });
      const missing = ending.aborted ? 0 : this.#kind.jobs - this.open.size;
      const locators = Array.from({ length: missing }, () => `host${(this.#made += 1)}`);
      await Promise.all(locators.map((locator) => this.#begin(locator, signal)));
      await sleep(this.#kind.lookMs);
    }
  }

  async #begin(locator: string, signal: AbortSignal): Promise<void> {
    this.open.set(locator, performance.now());
    const uri = `${FOUNDATION}:${locator}:`;
    const blueprint = `/api/v1/BluePrint/FoundationBluePrint:bp${this.#random.between(0, BLUEPRINTS - 1)}:`;
    const values = { site: `/api/v1/Site/Site:${SITE}:`, locator, blueprint };
    const tell = (what: string) => (error: unknown) => {
      if (!isRefused(error)) return;
      this.#findings.add('WRONG', `${locator} could not be ${what}: ${error.message}`);
      this.open.delete(locator);
    };
    // What was refused may have been made by a try whose answer was lost.
    await this.#callers
      .persist((client) => client.create('/api/v1/Manual/ManualFoundation', values), signal)
      .catch(() => this.#callers.persist((client) => client.get(uri), signal).catch(tell('made')));
    if (!this.open.has(locator) || signal.aborted) return;
    await this.#callers
      .persist((client) => client.call(`${uri}(doCreate)`), signal)
      .catch(async (refused: unknown) => {
        // A job that is not there any more has built it, so its state is asked for after it.
        const job = await this.#callers
          .persist((client) => client.call(`${uri}(getJob)`), signal)
          .catch(() => undefined);
        const at = await this.#callers.persist((client) => client.get(uri), signal).catch(() => undefined);
        // A server that stands by may not have heard of the job yet. The locator stays open: unless the looks that follow see it
        // built, it is a finding at the end.
        const exists = refused instanceof InvalidRequest && refused.code === 'JOB_EXISTS';
        if (at?.['state'] !== 'built' && !job && !exists) tell('built')(refused);
      });
    if (this.open.has(locator)) this.begun += 1;
  }

  async #look(signal: AbortSignal): Promise<void> {
    const locators = [...this.open.keys()];
    const uris = locators.map((locator) => `${FOUNDATION}:${locator}:`);
    const jobs = await this.#callers.persist((client) => allJobs(client), signal);
    for (const [uri, job] of jobs) await this.#operate(uri, job, signal);
    const found = await this.#callers.persist(async (client) => {
      const objects = await Promise.all(uris.map((uri) => client.get(uri).catch(ignoreRefused)));
      return objects.map((object) => object?.['state']);
    }, signal);
    for (const [n, locator] of locators.entries()) {
      if (found[n] !== 'built') continue;
      this.built.add(locator);
      this.open.delete(locator);
    }
  }

  /** What an operator does about a job that has come to a stop. */
  async #operate(uri: string, { state, message, foundation }: Job, signal: AbortSignal): Promise<void> {
    if (state === 'queued' || state === 'waiting') return;
    const locator = foundation.split(':')[1] ?? '';
    const task = /^Nobody knows what became of test\.act_once \(task (\S+)\)/.exec(message)?.[1];
    if (state !== 'error' || task === undefined) {
      this.#findings.add('WRONG', `the job of ${locator} is in "${state}": ${message}`);
      return;
    }
    const since = this.#inError.get(task) ?? performance.now();
    this.#inError.set(task, since);
    if (performance.now() - since < SETTLED_MS) return;
    this.#inError.delete(task);
    this.asked += 1;
    const happened = (countByName(await readEffects(this.#ledger)).get(`${locator}-act_once`) ?? 0) > 0;
    await this.#callers
      .persist((client) => client.call(`${uri}(${happened ? 'cancel' : 'reset'})`), signal)
      .then(
        () => undefined,
        // A try whose answer was lost has done it.
        () => undefined,
      );
    if (!happened) return;
    this.cancelled.add(locator);
    this.open.delete(locator);
  }
}

const ignoreRefused = (error: unknown): undefined => {
  if (!isRefused(error)) throw error;
};

/** Jobs under way, by their URI. */
async function allJobs(client: CinpClient): Promise<ReadonlyMap<string, Job>> {
  const uris: string[] = [];
  for await (const uri of client.listAll(JOB, { pageSize: 100 })) uris.push(uri);
  const jobs = await Promise.all(
    uris.map((uri) => client.get<Job & Record<string, unknown>>(uri).catch(ignoreRefused)),
  );
  return new Map(uris.flatMap((uri, n) => (jobs[n] ? [[uri, jobs[n]] as const] : [])));
}
