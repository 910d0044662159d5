import type { UnitOfWork } from '#kernel';
import { whyNotByRule } from './fits.ts';
import type { IntakeRule } from './intake-rule.ts';
import { intakeRule } from './intake-rule.ts';
import { intakeRules } from './intake-rules.ts';
import type { UnknownMachine } from './placeholders.ts';
import type { IntakeParts } from './take-in.ts';
import { takeIn, tried } from './take-in.ts';

/** The rules in force, in the order in which they are asked. */
async function rulesInForce(
  work: UnitOfWork,
  { view }: IntakeParts,
): Promise<readonly (readonly [string, IntakeRule])[]> {
  const { rows } = await view.list(intakeRules, { where: { enabled: 'yes' } });
  const names = rows.toSorted((one, other) => one.row.order - other.row.order).map(({ key }) => String(key));
  const found: (readonly [string, IntakeRule])[] = [];
  for (const name of names) {
    // The rows may be behind: a rule that has just been switched off takes in nothing.
    const its = await work.load(intakeRule, name);
    if (its.stage === 'active' && its.value.enabled) found.push([name, its.value]);
  }
  return found;
}

/** Takes in a machine by the first rule that fits it, or tells why that one can not; undefined: none fits. */
export async function byRule(
  work: UnitOfWork,
  machine: UnknownMachine,
  parts: IntakeParts,
): Promise<{ readonly locator: string; readonly how: string } | { readonly reason: string } | undefined> {
  for (const [name, rule] of await rulesInForce(work, parts)) {
    if ((await whyNotByRule(work, rule, machine.infoMap)) !== undefined) continue;
    const result = await tried(work, (fork) => takeIn(fork, machine, rule, parts));
    if ('done' in result) return { locator: result.done.locator, how: `rule: "${name}"` };
    const why = result.faults.map(({ field, text }) => (field === '' ? text : `${field}: ${text}`)).join('; ');
    return { reason: `rule "${name}" fits, and can not take it in: ${why}` };
  }
  return undefined;
}
