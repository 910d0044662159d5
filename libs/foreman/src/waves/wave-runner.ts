import { randomUUID } from 'node:crypto';
import type { Clock, CommandGateway, Position, Recorded } from '#event-store';
import { backoffMs, CommandContext } from '#event-store';
import type { Logger } from '#kernel';
import { Conflict, idOf, Refusal } from '#kernel';
import { isNoFault } from '#reactions';
import type { ReadStore } from '#read-store';
import { job } from '../job.ts';
import { KeyedWorkQueue } from '../keyed-work-queue.ts';
import { Timers } from '../timers.ts';
import type { TargetOutcome } from './wave.ts';
import { wave } from './wave.ts';
import { PauseWave } from './wave.commands.ts';
import { AdvanceWave, NoteWaveJob } from './wave-progress.commands.ts';
import { waves, waveTargets } from './waves.ts';

/** How many waves are at work at a time. */
const WIDTH = 2;
/** How many targets are read at a time when a term begins. */
const PAGE = 500;
/** How long the read models may take to show what has happened, in milliseconds. */
const SHOWN_MS = 60_000;
/** How pauses grow while the database is away. */
const RETRY = { firstMs: 200, maxMs: 30_000 };

/** Types of events after which a job may be over, in error, or out of that. */
const TURNS: ReadonlySet<string> = new Set([
  'JobEnded',
  'JobCanceled',
  'JobAborted',
  'JobFailed',
  'JobStepFailed',
  'JobReset',
  'JobRolledBack',
  'JobTaskSettled',
]);

export interface WaveRunnerParts {
  readonly commands: CommandGateway;
  readonly reads: ReadStore;
  /** How far the log goes. */
  readonly head: () => Promise<Position>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Keeps waves going where this process is the foreman: it looks what became of their jobs, and makes the next ones. What it
 * does is decided by the stream of the wave, so it does not matter who does it, or how often. It holds an entry for each
 * wave that has something to do, and for each job of a wave that is under way.
 */
export class WaveRunner {
  readonly #parts: WaveRunnerParts;
  /** The wave of each job that may still change. */
  readonly #jobs = new Map<number, number>();
  /** Jobs that something has happened to, by their waves. */
  readonly #heard = new Map<number, Set<number>>();
  readonly #failures = new Map<number, number>();
  #queue: KeyedWorkQueue | undefined;
  #timers: Timers | undefined;

  constructor(parts: WaveRunnerParts) {
    this.#parts = parts;
  }

  /** Categories of the streams it has to be told of, besides those of jobs. */
  readonly categories: readonly string[] = [wave.category];

  /** How many jobs of waves it knows, and how many waves have something to do. */
  get size(): number {
    return this.#jobs.size + this.#heard.size;
  }

  /** Begins with what there is, or ends, as this process becomes the foreman or is it no longer. */
  set leading(leading: boolean) {
    void this.#queue?.stop();
    this.#timers?.stop();
    this.#queue = undefined;
    this.#timers = undefined;
    this.#jobs.clear();
    this.#heard.clear();
    this.#failures.clear();
    if (!leading) return;
    const queue: KeyedWorkQueue = new KeyedWorkQueue(WIDTH, (id) => this.#goOn(id, queue));
    this.#queue = queue;
    this.#timers = new Timers(
      (id) => queue.add(id),
      () => this.#parts.clock.millis(),
    );
    void this.#begin(queue);
  }

  heard(event: Recorded): void {
    if (!this.#queue) return;
    const { stream, type, data } = event;
    if (stream.startsWith(`${wave.category}-`)) this.#heardOfWave(Number(idOf(stream)), type, data as TargetOutcome);
    else if (stream.startsWith(`${job.category}-`) && TURNS.has(type)) {
      const id = Number(idOf(stream));
      const its = this.#jobs.get(id);
      if (its === undefined) return;
      if (type === 'JobEnded' || type === 'JobCanceled') this.#jobs.delete(id);
      this.#note(its, id);
    }
  }

  #heardOfWave(id: number, type: string, { job: one }: TargetOutcome): void {
    if (type === 'WaveJobCreated') this.#jobs.set(one, id);
    if (type === 'WaveCreated' || type === 'WaveResumed') this.#queue?.add(id);
  }

  #note(id: number, one: number): void {
    const heard = this.#heard.get(id) ?? new Set();
    this.#heard.set(id, heard.add(one));
    this.#queue?.add(id);
  }

  /** Looks at every wave that runs, and at every job of one that may have changed meanwhile; again until it can be read. */
  async #begin(queue: KeyedWorkQueue): Promise<void> {
    const { reads, head, log } = this.#parts;
    for (let tries = 1; this.#queue === queue; tries += 1) {
      try {
        // What happens behind this is heard.
        await reads.projector.caughtUp(await head(), SHOWN_MS);
        const { keys } = await reads.now.keys(waveTargets, { where: { open: 'yes' } });
        for (let n = 0; n < keys.length; n += PAGE) {
          for (const { wave: id, job: one } of (await reads.now.many(waveTargets, keys.slice(n, n + PAGE))).values()) {
            if (one === null || this.#queue !== queue) continue;
            this.#jobs.set(one, id);
            this.#note(id, one);
          }
        }
        const { keys: running } = await reads.now.keys(waves, { where: { stage: 'running' } });
        for (const id of running) queue.add(Number(id));
        return;
      } catch (error) {
        log.warn('the waves could not be read', { tries, error: String(error) });
        await new Promise((resolve) => setTimeout(resolve, backoffMs(tries, RETRY)).unref());
      }
    }
  }

  async #goOn(id: number, queue: KeyedWorkQueue): Promise<undefined> {
    const { clock, commands, log } = this.#parts;
    const context = () => CommandContext.system(clock.now());
    try {
      const heard = this.#heard.get(id) ?? new Set();
      for (const one of heard) {
        // What happens to it meanwhile has it looked at once more.
        heard.delete(one);
        await commands.execute(new NoteWaveJob(id, one), context()).catch((error: unknown) => {
          heard.add(one);
          throw error;
        });
      }
      if (heard.size === 0 && this.#heard.get(id) === heard) this.#heard.delete(id);
      while (this.#queue === queue) {
        if (!(await commands.execute(new AdvanceWave(id), context())).value) break;
      }
      this.#failures.delete(id);
    } catch (error) {
      if (this.#queue !== queue) return;
      const failures = (this.#failures.get(id) ?? 0) + 1;
      this.#failures.set(id, failures);
      this.#timers?.set(id, clock.millis() + backoffMs(failures, RETRY));
      if (error instanceof Conflict || isNoFault(error)) return;
      await this.#fault(id, error).catch((failure: unknown) =>
        log.warn('a wave with a fault could not be paused', { wave: id, error: String(failure) }),
      );
    }
  }

  /** A fault of a wave pauses it, with a reference to the log of the server. */
  async #fault(id: number, error: unknown): Promise<void> {
    const { clock, log } = this.#parts;
    const reference = randomUUID();
    log.error('a wave could not go on', error, { wave: id, reference });
    const reason = error instanceof Refusal ? error.message : `Internal fault, reference ${reference}`;
    const context = CommandContext.system(clock.now(), reference);
    await this.#parts.commands.execute(new PauseWave(id, reason), context);
    this.#timers?.set(id, undefined);
  }
}
