import { CommandHandler } from '@nestjs/cqrs';
import type { ChangedValues, NewValues, Values } from '#api';
import { ChangeCommand, CreateCommand, DeleteCommand, deleteHandler, NAME } from '#api';
import { foundationBluePrintFor } from '#blueprint';
import { UnitOfWorkHandler } from '#event-store';
import type { JsonMap, UnitOfWork } from '#kernel';
import type { Key } from '#read-store';
import { siteFor } from '#site';
import type { commonFields } from './foundation.api.ts';
import { foundation } from './foundation.ts';

/** The values of the fields that foundations of all platforms have, and of those of its own platform. */
type Common = NewValues<typeof commonFields>;

/** Creates a foundation of one platform's type. */
export class CreateFoundation extends CreateCommand<Common & Values> {
  constructor(
    readonly type: string,
    /** Names of the fields of its platform. */
    readonly own: readonly string[],
    values: Common & Values,
  ) {
    super(values);
  }
}

export class ChangeFoundation extends ChangeCommand<ChangedValues<typeof commonFields> & Values> {
  constructor(
    key: Key,
    /** Names of the fields of its platform. */
    readonly own: readonly string[],
    values: ChangedValues<typeof commonFields> & Values,
  ) {
    super(key, values);
  }
}

export class DeleteFoundation extends DeleteCommand {}

/** An id map as it is kept: an empty one is none. */
const idMapOf = (value: JsonMap | null): JsonMap | null => (Object.keys(value ?? {}).length > 0 ? value : null);

async function checkPlace(work: UnitOfWork, type: string, site: string | null, name: string | null): Promise<void> {
  await siteFor(work, 'site', site);
  const blueprint = await foundationBluePrintFor(work, 'blueprint', name);
  if (blueprint && !blueprint.foundationTypes.includes(type)) {
    work.fault('blueprint', 'TYPE', `Blueprint "${name}" does not list this type "${type}"`);
  }
}

@CommandHandler(CreateFoundation)
class CreateFoundationHandler extends UnitOfWorkHandler<CreateFoundation> {
  async decide(work: UnitOfWork, { type, own, values }: CreateFoundation) {
    const { locator, site, blueprint, id_map: idMap } = values;
    if (locator && !NAME.test(locator)) work.fault('locator', 'PATTERN', 'Invalid');
    await checkPlace(work, type, site, blueprint);
    await work.decide(foundation, locator, {
      type: 'DefineFoundation',
      data: {
        type,
        site,
        blueprint,
        idMap: idMapOf(idMap),
        own: Object.fromEntries(own.map((name) => [name, values[name] ?? null])) as JsonMap,
      },
    });
    return locator;
  }
}

@CommandHandler(ChangeFoundation)
class ChangeFoundationHandler extends UnitOfWorkHandler<ChangeFoundation> {
  async decide(work: UnitOfWork, { key: locator, own, values }: ChangeFoundation) {
    const { site, blueprint, id_map: idMap } = values;
    const found = await work.load(foundation, locator);
    if (found.stage === 'active' && (site !== undefined || blueprint !== undefined)) {
      const { value } = found;
      await checkPlace(work, value.type, site ?? value.site, blueprint ?? value.blueprint);
    }
    await work.decide(foundation, locator, {
      type: 'ChangeFoundation',
      data: {
        ...(site === undefined ? {} : { site }),
        ...(blueprint === undefined ? {} : { blueprint }),
        ...(idMap === undefined ? {} : { idMap: idMapOf(idMap) }),
        own: Object.fromEntries(Object.entries(values).filter(([name]) => own.includes(name))) as JsonMap,
      },
    });
  }
}

export const foundationHandlers = [
  CreateFoundationHandler,
  ChangeFoundationHandler,
  deleteHandler(DeleteFoundation, 'Building/Foundation', foundation),
];
