import { comesFrom } from '#blueprint';
import type { UnitOfWork } from '#kernel';
import { isWithin } from '#site';
import type { JobTargetState } from '../job-target.ts';
import type { PlacedHold, Target } from '../job-messages.ts';
import type { HoldRule } from './hold-rules.ts';
import { ALL_RULES, holdRules } from './hold-rules.ts';
import { holdUntil } from './job-holds.ts';

/** A job that is being made, as rules see it. */
export interface HoldableJob {
  readonly id: number;
  readonly target: Target;
  readonly script: string;
  /** What is known of its target. */
  readonly found: JobTargetState;
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
  for (const [rule, asked] of await work.load(holdRules, ALL_RULES)) {
    if (!(await concerns(work, asked, job))) continue;
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
    });
  }
  return placed;
}

/** Whether everything that a rule says is true of a job; what is cheap to see comes first. */
async function concerns(work: UnitOfWork, rule: HoldRule, { target, script, found }: HoldableJob): Promise<boolean> {
  const { labels = {}, blueprint, site } = found;
  if (!rule.scripts.includes(script)) return false;
  if (rule.kind !== null && rule.kind !== target.kind) return false;
  if (rule.target !== null && rule.target !== target.id) return false;
  if (Object.entries(rule.labels).some(([key, value]) => labels[key] !== value)) return false;
  if (rule.blueprint !== null && !(await comesFrom(work, blueprint, rule.blueprint))) return false;
  return rule.site === null || isWithin(work, site, rule.site);
}
