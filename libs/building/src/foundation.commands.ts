import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { ChangedValues, NewValues, Values } from '#api';
import { ChangeCommand, CreateCommand, DeleteCommand, deleteHandler, checkPattern } from '#api';
import { foundationBluePrintFor, validateIdMap, validationTemplateOf } from '#blueprint';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { JsonMap, UnitOfWork } from '#kernel';
import type { FoundationType, ServerHalf } from '#platform';
import { BMC_BLOCK, PLATFORMS } from '#platform';
import type { Key } from '#read-store';
import { Secrets } from '#secrets';
import { siteFor } from '#site';
import { plotFor } from '#plots';
import { BmcAddresses } from './bmc/bmc-addresses.ts';
import { removeBmcHost } from './bmc/choose-address.ts';
import { complex } from './complex/complex.ts';
import { complexFor } from './complex/find-complex.ts';
import { removeDependenciesOn } from './dependency/dependency.commands.ts';
import { dependency } from './dependency/dependency.ts';
import type { commonFields } from './foundation.api.ts';
import type { Foundation } from './foundation.ts';
import { foundation } from './foundation.ts';
import { takeMacs } from './interface/foundation-macs.ts';
import { removeInterfacesOf } from './interface/remove-interfaces.ts';
import type { OwnFieldsOf } from './own-secrets.ts';
import { sealedFields } from './own-secrets.ts';
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

/**
 * Defines a foundation, with references in the place of the secrets among its fields; what is wrong with it is noted.
 * @returns its blueprint; undefined where it can not be defined
 */
export async function defineFoundation(
  work: UnitOfWork,
  locator: string,
  value: Foundation,
  sealing: Pick<OwnFieldsOf, 'secrets' | 'request'>,
) {
  checkPattern(work, 'locator', locator, 'Invalid');
  const blueprint = await checkPlace(work, value.type, value.site, value.blueprint);
  if (value.own[BMC_BLOCK] != null && !value.bmc) {
    work.fault(
      BMC_BLOCK,
      'NOT_HERE',
      'a BMC is given an address of a block where its foundation is created, or changed',
    );
  }
  const own = await sealedFields(work, value.own, { owner: `Foundation ${locator}`, ...sealing });
  const defined = await work.decide(foundation, locator, { type: 'DefineFoundation', data: { ...value, own } });
  return defined ? blueprint : undefined;
}

/** Reads the complex that shall carry a foundation. */
async function carrierFrom(
  work: UnitOfWork,
  carrier: CarrierField | undefined,
  values: Values,
): Promise<{ readonly complex?: string | null }> {
  if (carrier === undefined || values[carrier.field] === undefined) return {};
  const { field, type } = carrier;
  const name = values[field] as string | null;
  const found = await complexFor(work, field, name);
  if (found && type !== undefined && found.type !== type) {
    work.fault(field, 'TYPE', `Complex "${name}" is of type "${found.type ?? 'Unknown'}", and has to be of "${type}"`);
  }
  return { complex: name };
}

/** Notes where a foundation would not be in the site of the complex that carries it. */
export async function checkSiteOfComplex(work: UnitOfWork, site: string, name: string | null): Promise<void> {
  const found = name === null ? undefined : await work.load(complex, name);
  if (found?.stage !== 'active' || found.value.site === site) return;
  work.fault('site', 'SITE', `must be "${found.value.site}", the site of complex "${name}", and is "${site}"`);
}

/** Notes where a machine would stand on a plot that is not there. */
async function checkPlot(work: UnitOfWork, { plot }: JsonMap): Promise<void> {
  if (typeof plot === 'string') await plotFor(work, 'plot', plot);
}

/** Notes where a machine that is there would be carried by another complex. */
function checkCarrierStays(work: UnitOfWork, kind: FoundationType, before: Foundation, after: string | null): void {
  const { machineId, complexField = 'complex' } = kind;
  const id = machineId === undefined ? null : (before.own[machineId] ?? null);
  if (id === null || after === (before.complex ?? null)) return;
  const known = `${machineId} is ${JSON.stringify(id)}`;
  work.fault(complexField, 'IN_USE', `can not be changed while the machine is there (${known}): destroy it first`);
}

/** A kind of foundation by its type text. */
const typeNamed = (platforms: readonly ServerHalf[], type: string): FoundationType | undefined =>
  platforms.flatMap(({ foundationTypes }) => foundationTypes).find((one) => one.type === type);

@CommandHandler(CreateFoundation)
class CreateFoundationHandler extends UnitOfWorkHandler<CreateFoundation> {
  constructor(
    @Inject(Secrets) private readonly secrets: Secrets,
    @Inject(PLATFORMS) private readonly platforms: readonly ServerHalf[],
    @Inject(BmcAddresses) private readonly bmc: BmcAddresses,
  ) {
    super();
  }

  async decide(
    work: UnitOfWork,
    { type, own, values, carrier }: CreateFoundation,
    { metadata: { request }, now }: CommandContext,
  ) {
    const { locator, site, blueprint, id_map: idMap } = values;
    const carried = await carrierFrom(work, carrier, values);
    const kind = typeNamed(this.platforms, type);
    if (kind?.inSiteOfComplex) await checkSiteOfComplex(work, site, carried.complex ?? null);
    const given = Object.fromEntries(own.map((name) => [name, values[name] ?? null])) as JsonMap;
    await checkPlot(work, given);
    const chosen = await this.bmc.chosen(work, kind, { locator, given, before: undefined }, now);
    const value: Foundation = {
      type,
      site,
      blueprint,
      idMap: idMapOf(idMap),
      ...carried,
      ...chosen,
      own: { ...given, ...chosen.own },
      ...labelling(work, values),
    };
    await defineFoundation(work, locator, value, { secrets: this.secrets, request });
    return locator;
  }
}

@CommandHandler(ChangeFoundation)
class ChangeFoundationHandler extends UnitOfWorkHandler<ChangeFoundation> {
  constructor(
    @Inject(Secrets) private readonly secrets: Secrets,
    @Inject(PLATFORMS) private readonly platforms: readonly ServerHalf[],
    @Inject(BmcAddresses) private readonly bmc: BmcAddresses,
  ) {
    super();
  }

  async decide(
    work: UnitOfWork,
    { key: locator, own, values, carrier }: ChangeFoundation,
    { metadata: { request }, now }: CommandContext,
  ) {
    const { site, blueprint, id_map: idMap, labels, owner } = values;
    const found = await work.load(foundation, locator);
    if (found.stage === 'active' && (site !== undefined || blueprint !== undefined)) {
      const { value } = found;
      await checkPlace(work, value.type, site ?? value.site, blueprint ?? value.blueprint);
      if (site !== undefined && value.dependency !== undefined) {
        await work.decide(dependency, value.dependency, { type: 'ChangeDependency', data: { site } });
      }
    }
    const carried = await carrierFrom(work, carrier, values);
    const before = found.stage === 'active' ? found.value : undefined;
    const kind = before && typeNamed(this.platforms, before.type);
    if (before && kind) {
      const { complex: after = before.complex ?? null } = carried;
      checkCarrierStays(work, kind, before, after);
      if (kind.inSiteOfComplex) await checkSiteOfComplex(work, site ?? before.site, after);
    }
    const given = Object.fromEntries(Object.entries(values).filter(([name]) => own.includes(name))) as JsonMap;
    await checkPlot(work, given);
    const chosen = before ? await this.bmc.chosen(work, kind, { locator: String(locator), given, before }, now) : {};
    const fields = { ...given, ...chosen.own };
    const sealing = { owner: `Foundation ${locator}`, before: before?.own, secrets: this.secrets, request };
    await work.decide(foundation, locator, {
      type: 'ChangeFoundation',
      data: {
        ...(site === undefined ? {} : { site }),
        ...(blueprint === undefined ? {} : { blueprint }),
        ...(idMap === undefined ? {} : { idMap: idMapOf(idMap) }),
        ...(labels ? { labels: labelsFrom(work, labels) } : {}),
        ...(owner === undefined ? {} : { owner: ownerFrom(owner) }),
        ...carried,
        ...chosen,
        own: await sealedFields(work, fields, sealing),
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
    const found = await work.load(foundation, locator);
    if ('value' in found && found.value.bmc) await removeBmcHost(work, found.value.bmc);
  }),
];
