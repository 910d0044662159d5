import { useQuery } from '@tanstack/react-query';
import { keys } from '../api/query-keys.ts';
import { pathOf, send } from '../api/request.ts';
import { objectPath } from '../model/places.ts';
import type { Row } from '../model/types.ts';
import { valueText } from '../model/value-text.ts';
import type { HostNetwork } from './host-network.ts';

/** The most interfaces, addresses, networks or blocks that are looked at. */
const MOST = 200;

async function listOf<T>(
  model: string,
  filter: string,
  value: string | number,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const { body } = await send<{ readonly items: readonly T[] }>('GET', pathOf(model), {
    query: { filter, [filter]: value, count: MOST },
    signal,
  });
  return body.items;
}

type Interface = HostNetwork['interfaces'][number];

const told = (model: string, rows: readonly Omit<Interface, 'model'>[]): Interface[] =>
  rows.map((row) => ({ ...row, model }));

/** Every object with one of these ids. */
async function objectsOf<T>(model: string, ids: Iterable<number>, signal: AbortSignal): Promise<T[]> {
  const asked = [...new Set(ids)].slice(0, MOST).map((id) => send<T>('GET', pathOf(model, id), { signal }));
  return (await Promise.all(asked)).map(({ body }) => body);
}

async function readHostNetwork(path: string, id: string | number, row: Row, signal: AbortSignal): Promise<HostNetwork> {
  const isStructure = path === 'Building/Structure';
  const foundation = isStructure ? (row['foundation'] as string | null) : String(id);
  const [real, abstract, aggregated, addresses] = await Promise.all([
    foundation === null ? [] : listOf<Interface>('Utilities/RealNetworkInterface', 'foundation', foundation, signal),
    isStructure ? listOf<Interface>('Utilities/AbstractNetworkInterface', 'structure', id, signal) : [],
    isStructure
      ? listOf<Interface & { readonly networkinterface_ptr: number }>(
          'Utilities/AggregatedNetworkInterface',
          'structure',
          id,
          signal,
        )
      : [],
    isStructure ? listOf<HostNetwork['addresses'][number]>('Utilities/Address', 'structure', id, signal) : [],
  ]);
  const bonds = new Set(aggregated.map((one) => one.networkinterface_ptr));
  const interfaces = [
    ...told('Utilities/RealNetworkInterface', real),
    ...told(
      'Utilities/AbstractNetworkInterface',
      abstract.filter((one) => !bonds.has(one.id)),
    ),
    ...told(
      'Utilities/AggregatedNetworkInterface',
      aggregated.map((one) => ({ ...one, id: one.networkinterface_ptr })),
    ),
  ];
  const inNetworks = new Set(interfaces.flatMap(({ network }) => network ?? []));
  const [networks, networkBlocks] = await Promise.all([
    objectsOf<HostNetwork['networks'][number]>('Utilities/Network', inNetworks, signal),
    Promise.all(
      [...inNetworks].map((network) =>
        listOf<HostNetwork['networkBlocks'][number]>('Utilities/NetworkAddressBlock', 'network', network, signal),
      ),
    ).then((lists) => lists.flat()),
  ]);
  const blocks = await objectsOf<HostNetwork['blocks'][number]>(
    'Utilities/AddressBlock',
    [...networkBlocks, ...addresses].map(({ address_block: block }) => block),
    signal,
  );
  const name = valueText(row['hostname'] ?? row['locator'] ?? id);
  return { host: { name, path: objectPath(path, id) }, interfaces, addresses, networks, networkBlocks, blocks };
}

/** How a structure or a foundation is connected. */
export const useHostNetwork = (path: string, id: string | number, row: Row) =>
  useQuery({
    queryKey: keys.about(path, id, 'network', row['updated']),
    queryFn: ({ signal }) => readHostNetwork(path, id, row, signal),
    // What it is made of is of several models: it is looked at anew whenever the tab is.
    staleTime: 0,
  });
