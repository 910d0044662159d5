import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import { blueprints, validationTemplateOf } from '#blueprint';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import type { Key, ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { registered } from '../cartographer/registered.ts';
import { whyNotOfBluePrint } from './fits.ts';

/** Whether a machine is what a foundation blueprint asks for. */
interface Fit {
  readonly blueprint: string;
  readonly fits: boolean;
  /** What is missing; null: nothing. */
  readonly fault: string | null;
}

/** Changes nothing; results in which foundation blueprints a machine fits, those first. */
export class FitBluePrints extends NamedCommand<readonly Fit[]> {
  constructor(readonly key: Key) {
    super();
  }
}

/** How many blueprints are looked at. */
const MAX_BLUEPRINTS = 500;

@CommandHandler(FitBluePrints)
class FitBluePrintsHandler extends UnitOfWorkHandler<FitBluePrints> {
  @Inject(READ_STORE) private readonly reads!: ReadStore;

  async decide(work: UnitOfWork, { key }: FitBluePrints) {
    const { infoMap } = await registered(work, key);
    const { rows } = await this.reads.now.list(blueprints, { where: { kind: 'foundation' }, count: MAX_BLUEPRINTS });
    const fits: Fit[] = [];
    for (const { key: name } of rows) {
      const blueprint = String(name);
      // One that asks for nothing says nothing of what machines are for it.
      if (!(await validationTemplateOf(work, blueprint))) continue;
      const fault = (await whyNotOfBluePrint(work, blueprint, infoMap)) ?? null;
      fits.push({ blueprint, fits: fault === null, fault });
    }
    return fits.toSorted((one, other) => Number(other.fits) - Number(one.fits));
  }
}

export const fitBluePrintsHandlers = [FitBluePrintsHandler];
