import type { Position, PreconditionCheck } from '#event-store';
import { Outdated } from '#event-store';
import type { ReadStore } from './read-store.ts';

/** An object is no longer as it was when the change was thought of. */
export class PreconditionFailed extends Outdated {
  /** Path of its model. */
  readonly model: string;
  readonly key: string | number;

  constructor(model: string, key: string | number) {
    super(`${model} ${key} has changed meanwhile`);
    this.model = model;
    this.key = key;
  }
}

/** A command was worked out from a row that was not the latest; its sender works it out again. */
export class StaleRead extends Outdated {
  override readonly name = 'StaleRead';
}

/** The read models have not come far enough for an answer. */
export class NotReady extends Error {}

/** Where preconditions are looked at. */
export interface PreconditionContext {
  readonly reads: Pick<ReadStore, 'now'> & {
    readonly projector: Pick<ReadStore['projector'], 'caughtUp' | 'models'>;
  };
  readonly head: () => Promise<Position>;
  /** How long to wait for the read models. */
  readonly timeoutMs: number;
}

/**
 * Looks whether rows are as a command expects them, at the end of its unit of work. The rows are waited for until they
 * show all of the log as it is *after* the work has read its streams. So whoever changed an object before that is seen
 * here, and whoever changes it later moves a stream the work has read: then the append is refused and the work done
 * again, this look included. That makes a condition on the answer as good as a lock.
 * @throws PreconditionFailed or StaleRead, as the precondition says; NotReady
 */
export const preconditionCheck =
  ({ reads, head, timeoutMs }: PreconditionContext): PreconditionCheck =>
  async (preconditions) => {
    if (preconditions.length === 0) return;
    if (!(await reads.projector.caughtUp(await head(), timeoutMs))) throw new NotReady('the read models are late');
    for (const { rows, model, key, unchangedSince, otherwise } of preconditions) {
      const readModel = reads.projector.models.find(({ name }) => name === rows);
      if (!readModel) throw new Error(`there is no read model ${rows}`);
      const since = (await reads.now.cached(readModel, [key])).get(key)?.since;
      if (since !== undefined && unchangedSince.includes(since)) continue;
      if (otherwise === 'precondition-failed') throw new PreconditionFailed(model, key);
      throw new StaleRead(`${model} ${key} has changed meanwhile`);
    }
  };
