import { streamName } from '#kernel';
import type { Target } from './job.ts';
import type { JobTargets } from './job-target.ts';
import { targetOf } from './job-target.ts';

/** Which job is at work on which target. It holds an entry for each job under way, and a target has one at most. */
export class TargetWatch {
  readonly #targets: () => JobTargets;
  /** Jobs by the stream of their target. */
  readonly #jobOf = new Map<string, number>();
  /** The same the other way round. */
  readonly #streamOf = new Map<number, string>();

  constructor(targets: () => JobTargets) {
    this.#targets = targets;
  }

  /** The jobs under way. */
  get jobs(): readonly number[] {
    return [...this.#streamOf.keys()];
  }

  /** The job at work on the target that has this stream. */
  at(stream: string): number | undefined {
    return this.#jobOf.get(stream);
  }

  add(id: number, target: Target): void {
    const stream = streamName(targetOf(this.#targets(), target).category, target.id);
    this.#jobOf.set(stream, id);
    this.#streamOf.set(id, stream);
  }

  remove(id: number): void {
    const stream = this.#streamOf.get(id);
    if (stream !== undefined && this.#jobOf.get(stream) === id) this.#jobOf.delete(stream);
    this.#streamOf.delete(id);
  }
}
