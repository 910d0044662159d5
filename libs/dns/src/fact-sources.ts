import type { LogicalInterfaceRow, RealInterfaceRow } from '#building';
import { logicalInterfaces, networkeds, realInterfaces, structures } from '#building';
import { entries, zones } from '#directory';
import { addressBlocks, addresses, networkAddressBlocks } from '#ipam';
import type { ChangedKeys, Key, ReadModel, View } from '#read-store';
import { sites } from '#site';
import type { FactChange, FactKey, FactKind, FactOf } from './facts.ts';
import { ownerKey } from './facts.ts';

/** Where facts of one kind come from: the rows of a read model. */
export interface FactSource {
  readonly kind: FactKind;
  readonly model: ReadModel;
  /** Categories of the streams that the rows are made of, each of one stream. */
  readonly categories: readonly string[];
  /** The condition on the rows that matter, all of them unless said. */
  readonly where?: Readonly<Record<string, string>>;
  /** What becomes of a row, undefined: it is gone, or does not matter. */
  change(key: Key, row: object | undefined): FactChange;
}

function source<K extends FactKind, Row extends object>(
  kind: K,
  model: ReadModel<Row>,
  categories: readonly string[],
  factOf: (row: Row) => FactOf<K> | undefined,
  options: { readonly where?: FactSource['where']; readonly keyOf?: (key: Key) => FactKey } = {},
): FactSource {
  const { where, keyOf = (key) => key } = options;
  return {
    kind,
    model,
    categories,
    ...(where ? { where } : {}),
    change: (key, row) =>
      ({ kind, key: keyOf(key), fact: row === undefined ? undefined : factOf(row as Row) }) as unknown as FactChange,
  };
}

/**
 * Interfaces of whichever kind, by which an address knows its network. A kind of interface that is not among them is not
 * known, and addresses on it are left out.
 */
const interfaceSources: readonly FactSource[] = [
  source(
    'interfaces',
    realInterfaces,
    ['realInterface'],
    ({ foundation, name, network }: RealInterfaceRow) => ({
      owner: ownerKey('foundation', foundation),
      name,
      network,
    }),
    { keyOf: (key) => `real/${key}` },
  ),
  source(
    'interfaces',
    logicalInterfaces,
    ['logicalInterface'],
    ({ structure, name, network }: LogicalInterfaceRow) => ({
      owner: ownerKey('structure', structure),
      name,
      network,
    }),
    { keyOf: (key) => `logical/${key}` },
  ),
];

/** Everything that zones are made of. */
export const factSources: readonly FactSource[] = [
  source('zones', zones, ['zone'], ({ name, parent, timers }) => ({ name, parent, timers })),
  source('entries', entries, ['entry'], ({ zone, name, service, target }) => ({ zone, name, service, target })),
  source('sites', sites, ['site'], ({ zone }) => ({ zone })),
  source('blocks', addressBlocks, ['addressBlock'], ({ site, subnet, prefix }) => ({ site, subnet, prefix })),
  source('links', networkAddressBlocks, ['networkAddressBlock'], ({ network, block, vlan }) => ({
    network,
    block,
    vlan,
  })),
  // Structures are hosts too; their names and sites are in the same rows.
  source('hosts', networkeds, ['networked', 'structure'], ({ hostname, site }) => ({ hostname, site })),
  source('structures', structures, ['structure'], ({ foundation }) => ({ foundation })),
  ...interfaceSources,
  source(
    'addresses',
    addresses,
    ['address'],
    ({ kind, block, offset, holder, interfaceName, aliasIndex, pointer, primary }) =>
      kind === 'Address' ? { block, offset, holder, interfaceName, aliasIndex, pointer, primary } : undefined,
    { where: { kind: 'Address' } },
  ),
];

/** Categories of the streams after whose events zones may say something else. */
export const CATEGORIES: readonly string[] = [...new Set(factSources.flatMap(({ categories }) => categories))];

/** Reads the facts of some rows. */
export async function readFacts(view: View, changed: ChangedKeys): Promise<readonly FactChange[]> {
  const found: FactChange[] = [];
  for (const { model, change } of factSources) {
    const keys = [...(changed.get(model) ?? [])];
    const rows = await view.many(model, keys);
    for (const key of keys) found.push(change(key, rows.get(key)));
  }
  return found;
}
