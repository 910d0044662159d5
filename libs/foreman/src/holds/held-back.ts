import type { UnitOfWork } from '#kernel';
import type { Job } from '../job-messages.ts';
import { job } from '../job.ts';
import { ALL_RULES, holdRules } from './hold-rules.ts';

/**
 * Whether holds keep a job that waits from beginning. Holds of rules that are gone are released, and those whose time is up
 * are over, which may put the job into error.
 * @param now milliseconds since 1970
 */
export async function isHeldBack(work: UnitOfWork, id: number, { holds }: Job, now: number): Promise<boolean> {
  if (holds.length === 0) return false;
  const rules = await work.load(holdRules, ALL_RULES);
  for (const { hold, rule } of holds) {
    if (rules.has(rule)) continue;
    await work.decide(job, id, { type: 'DropHold', data: { hold, reason: `hold rule ${rule} was deleted` } });
  }
  await work.decide(job, id, { type: 'TimeOutHolds', data: { now } });
  const after = await work.load(job, id);
  return after?.stage !== 'waiting' || after.holds.length > 0;
}

/** When the first hold of a job that waits is over, milliseconds since 1970; undefined: nothing holds it. */
export const firstHoldOver = ({ holds }: Pick<Job, 'holds'>): number | undefined =>
  holds.length === 0 ? undefined : Math.min(...holds.map(({ until }) => Date.parse(until)));
