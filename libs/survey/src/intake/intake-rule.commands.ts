import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { ChangedValues, NewValues } from '#api';
import { ChangeCommand, checkPattern, CreateCommand, DeleteCommand, deleteHandler, given } from '#api';
import { templateFaults, validationTemplateOf } from '#blueprint';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import type { Key, ReadStore } from '#read-store';
import { Ids, READ_STORE } from '#read-store';
import { Secrets } from '#secrets';
import { cartographers } from '../cartographer/cartographers.ts';
import { checkIntake } from './check-intake.ts';
import { whyNotByRule } from './fits.ts';
import type { intakeRuleFields } from './intake-rule.api.ts';
import type { IntakeRule } from './intake-rule.ts';
import { intakeRule } from './intake-rule.ts';
import { placeholdersIn } from './placeholders.ts';
import type { TakenIn } from './take-in.ts';
import { takeIn, tried } from './take-in.ts';

export class CreateIntakeRule extends CreateCommand<NewValues<typeof intakeRuleFields>> {}
export class ChangeIntakeRule extends ChangeCommand<ChangedValues<typeof intakeRuleFields>> {}
export class DeleteIntakeRule extends DeleteCommand {}

/** One waiting machine that a rule fits: what it would become, or why it can not. */
type IntakePreview =
  ({ readonly identifier: string } & TakenIn) | { readonly identifier: string; readonly fault: string };

/** Changes nothing; results in which of the waiting machines a rule would take in, be it in force or not. */
export class PreviewIntakeRule extends NamedCommand<readonly IntakePreview[]> {
  constructor(readonly key: Key) {
    super();
  }
}

/** How many machines a preview tells of. */
const MAX_PREVIEWED = 100;
/** The order of a rule that says none. */
const DEFAULT_ORDER = 100;

const missing = () => refuse('', 'NOT_FOUND', 'Intake rule does not exist');

/** Notes what is wrong with a rule. */
async function checkIntakeRule(work: UnitOfWork, value: IntakeRule, platforms: readonly ServerHalf[]): Promise<void> {
  const { blueprint, enabled, fingerprint, locator } = value;
  await checkIntake(work, value, platforms);
  for (const fault of templateFaults(fingerprint)) work.fault('fingerprint', 'INVALID', fault);
  if (placeholdersIn(locator).length === 0) {
    work.fault('locator', 'PATTERN', `"${locator}" is one name for all machines: put {serial}, {mac} or {n} in it`);
  }
  if (!enabled || Object.keys(fingerprint).length > 0) return;
  if ((await validationTemplateOf(work, blueprint)) === undefined) {
    const text =
      'would take in whatever calls in: say in fingerprint what machines report, or give the blueprint ' +
      `"${blueprint}" a validation template`;
    work.fault('enabled', 'TOO_WIDE', text);
  }
}

abstract class IntakeRuleHandler<C extends NamedCommand<unknown>> extends UnitOfWorkHandler<C> {
  @Inject(PLATFORMS) protected readonly platforms!: readonly ServerHalf[];
}

@CommandHandler(CreateIntakeRule)
class CreateIntakeRuleHandler extends IntakeRuleHandler<CreateIntakeRule> {
  async decide(work: UnitOfWork, { values }: CreateIntakeRule) {
    const { name, foundation_type: type, enabled, order, fingerprint, values: own, ...rest } = values;
    checkPattern(work, 'name', name, 'Invalid');
    const value: IntakeRule = {
      ...rest,
      type,
      enabled: enabled ?? false,
      order: order ?? DEFAULT_ORDER,
      fingerprint: fingerprint ?? {},
      values: own ?? {},
    };
    await checkIntakeRule(work, value, this.platforms);
    await work.decide(intakeRule, name, { type: 'DefineIntakeRule', data: value });
    return name;
  }
}

@CommandHandler(ChangeIntakeRule)
class ChangeIntakeRuleHandler extends IntakeRuleHandler<ChangeIntakeRule> {
  async decide(work: UnitOfWork, { key, values }: ChangeIntakeRule) {
    const found = await work.load(intakeRule, key);
    if (found.stage !== 'active') throw missing();
    const { value: before } = found;
    const { foundation_type: type, enabled, order, fingerprint, values: own, ...rest } = values;
    const after: IntakeRule = {
      ...before,
      ...given({ ...rest, type }),
      enabled: enabled ?? before.enabled,
      order: order ?? before.order,
      fingerprint: fingerprint ?? before.fingerprint,
      values: own ?? before.values,
    };
    await checkIntakeRule(work, after, this.platforms);
    await work.decide(intakeRule, key, { type: 'ChangeIntakeRule', data: after });
  }
}

@CommandHandler(PreviewIntakeRule)
class PreviewIntakeRuleHandler extends IntakeRuleHandler<PreviewIntakeRule> {
  @Inject(READ_STORE) private readonly reads!: ReadStore;
  @Inject(Ids) private readonly ids!: Ids;
  @Inject(Secrets) private readonly secrets!: Secrets;

  async decide(work: UnitOfWork, { key }: PreviewIntakeRule, { metadata: { request } }: CommandContext) {
    const found = await work.load(intakeRule, key);
    if (found.stage !== 'active') throw missing();
    const { value: rule } = found;
    const { now: view } = this.reads;
    const { platforms, ids, secrets } = this;
    const parts = { platforms, view, ids, secrets, request };
    const { rows } = await view.list(cartographers, { where: { waiting: 'yes' } });
    // What one machine takes, a locator with its number, the next one does not get.
    const fork = work.fork();
    return Ids.rehearse(async () => {
      const previews: IntakePreview[] = [];
      for (const { key: one, row } of rows) {
        if (previews.length >= MAX_PREVIEWED) break;
        if ((await whyNotByRule(fork, rule, row.infoMap)) !== undefined) continue;
        const machine = { identifier: String(one), infoMap: row.infoMap };
        const result = await tried(fork, (deeper) => takeIn(deeper, machine, rule, parts));
        const { identifier } = machine;
        if ('done' in result) previews.push({ identifier, ...result.done });
        else previews.push({ identifier, fault: result.faults.map(({ text }) => text).join('; ') });
      }
      return previews;
    });
  }
}

export const intakeRuleHandlers = [
  CreateIntakeRuleHandler,
  ChangeIntakeRuleHandler,
  PreviewIntakeRuleHandler,
  deleteHandler(DeleteIntakeRule, 'Survey/IntakeRule', intakeRule),
];
