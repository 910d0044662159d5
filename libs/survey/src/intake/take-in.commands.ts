import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import { foundationBluePrintFor } from '#blueprint';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { JsonMap, UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import type { Key, ReadStore } from '#read-store';
import { Ids, READ_STORE } from '#read-store';
import { Secrets } from '#secrets';
import { attach } from '../cartographer/attach.ts';
import { registered } from '../cartographer/registered.ts';
import { isSurveyed, typesOf } from './check-intake.ts';
import { whyNotOfBluePrint } from './fits.ts';
import type { Intake } from './intake-rule.ts';
import { intakeRule } from './intake-rule.ts';
import type { TakenIn } from './take-in.ts';
import { takeIn } from './take-in.ts';

/** What a person says of a machine that is taken in; what is null is as the rule says. */
export interface WantedIntake {
  readonly rule: string | null;
  readonly blueprint: string | null;
  /** Null without a rule: the only one that the blueprint lists. */
  readonly type: string | null;
  readonly site: string | null;
  readonly locator: string | null;
  readonly plot: string | null;
  readonly network: number | null;
  readonly values: JsonMap;
}

/** Makes the foundation that an unknown machine is. */
export class TakeInMachine extends NamedCommand<TakenIn> {
  constructor(
    readonly key: Key,
    readonly wanted: WantedIntake,
  ) {
    super();
  }
}

/** Changes nothing; results in what `TakeInMachine` would make, and is refused where that would be. */
export class PreviewTakeIn extends NamedCommand<TakenIn> {
  constructor(
    readonly key: Key,
    readonly wanted: WantedIntake,
  ) {
    super();
  }
}

abstract class TakeInHandler<C extends NamedCommand<TakenIn>> extends UnitOfWorkHandler<C> {
  @Inject(PLATFORMS) protected readonly platforms!: readonly ServerHalf[];
  @Inject(READ_STORE) protected readonly reads!: ReadStore;
  @Inject(Ids) protected readonly ids!: Ids;
  @Inject(Secrets) protected readonly secrets!: Secrets;

  /** @throws Refusal naming everything that is in the way */
  protected async takeIn(
    work: UnitOfWork,
    { key, wanted }: TakeInMachine | PreviewTakeIn,
    { metadata: { request } }: CommandContext,
  ): Promise<TakenIn> {
    const identifier = String(key);
    const { foundation, infoMap } = await registered(work, identifier);
    if (foundation !== null) throw refuse('', 'MATCHED', `this machine is foundation "${foundation}" already`);
    const intake = await this.#intakeOf(work, wanted);
    const why = await whyNotOfBluePrint(work, intake.blueprint, infoMap);
    if (why !== undefined) {
      work.fault('blueprint', 'TEMPLATE', `the machine is not what "${intake.blueprint}" asks for: ${why}`);
    }
    const { platforms, ids, secrets } = this;
    const parts = { platforms, view: this.reads.now, ids, secrets, request };
    const taken = await takeIn(work, { identifier, infoMap }, intake, parts);
    work.throwIfFaulted();
    if (!taken) throw new Error(`machine ${identifier} was not taken in, and nobody says why`);
    const { locator } = taken;
    await attach(work, { identifier, locator, matchedBy: 'taken in', message: `Taken in as "${locator}"` });
    work.throwIfFaulted();
    return taken;
  }

  /** What is said, on top of the rule. @throws Refusal where something is missing */
  async #intakeOf(work: UnitOfWork, wanted: WantedIntake): Promise<Intake> {
    const { rule } = wanted;
    const found = rule === null ? undefined : await work.load(intakeRule, rule);
    if (found && found.stage !== 'active') throw refuse('rule', 'INVALID_VALUE', `there is no intake rule ${rule}`);
    const base = found?.value;
    const { blueprint = null, site = null, locator = null } = base ?? {};
    const said = {
      blueprint: wanted.blueprint ?? blueprint ?? '',
      site: wanted.site ?? site ?? '',
      locator: wanted.locator ?? locator ?? '',
    };
    const type = wanted.type ?? base?.type ?? (await this.#onlyType(work, said.blueprint)) ?? '';
    for (const [field, value] of Object.entries({ ...said, foundation_type: type })) {
      if (value === '') work.fault(field, 'NULL', 'This field cannot be null.');
    }
    work.throwIfFaulted();
    return {
      ...said,
      type,
      plot: wanted.plot ?? base?.plot ?? null,
      network: wanted.network ?? base?.network ?? null,
      values: { ...base?.values, ...wanted.values },
    };
  }

  /** The type of machines that a blueprint lists, where it lists one alone. */
  async #onlyType(work: UnitOfWork, blueprint: string): Promise<string | undefined> {
    let listed: readonly string[] = [];
    // That it is not there is told when it is looked at for what it asks.
    await work.faultsOf(async () => {
      listed = (await foundationBluePrintFor(work, 'blueprint', blueprint))?.foundationTypes ?? [];
    });
    const fitting = typesOf(this.platforms).filter((one) => isSurveyed(one) && listed.includes(one.type));
    return fitting.length === 1 ? fitting[0]?.type : undefined;
  }
}

@CommandHandler(TakeInMachine)
class TakeInMachineHandler extends TakeInHandler<TakeInMachine> {
  decide(work: UnitOfWork, command: TakeInMachine, context: CommandContext) {
    return this.takeIn(work, command, context);
  }
}

@CommandHandler(PreviewTakeIn)
class PreviewTakeInHandler extends TakeInHandler<PreviewTakeIn> {
  decide(work: UnitOfWork, command: PreviewTakeIn, context: CommandContext) {
    return Ids.rehearse(() => this.takeIn(work.fork(), command, context));
  }
}

export const takeInHandlers = [TakeInMachineHandler, PreviewTakeInHandler];
