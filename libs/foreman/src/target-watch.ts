import { streamName } from '#kernel';
import type { Created, Target } from './job-messages.ts';
import type { JobTargets } from './job-target.ts';
import { targetOf } from './job-target.ts';

/** What is watched for one job. */
interface Watched {
  /** The stream of its target. */
  readonly own: string;
  readonly target: Target;
  readonly script: string;
  readonly needs: readonly string[];
  /** The streams of what it waits for; none once it has started. */
  others: ReadonlySet<string>;
  waits: boolean;
}

/**
 * Which jobs an event in a stream concerns: the one at work on the target with that stream, and those that wait for
 * what happens there. It holds an entry for each job under way, and for each stream that a waiting job waits for.
 */
export class TargetWatch {
  readonly #targets: () => JobTargets;
  readonly #watched = new Map<number, Watched>();
  /** Jobs by the streams that concern them. */
  readonly #jobs = new Map<string, Set<number>>();

  constructor(targets: () => JobTargets) {
    this.#targets = targets;
  }

  /** The jobs under way. */
  get jobs(): readonly number[] {
    return [...this.#watched.keys()];
  }

  /** Whether a job is under way. */
  knows(id: number): boolean {
    return this.#watched.has(id);
  }

  /** The jobs that have begun, or those that wait to. */
  which(waits: boolean): readonly number[] {
    return [...this.#watched].flatMap(([id, watched]) => (watched.waits === waits ? [id] : []));
  }

  /** The jobs that an event in a stream concerns. */
  at(stream: string): readonly number[] {
    return [...(this.#jobs.get(stream) ?? [])];
  }

  /** A job that waits, or has started. */
  add(id: number, { target, script, needs = [] }: Pick<Created, 'target' | 'script' | 'needs'>, waits: boolean): void {
    const own = streamName(targetOf(this.#targets(), target).category, target.id);
    this.#watched.set(id, { own, target, script, needs, others: new Set(), waits });
    this.#note(own, id);
  }

  /** What a job waits with: its target, script and needs; undefined: it does not wait. */
  waiting(id: number): Required<Pick<Created, 'target' | 'script' | 'needs'>> | undefined {
    const watched = this.#watched.get(id);
    return watched?.waits ? watched : undefined;
  }

  /** The streams of what a job waits for, in the place of those before. @returns whether they are others */
  waitsFor(id: number, streams: readonly string[]): boolean {
    const watched = this.#watched.get(id);
    if (!watched?.waits) return false;
    const others = new Set(streams.filter((stream) => stream !== watched.own));
    if (others.size === watched.others.size && [...others].every((stream) => watched.others.has(stream))) return false;
    for (const stream of watched.others) this.#forget(stream, id);
    for (const stream of others) this.#note(stream, id);
    watched.others = others;
    return true;
  }

  /** A job waits no longer. */
  started(id: number): void {
    this.waitsFor(id, []);
    const watched = this.#watched.get(id);
    if (watched) watched.waits = false;
  }

  remove(id: number): void {
    this.started(id);
    const watched = this.#watched.get(id);
    if (watched) this.#forget(watched.own, id);
    this.#watched.delete(id);
  }

  #note(stream: string, id: number): void {
    const jobs = this.#jobs.get(stream);
    if (jobs) jobs.add(id);
    else this.#jobs.set(stream, new Set([id]));
  }

  #forget(stream: string, id: number): void {
    const jobs = this.#jobs.get(stream);
    jobs?.delete(id);
    if (jobs?.size === 0) this.#jobs.delete(stream);
  }
}
