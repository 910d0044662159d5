import type { UnitOfWork } from '#kernel';
import { Conflict } from '#kernel';
import type { Position } from '#event-store';
import type { Key, ReadStore } from '#read-store';
import { NotReady, PreconditionFailed } from './errors.ts';
import type { Model } from './model.ts';

/** Where it is looked whether objects are still what they were. */
export interface PreconditionContext {
  readonly reads: Pick<ReadStore, 'now'> & { readonly projector: Pick<ReadStore['projector'], 'caughtUp'> };
  readonly head: () => Promise<Position>;
  /** How long to wait for the read models, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Since when the rows of objects are as they are, seen at the end of a unit of work. The rows are waited for until they
 * show all of the log as it is *after* the work has read its streams. So whoever changed an object before that is seen
 * here, and whoever changes it later moves a stream the work has read: then the append is refused and the work done
 * again, this look included. That makes a condition on the answer as good as a lock.
 * @throws NotReady
 */
async function standing({ rows }: Model, keys: readonly Key[], { reads, head, timeoutMs }: PreconditionContext) {
  if (!rows) throw new Error('only rows can stand');
  if (!(await reads.projector.caughtUp(await head(), timeoutMs))) throw new NotReady('the read models are late');
  const held = await reads.now.cached(rows, keys);
  return keys.map((key) => ({ key, since: held.get(key)?.since }));
}

/** Ends a unit of work on objects that are not as they were since one of these positions. @throws PreconditionFailed */
export async function requireUnchanged(
  model: Model,
  keys: readonly Key[],
  since: readonly Position[] | undefined,
  ground: PreconditionContext,
): Promise<void> {
  if (!since) return;
  const changed = (await standing(model, keys, ground)).find(
    (one) => !since.some((position) => position === one.since),
  );
  if (changed) throw new PreconditionFailed(model.path, changed.key);
}

/** Has a unit of work done again where an object it was worked out from was not the latest. @throws Conflict */
export async function requireLatest(
  model: Model,
  key: Key,
  since: Position | undefined,
  work: UnitOfWork,
  ground: PreconditionContext,
): Promise<void> {
  const [now] = await standing(model, [key], ground);
  if (now?.since !== since) throw new Conflict([...work.read(), ...work.written()].map(({ stream }) => stream));
}
