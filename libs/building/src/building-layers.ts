import { blueprintLayers } from '#blueprint';
import type { Declarations, Layer, Pairs } from '#config';
import { domainOf } from '#directory';
import type { FoundationType } from '#platform';
import type { View } from '#read-store';
import { siteLayers, sites } from '#site';
import type { FoundationRow } from './foundations.ts';
import { foundations, stateOf } from './foundations.ts';
import type { StructureRow } from './structure/structures.ts';
import { structures, structureState } from './structure/structures.ts';

/** What a configuration is made of. */
export interface BuildingLayers {
  readonly layers: readonly Layer[];
  /** The classes whose entries apply. */
  readonly classes: readonly string[];
  /** When each of the objects in it was last changed. */
  readonly changed: readonly string[];
  /** All that it is made of: rows, which never change, and what else is known. */
  readonly parts: readonly unknown[];
  /** What its blueprints declare of it. */
  readonly declarations: Declarations;
}

/** Finds a platform's kind of foundation by its type text. */
export type FindType = (type: string) => FoundationType | undefined;

/** What is known of a foundation itself, to the configuration of whatever stands on it too. */
const foundationAttributes = (locator: string, row: FoundationRow, type: FoundationType | undefined): Pairs => [
  ['_foundation_id', locator],
  ['_foundation_locator', locator],
  ['_foundation_type', row.type],
  ['_foundation_state', stateOf(row)],
  ['_foundation_class_list', [...(type?.classes ?? [])]],
  ['_foundation_id_map', row.idMap],
  ['_console', type?.console ?? 'console'],
  ['_provisioning_interface', null],
  ['_provisioning_interface_mac', null],
  ...(type?.complexField === undefined ? [] : [['_complex_host', row.complex ?? null] as const]),
];

const structureAttributes = (id: number, row: StructureRow, domain: string | null): Pairs => [
  ['_structure_id', id],
  ['_structure_state', structureState(row)],
  ['_structure_config_uuid', row.configUuid],
  ['_hostname', row.hostname],
  ['_domain_name', domain],
  ['_fqdn', domain === null ? row.hostname : `${row.hostname}.${domain}`],
  ['_provisioning_interface', null],
  ['_provisioning_interface_mac', null],
  ['_provisioning_address', null],
  ['_primary_interface', null],
  ['_primary_interface_mac', null],
  ['_primary_address', null],
  ['_interface_map', {}],
];

const jobAttribute = (name: string, job: { readonly job: number } | null | undefined): Pairs =>
  job ? [[name, job.job]] : [];

/** The configuration of a foundation; undefined: there is no such foundation. */
export async function foundationLayers(
  view: View,
  locator: string,
  findType: FindType,
): Promise<BuildingLayers | undefined> {
  const row = await view.get(foundations, locator);
  if (!row) return undefined;
  const type = findType(row.type);
  const blueprint = await blueprintLayers(view, row.blueprint);
  const site = await siteLayers(view, row.site);
  const attributes: Pairs = [
    ...foundationAttributes(locator, row, type),
    ...(row.structure === null ? [] : [['_structure_id', row.structure] as const]),
    ...jobAttribute('_foundation_job_id', row.job),
  ];
  return {
    layers: [...blueprint.layers, ...site.layers, { source: { kind: 'Foundation', id: locator }, attributes }],
    classes: type?.classes ?? [],
    changed: [...blueprint.changed, ...site.changed, row.updated],
    parts: [row, type, ...blueprint.rows, ...site.rows],
    declarations: blueprint.declarations,
  };
}

/** The configuration of a structure; undefined: there is no such structure. */
export async function structureLayers(view: View, id: number, findType: FindType): Promise<BuildingLayers | undefined> {
  const row = await view.get(structures, id);
  if (!row) return undefined;
  const below = await view.get(foundations, row.foundation);
  const type = below && findType(below.type);
  const blueprint = await blueprintLayers(view, row.blueprint);
  const site = await siteLayers(view, row.site);
  const zone = (await view.get(sites, row.site))?.zone ?? null;
  const domain = zone === null ? null : await domainOf(view, zone);
  const attributes: Pairs = [
    ...structureAttributes(id, row, domain),
    ...jobAttribute('_structure_job_id', row.job),
    ...jobAttribute('_foundation_job_id', below?.job),
  ];
  return {
    layers: [
      ...blueprint.layers,
      ...site.layers,
      ...(below
        ? [
            {
              source: { kind: 'Foundation', id: row.foundation },
              attributes: foundationAttributes(row.foundation, below, type),
            },
          ]
        : []),
      { source: { kind: 'Structure', id }, values: row.configValues, origins: row.origins, attributes },
    ],
    classes: type?.classes ?? [],
    changed: [...blueprint.changed, ...site.changed, ...(below ? [below.updated] : []), row.updated],
    parts: [row, below, type, domain, ...blueprint.rows, ...site.rows],
    declarations: blueprint.declarations,
  };
}
