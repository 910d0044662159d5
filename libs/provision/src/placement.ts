import type { Field } from '#api';
import { validate, whyNot } from '#api';
import { allowedFoundationBluePrints, foundationBluePrintFor, structureBluePrintFor } from '#blueprint';
import type { Foundation } from '#building';
import { carriedBy, checkSiteOfComplex, complexFor, ownDefaults } from '#building';
import { addressBlock, network, networkAddressBlocks } from '#ipam';
import type { JsonMap, UnitOfWork } from '#kernel';
import type { FoundationType, ServerHalf } from '#platform';
import type { View } from '#read-store';
import { siteFor } from '#site';

/** What machines are to be, as it is asked for. */
export interface Wanted {
  readonly site: string;
  /** Of the structures. */
  readonly blueprint: string;
  /** The complex that carries the foundations; or their type. */
  readonly complex: string | null;
  readonly foundationType: string | null;
  /** Of the foundations; null: the only one that fits. */
  readonly foundationBlueprint: string | null;
  /** Fields of the platform of the foundations. */
  readonly fields: JsonMap;
  readonly network: number | null;
  readonly addressBlock: number | null;
  /** The interfaces of each, as `createFoundation` of a complex takes them; none: what the blueprint names. */
  readonly interfaces: readonly JsonMap[];
}

/** What all machines of a command have in common, found out once. */
export interface Placement {
  /** The DNS zone of the site. */
  readonly zone: number | null;
  readonly foundation: Pick<Foundation, 'type' | 'blueprint' | 'own' | 'complex'>;
  /** What the blueprint calls the interfaces by. */
  readonly interfaceNames: readonly string[];
  readonly interfaces: readonly JsonMap[];
  /** The block each machine gets an address of, and on which interface. */
  readonly block: number | null;
  readonly addressInterface: string;
}

type Kind = Placement['foundation'];

const DEFAULT_INTERFACE = 'eth0';

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

/** A kind of foundation by its type (`Test`) or the name of its model, whichever case. */
function kindNamed(platforms: readonly ServerHalf[], name: string): FoundationType | undefined {
  const wanted = name.toLowerCase();
  return platforms
    .flatMap(({ foundationTypes }) => foundationTypes)
    .find(({ type, model }) => [type, model, model.split('/')[1] ?? ''].some((one) => one.toLowerCase() === wanted));
}

/** The kind of the foundations, but for their blueprint; undefined where there is none, which is then a fault. */
async function kindOf(
  work: UnitOfWork,
  { complex: name, foundationType: type }: Wanted,
  platforms: readonly ServerHalf[],
) {
  if (name !== null && type !== null) {
    work.fault('foundation_type', 'CONFLICT', 'is said by the complex: give one of both');
    return undefined;
  }
  if (name !== null) {
    const found = await complexFor(work, 'complex', name);
    const carried = found && carriedBy(platforms, name, found.type);
    if (found && !carried) {
      work.fault(
        'complex',
        'NO_FOUNDATIONS',
        `complex "${name}" is of the type "${found.type ?? 'none'}", which carries no foundations`,
      );
    }
    return carried;
  }
  const known = platforms.flatMap(({ foundationTypes }) => foundationTypes);
  const alone = known.filter(({ complexField }) => complexField === undefined).map((one) => one.type);
  if (type === null) {
    work.fault(
      'complex',
      'REQUIRED',
      `say the complex that carries the machines, or foundation_type: one of ${quoted(alone)}`,
    );
    return undefined;
  }
  const found = kindNamed(platforms, type);
  if (found?.complexField === undefined && found !== undefined) {
    return { type: found.type, blueprint: undefined, own: ownDefaults(platforms, found.type) };
  }
  const why = found
    ? `foundations of the type "${found.type}" are carried by a complex: say which`
    : `there is no foundation type "${type}": it must be one of ${quoted(alone)}`;
  work.fault(found ? 'complex' : 'foundation_type', found ? 'REQUIRED' : 'INVALID_VALUE', why);
  return undefined;
}

/** The blueprint of the foundations: what is asked for, that which the complex uses, or the only one that fits. */
async function foundationBlueprint(
  work: UnitOfWork,
  { blueprint, foundationBlueprint: asked }: Wanted,
  { type, blueprint: usual }: { readonly type: string; readonly blueprint: string | undefined },
) {
  const field = 'foundation_blueprint';
  const allowed = await allowedFoundationBluePrints(work, blueprint);
  const fitting: string[] = [];
  for (const name of allowed) {
    // One that is not there fits nothing, and is no fault of this command.
    await work.faultsOf(async () => {
      const its = await foundationBluePrintFor(work, field, name);
      if (its?.foundationTypes.includes(type)) fitting.push(name);
    });
  }
  const choice = fitting.length === 0 ? 'none does' : quoted(fitting);
  const name = asked ?? usual ?? (fitting.length === 1 ? fitting[0] : undefined);
  if (name === undefined) {
    const text = fitting.length === 0 ? 'no foundation blueprint' : 'more than one foundation blueprint';
    work.fault(
      field,
      'REQUIRED',
      `${text} of the type "${type}" is allowed under the blueprint "${blueprint}": ${choice}`,
    );
    return undefined;
  }
  const its = await foundationBluePrintFor(work, field, name);
  if (!its) return undefined;
  if (!its.foundationTypes.includes(type)) {
    work.fault(
      field,
      'TYPE',
      `foundation blueprint "${name}" is for ${quoted(its.foundationTypes)}, and the foundations are of the type "${type}"`,
    );
  } else if (!allowed.includes(name)) {
    work.fault(
      field,
      'BLUEPRINT',
      `the blueprint "${blueprint}" is not allowed on foundation blueprint "${name}"; of the type "${type}", ${choice === 'none does' ? 'none is' : `these are: ${choice}`}`,
    );
  }
  return { name, interfaceNames: its.physicalInterfaceNames };
}

/** The fields of the platform: what is given on top of the defaults. */
function ownFields(work: UnitOfWork, given: JsonMap, kind: FoundationType | undefined, own: JsonMap): JsonMap {
  const known: Readonly<Record<string, Field>> = kind?.fields ?? {};
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(known, name) && name !== kind?.complexField) continue;
    const names = Object.keys(known).filter((one) => one !== kind?.complexField);
    work.fault(
      'fields',
      'UNKNOWN',
      `foundations of the type "${kind?.type ?? ''}" have no field "${name}": they have ${names.length === 0 ? 'none' : names.join(', ')}`,
      name,
    );
  }
  const after = { ...own, ...given };
  for (const { field, code, text } of validate(known, after)) work.fault('fields', code, `${field}: ${text}`, field);
  for (const [name, value] of Object.entries(given)) {
    const fault = known[name] && whyNot(known[name], value);
    if (fault !== undefined) work.fault('fields', 'INVALID_VALUE', `${name}: ${JSON.stringify(value)} ${fault}`, name);
  }
  return after;
}

/** The network and the block of the addresses: of what is given, the other follows where there is one alone. */
async function addressing(work: UnitOfWork, view: View, { site, network: net, addressBlock: block }: Wanted) {
  const found = net === null ? undefined : await work.load(network, net);
  if (net !== null && found?.stage !== 'active') {
    work.fault('network', 'INVALID_VALUE', `there is no network ${net}`);
    return undefined;
  }
  const its = block === null ? undefined : await work.load(addressBlock, block);
  if (block !== null && its?.stage !== 'active') {
    work.fault('address_block', 'INVALID_VALUE', `there is no address block ${block}`);
    return undefined;
  }
  if (its?.stage === 'active' && its.value.site !== site) {
    work.fault(
      'address_block',
      'SITE',
      `address block ${block} "${its.value.name}" is at the site "${its.value.site}", and the machines are at "${site}"`,
    );
  }
  if (found?.stage === 'active') {
    const blocks = found.value.links.map((link) => link.block);
    if (block === null && blocks.length === 1) return { network: net, block: blocks[0] as number };
    if (block === null && blocks.length > 1) {
      work.fault(
        'address_block',
        'REQUIRED',
        `network ${net} "${found.value.name}" has more than one address block: say one of ${blocks.join(', ')}`,
      );
    } else if (block !== null && !blocks.includes(block)) {
      work.fault(
        'address_block',
        'NETWORK',
        `address block ${block} is not on network ${net} "${found.value.name}", which has ${blocks.length === 0 ? 'none' : blocks.join(', ')}`,
      );
    }
    return { network: net, block };
  }
  if (block === null) return { network: null, block: null };
  const { keys } = await view.keys(networkAddressBlocks, { where: { block } });
  const links = [...(await view.many(networkAddressBlocks, keys)).values()];
  if (links.length !== 1) {
    const say =
      links.length === 0
        ? 'is on no network: link it to one'
        : `is on more than one network: say one of ${links.map((link) => link.network).join(', ')}`;
    work.fault('network', 'REQUIRED', `address block ${block} ${say}`);
    return undefined;
  }
  return { network: links[0]?.network ?? null, block };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/**
 * Finds out what all machines have in common; everything that is wrong with it is noted.
 * @returns undefined where something is
 */
export async function placementFor(
  work: UnitOfWork,
  view: View,
  platforms: readonly ServerHalf[],
  wanted: Wanted,
): Promise<Placement | undefined> {
  const at = await siteFor(work, 'site', wanted.site);
  const blueprint = await structureBluePrintFor(work, 'blueprint', wanted.blueprint);
  const kind = await kindOf(work, wanted, platforms);
  const its = kind && blueprint ? await foundationBlueprint(work, wanted, kind) : undefined;
  const declared = kind && kindNamed(platforms, kind.type);
  const own = kind && ownFields(work, wanted.fields, declared, kind.own);
  const where = await addressing(work, view, wanted);
  if (declared?.inSiteOfComplex) await checkSiteOfComplex(work, wanted.site, wanted.complex);
  if (!at || !kind || !its || !own || !where) return undefined;
  const names = its.interfaceNames.length > 0 ? its.interfaceNames : [DEFAULT_INTERFACE];
  const usual = where.network === null ? [] : names.map((name): JsonMap => ({ physical_location: name }));
  const maps = wanted.interfaces.length > 0 ? wanted.interfaces : usual;
  const interfaces = maps.map((map): JsonMap => (where.network === null ? map : { network_id: where.network, ...map }));
  const first = Math.max(
    0,
    interfaces.findIndex((map) => map['is_provisioning'] === true),
  );
  const map = interfaces[first];
  const addressInterface = textOf(map?.['name']) ?? textOf(map?.['physical_location']) ?? names[first] ?? `eth${first}`;
  if (where.block !== null && interfaces.length === 0) {
    work.fault('interfaces', 'REQUIRED', 'an address is on an interface: say the network');
  }
  const { type, complex } = kind as Kind;
  return {
    zone: at.zone ?? null,
    foundation: { type, blueprint: its.name, own, ...(complex === undefined ? {} : { complex }) },
    interfaceNames: names,
    interfaces,
    block: where.block,
    addressInterface,
  };
}
