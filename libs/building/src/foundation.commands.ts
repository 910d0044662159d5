import { CommandHandler } from '@nestjs/cqrs';
import type { ChangedValues, NewValues, Values } from '#api';
import { ChangeCommand, CreateCommand, DeleteCommand, deleteHandler, checkPattern } from '#api';
import { foundationBluePrintFor, validateIdMap, validationTemplateOf } from '#blueprint';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { JsonMap, UnitOfWork } from '#kernel';
import type { Key } from '#read-store';
import { siteFor } from '#site';
import { complexFor } from './complex/find-complex.ts';
import { removeDependenciesOn } from './dependency/dependency.commands.ts';
import { dependency } from './dependency/dependency.ts';
import type { commonFields } from './foundation.api.ts';
import type { Foundation } from './foundation.ts';
import { foundation } from './foundation.ts';
import { takeMacs } from './interface/foundation-macs.ts';
import { removeInterfacesOf } from './interface/remove-interfaces.ts';
import { labelling, labelsFrom, ownerFrom } from './selection/labels.ts';

/** The values of the fields that foundations of all platforms have, and of those of its own platform. */
type Common = NewValues<typeof commonFields>;

/** The field that names the complex which carries a foundation, and the type this has to be of; any unless said. */
export interface CarrierField {
  readonly field: string;
  readonly type?: string;
}

/** Creates a foundation of one platform's type. */
export class CreateFoundation extends CreateCommand<Common & Values> {
  constructor(
    readonly type: string,
    /** Names of the fields of its platform. */
    readonly own: readonly string[],
    values: Common & Values,
    readonly carrier?: CarrierField,
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
    readonly carrier?: CarrierField,
  ) {
    super(key, values);
  }
}

export class DeleteFoundation extends DeleteCommand {}

/** An id map as it is kept: an empty one is none. */
const idMapOf = (value: JsonMap | null): JsonMap | null => (Object.keys(value ?? {}).length > 0 ? value : null);

/** @returns its blueprint; undefined where that is not there */
export async function checkPlace(work: UnitOfWork, type: string, site: string | null, name: string | null) {
  await siteFor(work, 'site', site);
  const blueprint = await foundationBluePrintFor(work, 'blueprint', name);
  if (blueprint && !blueprint.foundationTypes.includes(type)) {
    work.fault('blueprint', 'TYPE', `Blueprint "${name}" does not list this type "${type}"`);
  }
  return blueprint;
}

/** Defines a foundation; what is wrong with it is noted. @returns its blueprint; undefined where it can not be defined */
export async function defineFoundation(work: UnitOfWork, locator: string, value: Foundation) {
  checkPattern(work, 'locator', locator, 'Invalid');
  const blueprint = await checkPlace(work, value.type, value.site, value.blueprint);
  const defined = await work.decide(foundation, locator, { type: 'DefineFoundation', data: value });
  return defined ? blueprint : undefined;
}

/** Reads the complex that shall carry a foundation. */
async function carrierFrom(work: UnitOfWork, carrier: CarrierField | undefined, values: Values) {
  if (carrier === undefined || values[carrier.field] === undefined) return {};
  const { field, type } = carrier;
  const name = values[field] as string | null;
  const found = await complexFor(work, field, name);
  if (found && type !== undefined && found.type !== type) {
    work.fault(field, 'TYPE', `Complex "${name}" is of type "${found.type ?? 'Unknown'}", and has to be of "${type}"`);
  }
  return { complex: name };
}

@CommandHandler(CreateFoundation)
class CreateFoundationHandler extends UnitOfWorkHandler<CreateFoundation> {
  async decide(work: UnitOfWork, { type, own, values, carrier }: CreateFoundation) {
    const { locator, site, blueprint, id_map: idMap } = values;
    await defineFoundation(work, locator, {
      type,
      site,
      blueprint,
      idMap: idMapOf(idMap),
      ...(await carrierFrom(work, carrier, values)),
      own: Object.fromEntries(own.map((name) => [name, values[name] ?? null])) as JsonMap,
      ...labelling(work, values),
    });
    return locator;
  }
}

@CommandHandler(ChangeFoundation)
class ChangeFoundationHandler extends UnitOfWorkHandler<ChangeFoundation> {
  async decide(work: UnitOfWork, { key: locator, own, values, carrier }: ChangeFoundation) {
    const { site, blueprint, id_map: idMap, labels, owner } = values;
    const found = await work.load(foundation, locator);
    if (found.stage === 'active' && (site !== undefined || blueprint !== undefined)) {
      const { value } = found;
      await checkPlace(work, value.type, site ?? value.site, blueprint ?? value.blueprint);
      if (site !== undefined && value.dependency !== undefined) {
        await work.decide(dependency, value.dependency, { type: 'ChangeDependency', data: { site } });
      }
    }
    await work.decide(foundation, locator, {
      type: 'ChangeFoundation',
      data: {
        ...(site === undefined ? {} : { site }),
        ...(blueprint === undefined ? {} : { blueprint }),
        ...(idMap === undefined ? {} : { idMap: idMapOf(idMap) }),
        ...(labels ? { labels: labelsFrom(work, labels) } : {}),
        ...(owner === undefined ? {} : { owner: ownerFrom(owner) }),
        ...(await carrierFrom(work, carrier, values)),
        own: Object.fromEntries(Object.entries(values).filter(([name]) => own.includes(name))) as JsonMap,
      },
    });
  }
}

/** Notes what a machine says it is made of; results in why that is not what its blueprint asks for, and then stores nothing. */
export class SetIdMap extends NamedCommand<string | null> {
  constructor(
    readonly key: Key,
    readonly idMap: JsonMap,
  ) {
    super();
  }
}

/** What a machine has reported, and is not what was known of it, is what is known from now on. */
export class AcceptHardware extends NamedCommand {
  constructor(readonly key: Key) {
    super();
  }
}

/** Why what a machine says of itself is not what the blueprint of a foundation asks for; undefined: it is. */
async function whyNotAskedFor(work: UnitOfWork, blueprint: string, idMap: JsonMap): Promise<string | undefined> {
  const template = await validationTemplateOf(work, blueprint);
  return template && validateIdMap(template, idMap);
}

@CommandHandler(SetIdMap)
class SetIdMapHandler extends UnitOfWorkHandler<SetIdMap> {
  async decide(work: UnitOfWork, { key: locator, idMap }: SetIdMap) {
    const found = await work.load(foundation, locator);
    const fault = found.stage === 'active' ? await whyNotAskedFor(work, found.value.blueprint, idMap) : undefined;
    const isKnown = found.stage === 'active' && found.value.located && found.value.idMap !== null;
    if (fault !== undefined && !isKnown) return fault;
    await work.decide(foundation, locator, { type: 'ReportHardware', data: { idMap: idMapOf(idMap) } });
    if (!isKnown) await takeMacs(work, String(locator), idMap);
    return fault ?? null;
  }
}

@CommandHandler(AcceptHardware)
class AcceptHardwareHandler extends UnitOfWorkHandler<AcceptHardware> {
  async decide(work: UnitOfWork, { key: locator }: AcceptHardware) {
    const found = await work.load(foundation, locator);
    const reported = found.stage === 'active' ? found.value.drift?.reported : undefined;
    if (found.stage === 'active' && reported) {
      const fault = await whyNotAskedFor(work, found.value.blueprint, reported);
      if (fault !== undefined) {
        work.fault('', 'TEMPLATE', `it is not what its blueprint "${found.value.blueprint}" asks for: ${fault}`);
      }
      await takeMacs(work, String(locator), reported);
    }
    await work.decide(foundation, locator, { type: 'AcceptHardware', data: {} });
  }
}

export const foundationHandlers = [
  CreateFoundationHandler,
  ChangeFoundationHandler,
  SetIdMapHandler,
  AcceptHardwareHandler,
  deleteHandler(DeleteFoundation, 'Building/Foundation', foundation, async (work, locator, view) => {
    await removeDependenciesOn(work, view, { foundation: String(locator) });
    await removeInterfacesOf(work, String(locator));
  }),
];
