import { comesFrom } from '#blueprint';
import type { UnitOfWork } from '#kernel';
import { isWithin } from '#site';
import type { JobTargetState } from '../job-target.ts';
import type { PlacedHold, Target } from '../job-messages.ts';
import type { HoldRule } from './hold-rules.ts';
import { ALL_RULES, holdRules } from './hold-rules.ts';
import { holdUntil } from './job-holds.ts';

/** What stands on the target of a job, as rules see it. */
type Carried = Target & { readonly found: JobTargetState };

/** A job that is being made, as rules see it. */
export interface HoldableJob {
  readonly id: number;
  readonly target: Target;
  readonly script: string;
  /** What is known of its target. */
  readonly found: JobTargetState;
  /** Finds what stands on its target; not there: nothing can. */
  readonly carries?: () => Promise<Carried | undefined> | undefined;
  /** When it is made, ISO 8601. */
  readonly now: string;
}

/**
 * The holds that rules ask for on a job that is being made. Jobs that create something are not held, and cost no look.
 * That there is no other rule is part of the unit of work.
 */
export async function holdsFor(work: UnitOfWork, job: HoldableJob): Promise<readonly PlacedHold[]> {
  const { id, target, script, found, now } = job;
  if (script === 'create') return [];
  const placed: PlacedHold[] = [];
  const rules = [...(await work.load(holdRules, ALL_RULES))].filter(([, { scripts }]) => scripts.includes(script));
  const on = rules.length === 0 ? undefined : await job.carries?.();
  for (const [rule, asked] of rules) {
    const concerned = await concerns(work, asked, { target, found });
    if (!concerned && !(on && (await concerns(work, asked, { target: on, found: on.found })))) continue;
    const { description, holder, seconds, whenOver } = asked;
    placed.push({
      hold: `${id}-${rule}`,
      rule,
      description,
      holder,
      seconds,
      until: holdUntil(Date.parse(now), seconds),
      whenOver,
      job: id,
      site: found.site,
      target,
      blueprint: found.blueprint,
      script,
      ...(concerned || !on ? {} : { carried: { kind: on.kind, id: on.id } }),
    });
  }
  return placed;
}

/** Whether everything that a rule says is true of a target; what is cheap to see comes first. */
async function concerns(
  work: UnitOfWork,
  rule: HoldRule,
  { target, found }: Pick<HoldableJob, 'target' | 'found'>,
): Promise<boolean> {
  const { labels = {}, blueprint, site } = found;
  if (rule.kind !== null && rule.kind !== target.kind) return false;
  if (rule.target !== null && rule.target !== target.id) return false;
  if (Object.entries(rule.labels).some(([key, value]) => labels[key] !== value)) return false;
  if (rule.blueprint !== null && !(await comesFrom(work, blueprint, rule.blueprint))) return false;
  return rule.site === null || isWithin(work, site, rule.site);
}
