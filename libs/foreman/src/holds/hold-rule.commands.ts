import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { ChangedValues, NewValues } from '#api';
import {
  boundTo,
  ChangeCommand,
  CreateCommand,
  DeleteCommand,
  deleteUnreferencedHandler,
  Forbidden,
  given,
} from '#api';
import { isThereBluePrint } from '#blueprint';
import type { CommandContext } from '#event-store';
import { UnitOfWorkHandler } from '#event-store';
import type { JsonMap, UnitOfWork } from '#kernel';
import { People } from '#people';
import { Ids } from '#read-store';
import { siteFor } from '#site';
import { JobTargetRegistry } from '../job-target.ts';
import type { holdRuleFields } from './hold-rule.api.ts';
import type { HoldRule } from './hold-rules.ts';
import { ALL_RULES, holdRules } from './hold-rules.ts';

/** The longest a hold may last, in seconds: a week. */
export const MAX_HOLD_S = 7 * 24 * 3600;
/** How many scripts, and labels, one rule may name. */
export const MAX_SCRIPTS = 20;
export const MAX_RULE_LABELS = 32;

export class CreateHoldRule extends CreateCommand<NewValues<typeof holdRuleFields>, number> {}
export class ChangeHoldRule extends ChangeCommand<ChangedValues<typeof holdRuleFields>> {}
export class DeleteHoldRule extends DeleteCommand {}

const orNull = (value: string | null | undefined) => (value === '' ? null : value);

/** What is given of a rule, as it is kept. */
const rulePart = (values: ChangedValues<typeof holdRuleFields>): Partial<HoldRule> => {
  const { description, blueprint, target_kind: kind, target, labels, scripts, holder, seconds, when_over } = values;
  return given({
    description,
    blueprint: orNull(blueprint),
    kind: orNull(kind),
    target: orNull(target),
    labels: labels === undefined ? undefined : ((labels ?? {}) as Readonly<Record<string, string>>),
    scripts: scripts === undefined ? undefined : [...new Set(scripts)],
    holder: orNull(holder),
    seconds,
    whenOver: when_over,
  });
};

function checkLabels(work: UnitOfWork, labels: JsonMap): void {
  const entries = Object.entries(labels);
  if (entries.length > MAX_RULE_LABELS) {
    work.fault('labels', 'TOO_MANY', `there may be at most ${MAX_RULE_LABELS} labels, not ${entries.length}`);
  }
  for (const [key, value] of entries) {
    if (typeof value !== 'string') work.fault('labels', 'LABEL', `the value of "${key}" must be text`);
  }
}

function checkScripts(work: UnitOfWork, scripts: readonly string[]): void {
  if (scripts.length === 0) work.fault('scripts', 'REQUIRED', 'must name destroy, or utility scripts');
  if (scripts.length > MAX_SCRIPTS) {
    work.fault('scripts', 'TOO_MANY', `there may be at most ${MAX_SCRIPTS} scripts, not ${scripts.length}`);
  }
  if (scripts.includes('create')) work.fault('scripts', 'INVALID_VALUE', 'jobs that create something are not held');
  if (scripts.includes('')) work.fault('scripts', 'INVALID_VALUE', '"" is no name of a script');
}

/** Notes what is wrong with a rule as it would be. */
async function check(work: UnitOfWork, rule: Omit<HoldRule, 'site'>, kinds: readonly string[]): Promise<void> {
  const { blueprint, kind, target, labels, scripts, seconds } = rule;
  if (blueprint !== null && !(await isThereBluePrint(work, blueprint))) {
    work.fault('blueprint', 'INVALID_VALUE', `there is no blueprint ${blueprint}`);
  }
  if (kind !== null && !kinds.includes(kind)) {
    work.fault('target_kind', 'INVALID_CHOICE', `jobs work on ${kinds.join(', ')}, not on ${kind}`);
  }
  if (target !== null && kind === null) {
    work.fault('target_kind', 'REQUIRED', `must say what target "${target}" is: ${kinds.join(', ')}`);
  }
  checkLabels(work, labels);
  checkScripts(work, scripts);
  if (seconds < 1 || seconds > MAX_HOLD_S) {
    work.fault('seconds', 'RANGE', `must be between 1 and ${MAX_HOLD_S}, not ${seconds}`);
  }
}

/** What the holder that is given is known by inside; undefined: none is given. */
type Holder = string | null | undefined;

/** Prepared: the holder. */
abstract class HoldRuleHandler<C extends CreateHoldRule | ChangeHoldRule> extends UnitOfWorkHandler<C, Holder> {
  @Inject(People) private readonly people!: People;

  override async prepare({ values: { holder } }: C): Promise<Holder> {
    return holder ? this.people.inside(holder) : holder;
  }
}

@CommandHandler(CreateHoldRule)
class CreateHoldRuleHandler extends HoldRuleHandler<CreateHoldRule> {
  constructor(
    @Inject(Ids) private readonly ids: Ids,
    @Inject(JobTargetRegistry) private readonly targets: JobTargetRegistry,
  ) {
    super();
  }

  async decide(work: UnitOfWork, { values }: CreateHoldRule, { caller }: CommandContext, holder: Holder) {
    const { site, ...rest } = values;
    if (site === null && caller && boundTo(caller)) {
      throw new Forbidden('who is bound to sites has to name the site of a hold rule');
    }
    await siteFor(work, 'site', site);
    const data = { site, ...rulePart({ ...rest, ...given({ holder }) }) } as HoldRule;
    await check(work, data, [...this.targets.all.keys()]);
    work.throwIfFaulted();
    const rule = await this.ids.next('holdRule');
    await work.decide(holdRules, ALL_RULES, { type: 'AddHoldRule', data: { ...data, rule } });
    return rule;
  }
}

@CommandHandler(ChangeHoldRule)
class ChangeHoldRuleHandler extends HoldRuleHandler<ChangeHoldRule> {
  constructor(@Inject(JobTargetRegistry) private readonly targets: JobTargetRegistry) {
    super();
  }

  async decide(work: UnitOfWork, { key, values }: ChangeHoldRule, _: CommandContext, holder: Holder) {
    const rule = Number(key);
    const before = (await work.load(holdRules, ALL_RULES)).get(rule);
    const data = rulePart({ ...values, ...given({ holder }) });
    if (before) await check(work, { ...before, ...data }, [...this.targets.all.keys()]);
    await work.decide(holdRules, ALL_RULES, { type: 'ChangeHoldRule', data: { ...data, rule } });
  }
}

export const holdRuleHandlers = [
  CreateHoldRuleHandler,
  ChangeHoldRuleHandler,
  deleteUnreferencedHandler(DeleteHoldRule, 'Foreman/HoldRule', (work, key) =>
    work.decide(holdRules, ALL_RULES, { type: 'RemoveHoldRule', data: { rule: Number(key) } }),
  ),
];
