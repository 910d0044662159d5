import type { UnitOfWork } from '#kernel';
import { Refusal } from '#kernel';
import { createJob } from '../create-job.ts';
import type { JobTargets } from '../job-target.ts';
import { targetOf } from '../job-target.ts';
import type { NewWave } from './wave.ts';

/** Makes the job of a target of a wave. @returns why it cannot be made; undefined: it is made */
export async function makeWaveJob(
  work: UnitOfWork,
  kinds: JobTargets,
  { kind, script, creator }: NewWave,
  { target, id, now }: { readonly target: string; readonly id: number; readonly now: string },
): Promise<string | undefined> {
  try {
    await createJob(work, targetOf(kinds, { kind }), { target, script, creator, id, now });
    work.throwIfFaulted();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}
