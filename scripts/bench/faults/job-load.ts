import { setTimeout as sleep } from 'node:timers/promises';
import type { CinpClient } from '#cinp';
import type { Callers } from './callers.ts';
import { isRefused } from './callers.ts';
import { countByName, readEffects } from './effects.ts';
import type { Findings } from './findings.ts';
import { SITE } from './installation.ts';
import type { Random } from './random.ts';

const FOUNDATION = '/api/v1/Building/Foundation';
const JOB = '/api/v1/Foreman/FoundationJob';
/** How many jobs are under way at a time. */
const JOBS = 40;
const BLUEPRINTS = 4;
/** How often the jobs are looked at, in milliseconds. */
const LOOK_MS = 1000;
/** An agent that was cut off has done what it was at by then, in milliseconds: no task takes longer than 2 s. */
const SETTLED_MS = 5000;

/** What each function promises: `observe` once, `ask` once where the operator sees to it, `safe` once or more. */
export const FUNCTIONS = ['act', 'act_once', 'act_again'] as const;

const script = (random: Random): string => {
  const act = (name: string) =>
    `  test.${name}( name=(foundation.locator . '-${name}'), delay_ms=${random.between(100, 2000)} )`;
  return ['begin()', act('act'), act('act_once'), `  delay( seconds=${random.between(1, 10)} )`, act('act_again')]
    .concat('end', '')
    .join('\n');
};

interface Job {
  readonly state: string;
  readonly message: string;
  readonly foundation: string;
}

/** Keeps forty jobs under way, and does what an operator does: answers what became of a task that nobody can observe. */
export class JobLoad {
  /** Locators of what is built. */
  readonly built = new Set<string>();
  /** Locators whose job the operator ended, as the effect of its task was there. */
  readonly cancelled = new Set<string>();
  /** Locators whose job is under way, and since when. */
  readonly open = new Map<string, number>();
  /** How often the operator was asked. */
  asked = 0;
  readonly #callers: Callers;
  readonly #random: Random;
  readonly #findings: Findings;
  readonly #ledger: string;
  readonly #inError = new Map<string, number>();
  #made = 0;

  constructor(callers: Callers, random: Random, findings: Findings, ledger: string) {
    this.#callers = callers;
    this.#random = random;
    this.#findings = findings;
    this.#ledger = ledger;
  }

  /** Makes site and blueprints. */
  async prepare(client: CinpClient): Promise<void> {
    await client.create('/api/v1/Site/Site', { name: SITE, description: 'of the jobs' });
    for (let n = 0; n < BLUEPRINTS; n += 1) {
      const name = `bp${n}`;
      await client.create('/api/v1/BluePrint/Script', { name, description: 'x', script: script(this.#random) });
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
      const missing = ending.aborted ? 0 : JOBS - this.open.size;
      const locators = Array.from({ length: missing }, () => `host${(this.#made += 1)}`);
      await Promise.all(locators.map((locator) => this.#begin(locator, signal)));
      await sleep(LOOK_MS);
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
        const at = await this.#callers.persist((client) => client.get(uri), signal).catch(() => undefined);
        const job = await this.#callers
          .persist((client) => client.call(`${uri}(getJob)`), signal)
          .catch(() => undefined);
        if (at?.['state'] !== 'built' && !job) tell('built')(refused);
      });
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
