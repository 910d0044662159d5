import type { Catalogue, Model } from '#api';

/** What can stand in a site file besides resources. */
export type KindName =
  | 'plot'
  | 'zone'
  | 'entry'
  | 'site'
  | 'block'
  | 'reserved'
  | 'dynamic'
  | 'network'
  | 'link'
  | 'complex'
  | 'foundation'
  | 'interface'
  | 'host'
  | 'structure'
  | 'logical'
  | 'address'
  | 'dependency';

/** How a kind of object stands in a file, and what it is in the API. */
export interface ObjectKind {
  /** Path of its model; the base of a family where its objects are of several. */
  readonly model: string;
  /** What people call it. */
  readonly called: string;
  /** Fields that follow from where it stands in the file. */
  readonly implied: readonly string[];
  /** Keys of the file by the field of the API, where those have other names, or need more than one field for a key. */
  readonly keys: Readonly<Record<string, string>>;
  /** Keys that are no field of the API by themselves. */
  readonly own: readonly string[];
}

const kind = (
  model: string,
  called: string,
  implied: readonly string[],
  { keys = {}, own = [] }: Partial<Pick<ObjectKind, 'keys' | 'own'>> = {},
): ObjectKind => ({ model, called, implied, keys, own });

/** All kinds, in the order in which objects need each other for the most part. */
export const OBJECT_KINDS: Readonly<Record<KindName, ObjectKind>> = {
  plot: kind('Survey/Plot', 'plot', ['name']),
  zone: kind('Directory/Zone', 'zone', ['name', 'parent']),
  entry: kind('Directory/Entry', 'entry', ['zone']),
  site: kind('Site/Site', 'site', ['name']),
  block: kind('Utilities/AddressBlock', 'address block', ['name', 'site'], {
    keys: { prefix: 'subnet', gateway_offset: 'gateway' },
    own: ['subnet', 'gateway'],
  }),
  reserved: kind('Utilities/ReservedAddress', 'reserved address', ['address_block', 'offset']),
  dynamic: kind('Utilities/DynamicAddress', 'dynamic address', ['address_block', 'offset']),
  network: kind('Utilities/Network', 'network', ['name', 'site', 'address_block_list']),
  link: kind('Utilities/NetworkAddressBlock', 'address block of a network', ['network', 'address_block']),
  complex: kind('Building/Complex', 'complex', ['name', 'site'], { own: ['type', 'members'] }),
  foundation: kind('Building/Foundation', 'foundation', ['locator', 'site'], { own: ['type', 'state'] }),
  interface: kind('Utilities/RealNetworkInterface', 'interface', ['name', 'foundation']),
  host: kind('Utilities/Networked', 'host', ['hostname', 'site']),
  structure: kind('Building/Structure', 'structure', ['hostname', 'site'], { own: ['state', 'config_uuid'] }),
  logical: kind('Utilities/AbstractNetworkInterface', 'interface', ['name', 'structure'], {
    keys: { primary_interface: 'primary', secondary_interfaces: 'secondary', paramaters: 'parameters' },
  }),
  address: kind('Utilities/Address', 'address', ['networked'], {
    keys: {
      interface_name: 'interface',
      alias_index: 'alias',
      is_primary: 'primary',
      address_block: 'ip',
      offset: 'ip',
    },
    own: ['ip', 'block', 'pointer'],
  }),
  dependency: kind('Building/Dependency', 'dependency', [], { own: ['state'] }),
};

export const KIND_NAMES = Object.keys(OBJECT_KINDS) as readonly KindName[];

/** The model of aggregated interfaces, which are a kind of logical ones. */
export const AGGREGATED = 'Utilities/AggregatedNetworkInterface';

/** The key of a file for a field of the API; undefined: it follows from where the object stands. */
export const keyOf = (name: KindName, field: string): string | undefined =>
  OBJECT_KINDS[name].implied.includes(field) ? undefined : (OBJECT_KINDS[name].keys[field] ?? field);

/** The field of the API for a key of a file; undefined: there is none. */
export function fieldOf(name: KindName, { fields }: Model, key: string): string | undefined {
  const field = Object.keys(fields).find((one) => keyOf(name, one) === key);
  return field !== undefined && fields[field]?.mode !== 'RO' ? field : undefined;
}

/** The models of a family that are of a type of their own (`Manual`, `Test`), by that type. */
export function modelsByType(catalogue: Catalogue, family: string): ReadonlyMap<string, Model> {
  return new Map(
    catalogue.models.flatMap((model) => {
      const type = catalogue.family(model.path) === family ? model.kind?.['type'] : undefined;
      return type === undefined ? [] : [[type, model] as const];
    }),
  );
}

/** The kind of object that a reference to a model leads to; undefined: its ids are names that the file knows nothing of. */
export function referredKind(catalogue: Catalogue, model: string): KindName | undefined {
  const family = catalogue.family(model);
  if (family === 'Utilities/Networked') return 'structure';
  if (family === 'Utilities/NetworkInterface') return 'interface';
  if (model === 'Utilities/Address') return 'address';
  return KIND_NAMES.find((name) => OBJECT_KINDS[name].model === family);
}
