import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { ConfigOwner } from '#config';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import { Holders } from '#ipam';
import type { UnitOfWork } from '#kernel';
import { secretReference } from '#kernel';
import type { ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import type { ReadStore } from '#read-store';
import { Ids, READ_STORE } from '#read-store';
import { Secrets } from '#secrets';
import type { IdSource } from './bulk-ids.ts';
import { bulkIds, noIds } from './bulk-ids.ts';
import type { ProvisionPlan } from './machine-plan.ts';
import type { Planning, WantedMachines } from './plan-machine.ts';
import { planMachines, withoutIds } from './plan-machines.ts';

/** Makes machines: foundations with their interfaces, structures with their addresses, and their create jobs; all or none. */
export class ProvisionMachines extends NamedCommand<ProvisionPlan> {
  constructor(readonly wanted: WantedMachines) {
    super();
  }

  override get isLarge(): boolean {
    return true;
  }

  override get keepsResult(): boolean {
    return true;
  }
}

/** Changes nothing; results in what `ProvisionMachines` would make, and is refused where that would be. */
export class PreviewProvision extends NamedCommand<ProvisionPlan> {
  constructor(readonly wanted: WantedMachines) {
    super();
  }
}

/** Keeps no secrets: for what is only looked at. */
const NOT_KEPT: ConfigOwner['secrets'] = {
  keep: async () => secretReference('00000000-0000-0000-0000-000000000001'),
  holds: async () => false,
  ownerOf: async () => undefined,
};

abstract class PlanningHandler<C extends NamedCommand<ProvisionPlan>> extends UnitOfWorkHandler<C> {
  @Inject(PLATFORMS) protected readonly platforms!: readonly ServerHalf[];
  @Inject(Holders) protected readonly holders!: Holders;
  @Inject(READ_STORE) protected readonly reads!: ReadStore;
  @Inject(Ids) protected readonly ids!: Ids;
  @Inject(Secrets) protected readonly secrets!: Secrets;

  protected planning(
    { metadata: { request, actor: creator }, now }: CommandContext,
    ids: IdSource,
    secrets: Planning['secrets'],
  ): Planning {
    return {
      view: this.reads.now,
      platforms: this.platforms,
      holders: this.holders,
      ids,
      secrets,
      request,
      creator,
      now,
    };
  }
}

@CommandHandler(ProvisionMachines)
class ProvisionMachinesHandler extends PlanningHandler<ProvisionMachines> {
  async decide(work: UnitOfWork, { wanted }: ProvisionMachines, context: CommandContext) {
    const ids = bulkIds(this.ids, wanted.names.length);
    return planMachines(work, wanted, this.planning(context, ids, this.secrets));
  }
}

@CommandHandler(PreviewProvision)
class PreviewProvisionHandler extends PlanningHandler<PreviewProvision> {
  async decide(work: UnitOfWork, { wanted }: PreviewProvision, context: CommandContext) {
    return withoutIds(await planMachines(work.fork(), wanted, this.planning(context, noIds(), NOT_KEPT)));
  }
}

export const provisionHandlers = [ProvisionMachinesHandler, PreviewProvisionHandler];
