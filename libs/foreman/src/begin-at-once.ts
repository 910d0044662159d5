import type { UnitOfWork } from '#kernel';
import { streamName } from '#kernel';
import type { Job } from './job-messages.ts';
import { job } from './job.ts';
import type { ReconcileContext } from './reconcile.ts';
import { reconcile } from './reconcile.ts';

/** A job that has begun with the append that makes it. */
export interface BegunJob {
  readonly id: number;
  readonly state: Job;
  /** Revision of the last event of its stream. */
  readonly revision: number;
}

/**
 * Begins a job with the append that makes it, where nothing is in its way and its first step then waits for an agent or a
 * time: the foreman needs no look of its own for that. In all other cases, and where its script fails, the job waits as it
 * was made, and the foreman looks at it when it hears of it.
 * @returns how it then stands; undefined: it waits
 */
export async function beginAtOnce(
  work: UnitOfWork,
  id: number,
  context: ReconcileContext,
): Promise<BegunJob | undefined> {
  const beginning = work.fork();
  let state: Job | undefined;
  try {
    await reconcile(beginning, id, context);
    beginning.throwIfFaulted();
    state = await beginning.load(job, id);
  } catch {
    // The foreman meets it again at its own look, where it is told.
    return undefined;
  }
  if (state?.stage !== 'queued' || (!state.order && state.wakeAt === undefined)) return undefined;
  work.absorb(beginning);
  const stream = streamName(job.category, String(id));
  const { expected = -1, events = [] } = work.written().find((write) => write.stream === stream) ?? {};
  return { id, state, revision: expected + events.length };
}
