import { refuseAs } from '#kernel';
import type { TakenBy } from './foundation.ts';

/** What something stands on or waits for, as far as jobs on it have to know. */
export interface Support {
  readonly built: boolean;
  readonly job: TakenBy | undefined;
}

/**
 * Whether a job may be made while what its target stands on is as it is.
 * @throws Refusal with the code of the first rule that forbids it
 */
export function checkSupports(script: string, supports: readonly Support[]): void {
  if (script !== 'create' && script !== 'destroy') return;
  for (const { job, built } of supports) {
    if (job && job.script !== script) {
      throw refuseAs('ForemanException', 'JOB_EXISTS', `target's dependency has an existing non-${script} job`);
    }
    if (script === 'destroy' && !built) {
      throw refuseAs('ForemanException', 'NOT_BUILT', 'the supporting target to the target is not built');
    }
  }
}
