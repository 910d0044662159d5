import { maskingLayer } from '#api';
import { blueprints } from '#blueprint';
import { complexes, foundations, networkeds, realInterfaces, structures } from '#building';
import type { Pairs } from '#config';
import { secretNames } from '#config';
import { zones } from '#directory';
import { jobs } from '#foreman';
import { addressBlocks, addresses, networks } from '#ipam';
import type { Key, ReadModel, ReadStore, View } from '#read-store';
import { sites } from '#site';
import type { Candidate } from './candidates.ts';
import type { Leaf } from './terms.ts';
import { leavesOf, serialsIn } from './terms.ts';

/** What is shown of something that was found. */
export interface Evidence {
  readonly name: string;
  readonly site: string | null;
  readonly value: string;
}

interface Told {
  readonly name: string;
  readonly site?: string | null;
  /** What of it may have matched, where that is not its name. */
  readonly leaves?: (isSecret: (name: string) => boolean) => readonly Leaf[];
}

type Tell = (view: View, id: Key) => Promise<Told | undefined>;

const of =
  <Row extends object>(model: ReadModel<Row>, tell: (row: Row, id: Key) => Told): Tell =>
  async (view, id) => {
    const row = await view.get(model, id);
    return row && tell(row, id);
  };

const valuesOf =
  ({ configValues }: { readonly configValues: Pairs }) =>
  (isSecret: (name: string) => boolean) =>
    leavesOf(configValues, isSecret);

const address = of(addresses, ({ interfaceName, kind }, id) => ({ name: interfaceName ?? `${kind} ${id}` }));
const blueprint = of(blueprints, (row, id) => ({ name: String(id), leaves: valuesOf(row) }));
const job = of(jobs, ({ target, site }) => ({ name: `${target.kind} ${target.id}`, site }));

/** What is told of objects, by model. */
const TELL: Readonly<Record<string, Tell>> = {
  'Building/Structure': of(structures, (row) => ({ name: row.hostname, site: row.site, leaves: valuesOf(row) })),
  'Building/Foundation': of(foundations, ({ site, idMap }, id) => ({
    name: String(id),
    site,
    leaves: () => serialsIn(idMap),
  })),
  'Building/Complex': of(complexes, ({ site }, id) => ({ name: String(id), site })),
  'Utilities/Networked': of(networkeds, ({ hostname, site }) => ({ name: hostname, site })),
  'Utilities/RealNetworkInterface': async (view, id) => {
    const row = await view.get(realInterfaces, id);
    return (
      row && {
        name: `${row.foundation} ${row.name}`,
        site: (await view.get(foundations, row.foundation))?.site ?? null,
        leaves: () => [{ path: 'mac', text: row.mac ?? '', names: ['mac'] }],
      }
    );
  },
  'Utilities/AddressBlock': of(addressBlocks, ({ name, site }) => ({ name, site })),
  'Utilities/Network': of(networks, ({ name, site }) => ({ name, site })),
  'Utilities/Address': address,
  'Utilities/ReservedAddress': address,
  'Utilities/DynamicAddress': address,
  'Site/Site': of(sites, (row, id) => ({ name: String(id), site: String(id), leaves: valuesOf(row) })),
  'BluePrint/StructureBluePrint': blueprint,
  'BluePrint/FoundationBluePrint': blueprint,
  'Directory/Zone': of(zones, ({ name }) => ({ name })),
  'Foreman/StructureJob': job,
  'Foreman/FoundationJob': job,
  'Foreman/DependencyJob': job,
};

/** Where the value stands that an object was found by; undefined: it stands nowhere that may be told. */
function leafFor(leaves: readonly Leaf[], text: string): string | undefined {
  const isIt = ({ path, text: value }: Leaf): boolean =>
    value.toLowerCase() === text || `${path}=${value}`.toLowerCase() === text;
  const leaf = leaves.find(isIt);
  return leaf && `${leaf.path}=${leaf.text}`;
}

/** What is told of a candidate; undefined: it is not there any more, or what it was found by is a secret by now. */
export async function evidenceOf(
  { model, id, by, value }: Candidate,
  text: string,
  view: View,
  reads: Pick<ReadStore, 'now'>,
): Promise<Evidence | undefined> {
  const told = TELL[model] ? await TELL[model](view, id) : { name: String(id) };
  if (!told) return undefined;
  const { name, site = null, leaves } = told;
  if (by === 'MAC' && value === undefined) return { name, site, value: leaves?.(() => false)[0]?.text ?? '' };
  if (by !== 'configuration' && by !== 'hardware report') return { name, site, value: value ?? name };
  const { secretNames: declared = [] } = await maskingLayer(reads);
  const leaf = leafFor(leaves?.(secretNames(declared)) ?? [], text);
  return leaf === undefined ? undefined : { name, site, value: leaf };
}
