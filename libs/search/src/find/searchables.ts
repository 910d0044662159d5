import type { Pairs } from '#config';
import type { JsonMap } from '#kernel';
import type { ReadModel, Recorded, Rule } from '#read-store';
import { change, gone, rule } from '#read-store';
import { bounded, leavesOf, serialsIn, termsOf } from './terms.ts';

/** What an object is found by, in lower case. */
export interface Searchable {
  /** The model it is read as: `Building/Structure`. */
  readonly model: string;
  readonly id: string | number;
  /** The beginning of this is enough: its name or, of a network interface, the digits of its MAC. */
  readonly name: string;
  /** The same: the `config_uuid` of a structure, the first serial number of a foundation, the subnet of a block. */
  readonly alias: string | null;
  /** Found as a whole: what its configuration says, and its hardware report. */
  readonly terms: readonly string[];
  /** The same: its labels. */
  readonly labels?: readonly string[];
}

type Part = Partial<Searchable>;
/** What of a searchable an event tells; ids are those of streams. */
type Told = (data: never, id: string) => Part;

/** One kind of objects: by which event they come to be, and what later ones say of them. */
interface Kind {
  readonly noun: string;
  readonly defined: string;
  readonly first: (data: never, id: string) => Pick<Searchable, 'model' | 'id' | 'name'> & Part;
  readonly later?: Readonly<Record<string, Told>>;
}

/** Key of a searchable: the category of its stream, and its id. */
export const searchableKey = (noun: string, id: string | number): string => `${noun}:${id}`;

const valuesIn = (values: Pairs): Part => ({ terms: bounded(termsOf(leavesOf(values))) });

/** Of a label: its key, its value, and both. */
const labelTerms = (labels: Readonly<Record<string, string>> = {}): Part => ({
  labels: Object.entries(labels).flatMap(([key, value]) =>
    (value === '' ? [key] : [key, value, `${key}=${value}`]).map((term) => term.toLowerCase()),
  ),
});

/** The digits of a MAC, which every notation of it has. */
export const macDigits = (mac: string | null): string => (mac ?? '').toLowerCase().replaceAll(/[^0-9a-f]/g, '');

function report(idMap: JsonMap | null): Part {
  const serials = serialsIn(idMap);
  return { alias: serials[0]?.text.toLowerCase() ?? null, terms: bounded(termsOf(serials)) };
}

interface Configured {
  readonly configValues: Pairs;
}
interface Labelled {
  readonly labels?: Readonly<Record<string, string>>;
}
interface Identified {
  readonly idMap: JsonMap | null;
}

/** A kind of which only the name is known, which is its id. */
const byName = (noun: string, model: string, defined = `${noun}Defined`): Kind => ({
  noun,
  defined,
  first: (_: never, id: string) => ({ model, id, name: id.toLowerCase() }),
});

const KINDS: readonly Kind[] = [
  {
    noun: 'Structure',
    defined: 'StructureDefined',
    first: (
      { hostname, configUuid, configValues, labels }: Configured & Labelled & { hostname: string; configUuid: string },
      id,
    ) => ({
      model: 'Building/Structure',
      id: Number(id),
      name: hostname.toLowerCase(),
      alias: configUuid,
      ...valuesIn(configValues),
      ...labelTerms(labels),
    }),
    later: {
      StructureRenamed: ({ hostname }: { hostname: string }) => ({ name: hostname.toLowerCase() }),
      StructureConfigured: ({ configValues }: Configured) => valuesIn(configValues),
      StructureLabelsChanged: ({ labels }: Labelled) => labelTerms(labels),
      StructureDestroyed: ({ configUuid }: { configUuid: string }) => ({ alias: configUuid }),
      StructureForced: ({ configUuid }: { configUuid?: string }) =>
        configUuid === undefined ? {} : { alias: configUuid },
    },
  },
  {
    noun: 'Foundation',
    defined: 'FoundationDefined',
    first: ({ idMap, labels }: Identified & Labelled, id) => ({
      model: 'Building/Foundation',
      id,
      name: id.toLowerCase(),
      ...report(idMap),
      ...labelTerms(labels),
    }),
    later: {
      FoundationIdentified: ({ idMap }: Identified) => report(idMap),
      FoundationHardwareAccepted: ({ idMap }: Identified) => report(idMap),
      FoundationLabelsChanged: ({ labels }: Labelled) => labelTerms(labels),
      FoundationDestroyed: () => report(null),
      FoundationForced: ({ state }: { state: string }) => (state === 'planned' ? report(null) : {}),
    },
  },
  {
    noun: 'Networked',
    defined: 'NetworkedDefined',
    first: ({ hostname }: { hostname: string }, id) => ({
      model: 'Utilities/Networked',
      id: Number(id),
      name: hostname.toLowerCase(),
    }),
    later: { NetworkedRenamed: ({ hostname }: { hostname: string }) => ({ name: hostname.toLowerCase() }) },
  },
  {
    noun: 'RealInterface',
    defined: 'RealInterfaceDefined',
    first: ({ mac }: { mac: string | null }, id) => ({
      model: 'Utilities/RealNetworkInterface',
      id: Number(id),
      name: macDigits(mac),
    }),
    later: { RealInterfaceMacChosen: ({ mac }: { mac: string | null }) => ({ name: macDigits(mac) }) },
  },
  {
    noun: 'Site',
    defined: 'SiteDefined',
    first: ({ configValues }: Configured, id) => ({
      model: 'Site/Site',
      id,
      name: id.toLowerCase(),
      ...valuesIn(configValues),
    }),
    later: { SiteConfigured: ({ configValues }: Configured) => valuesIn(configValues) },
  },
  {
    noun: 'BluePrint',
    defined: 'BluePrintDefined',
    first: ({ kind, configValues }: Configured & { kind: string }, id) => ({
      model: kind === 'structure' ? 'BluePrint/StructureBluePrint' : 'BluePrint/FoundationBluePrint',
      id,
      name: id.toLowerCase(),
      ...valuesIn(configValues),
    }),
    later: { BluePrintConfigured: ({ configValues }: Configured) => valuesIn(configValues) },
  },
  {
    noun: 'AddressBlock',
    defined: 'AddressBlockDefined',
    first: ({ name, subnet }: { name: string; subnet: string }, id) => ({
      model: 'Utilities/AddressBlock',
      id: Number(id),
      name: name.toLowerCase(),
      alias: subnet,
    }),
    later: {
      AddressBlockRenamed: ({ name }: { name: string }) => ({ name: name.toLowerCase() }),
      AddressBlockResized: ({ subnet }: { subnet: string }) => ({ alias: subnet }),
    },
  },
  {
    noun: 'Network',
    defined: 'NetworkDefined',
    first: ({ name }: { name: string }, id) => ({
      model: 'Utilities/Network',
      id: Number(id),
      name: name.toLowerCase(),
    }),
    later: { NetworkRenamed: ({ name }: { name: string }) => ({ name: name.toLowerCase() }) },
  },
  {
    noun: 'Zone',
    defined: 'ZoneDefined',
    first: ({ name }: { name: string }, id) => ({ model: 'Directory/Zone', id: Number(id), name: name.toLowerCase() }),
    later: { ZoneRenamed: ({ name }: { name: string }) => ({ name: name.toLowerCase() }) },
  },
  byName('Complex', 'Building/Complex'),
  byName('Plot', 'Survey/Plot'),
  byName('Pxe', 'BluePrint/PXE'),
  byName('Script', 'BluePrint/Script', 'ScriptWritten'),
];

const rulesOf = ({ noun, defined, first, later = {} }: Kind): [string, Rule<Searchable>][] => {
  const key = ({ id }: Pick<Recorded, 'id'>): string => searchableKey(noun, id);
  return [
    [defined, rule<Searchable, never>((_, { data, id }) => ({ alias: null, terms: [], ...first(data, id) }), key)],
    ...Object.entries(later).map(([type, told]): [string, Rule<Searchable>] => [
      type,
      change<Searchable, never>((row, { data, id }) => ({ ...row, ...told(data, id) }), key),
    ]),
    [`${noun}Deleted`, gone<Searchable>(key)],
  ];
};

/** What can be found, by what it is found by. Jobs change none of it, but for those that destroy. */
export const searchables: ReadModel<Searchable> = {
  name: 'searchables',
  version: 1,
  key: 'text',
  history: true,
  indexes: { name: ({ name }) => name, alias: ({ alias }) => alias },
  tags: { term: ({ terms, labels = [] }) => [...terms, ...labels] },
  on: Object.fromEntries(KINDS.flatMap(rulesOf)),
};
