import { blueprintLayers } from '#blueprint';
import type { Declarations, Layer, Pairs } from '#config';
import { domainOf } from '#directory';
import type { FoundationType } from '#platform';
import type { View } from '#read-store';
import { siteLayers } from '#site';
import type { Attached } from './attributes/attached.ts';
import { attachedFoundation, attachedStructure } from './attributes/attached.ts';
import { foundationInterfaceAttributes, structureInterfaceAttributes } from './attributes/interface-attributes.ts';
import { withBmcAddress } from './bmc/shown-address.ts';
import type { ComplexRow } from './complex/complexes.ts';
import { complexes } from './complex/complexes.ts';
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
  /** By what it is attached to networks. */
  readonly attached: Attached;
}

/** Finds a platform's kind of foundation by its type text. */
export type FindType = (type: string) => FoundationType | undefined;

/** What is known of a foundation itself, to the configuration of whatever stands on it too. */
const foundationAttributes = (
  locator: string,
  row: FoundationRow,
  type: FoundationType | undefined,
  carrier: ComplexRow | undefined,
): Pairs => [
  ['_foundation_id', locator],
  ['_foundation_locator', locator],
  ['_foundation_type', row.type],
  ['_foundation_state', stateOf(row)],
  ['_foundation_class_list', [...(type?.classes ?? [])]],
  ['_foundation_id_map', row.idMap],
  ['_console', type?.console?.(row.own) ?? 'console'],
  ...Object.entries(type?.attributes?.(row.own, carrier?.own ?? {}) ?? {}),
];

/** The complex that carries a foundation, where its platform says something of it in configurations. */
const carrierBelow = async (view: View, row: FoundationRow, type: FoundationType | undefined) =>
  type?.attributes && row.complex != null ? view.get(complexes, row.complex) : undefined;

const structureAttributes = (id: number, row: StructureRow, domain: string | null): Pairs => [
  ['_structure_id', id],
  ['_structure_state', structureState(row)],
  ['_structure_config_uuid', row.configUuid],
  ['_hostname', row.hostname],
  ['_domain_name', domain],
  ['_fqdn', domain === null ? row.hostname : `${row.hostname}.${domain}`],
];

const jobAttribute = (name: string, job: { readonly job: number } | null | undefined): Pairs =>
  job ? [[name, job.job]] : [];

/** Layers that are made when somebody asks for them: a configuration that is remembered does without. */
function lazily(rest: Omit<BuildingLayers, 'layers'>, make: () => readonly Layer[]): BuildingLayers {
  let made: readonly Layer[] | undefined;
  return {
    ...rest,
    get layers() {
      return (made ??= make());
    },
  };
}

/** What works on it, where rows may not show it yet. */
type At = FoundationRow['job'] | undefined;

/** A row with the job that is at work on it now. */
const withJob = <Row extends { readonly job: FoundationRow['job'] }>(row: Row, at: At): Row =>
  at && row.job?.job !== at.job ? { ...row, job: at } : row;

/**
 * The configuration of a foundation; undefined: there is no such foundation.
 * @param at the job that is at work on it, where that is known better than by its row
 */
export async function foundationLayers(
  view: View,
  locator: string,
  findType: FindType,
  at?: At,
): Promise<BuildingLayers | undefined> {
  const stored = await view.get(foundations, locator);
  if (!stored) return undefined;
  const row = withJob(stored, at);
  const type = findType(row.type);
  const { own, parts } = await withBmcAddress(view, row, type);
  const blueprint = await blueprintLayers(view, row.blueprint);
  const site = await siteLayers(view, row.site);
  const attached = await attachedFoundation(view, locator);
  const carrier = await carrierBelow(view, row, type);
  return lazily(
    {
      classes: type?.classes ?? [],
      changed: [...blueprint.changed, ...site.changed, row.updated],
      parts: [row, ...parts, type, carrier, ...blueprint.rows, ...site.rows, ...attached.parts],
      declarations: blueprint.declarations,
      attached,
    },
    () => {
      const interfaces = foundationInterfaceAttributes(attached);
      const attributes: Pairs = [
        ...foundationAttributes(locator, { ...row, own }, type, carrier),
        ...interfaces.own,
        ...(row.structure === null ? [] : [['_structure_id', row.structure] as const]),
        ...jobAttribute('_foundation_job_id', row.job),
      ];
      const layer: Layer = { source: { kind: 'Foundation', id: locator }, attributes };
      return [...blueprint.layers, ...site.layers, layer, ...interfaces.layers];
    },
  );
}

/**
 * The configuration of a structure; undefined: there is no such structure.
 * @param at the job that is at work on it, where that is known better than by its row
 */
export async function structureLayers(
  view: View,
  id: number,
  findType: FindType,
  at?: At,
): Promise<BuildingLayers | undefined> {
  const stored = await view.get(structures, id);
  if (!stored) return undefined;
  const row = withJob(stored, at);
  const below = await view.get(foundations, row.foundation);
  const type = below && findType(below.type);
  const { own, parts } = below ? await withBmcAddress(view, below, type) : { own: {}, parts: [] };
  const blueprint = await blueprintLayers(view, row.blueprint);
  const site = await siteLayers(view, row.site);
  const zone = site.own?.zone ?? null;
  const domain = zone === null ? null : await domainOf(view, zone);
  const attached = await attachedStructure(view, id, row.foundation);
  const carrier = below && (await carrierBelow(view, below, type));
  return lazily(
    {
      classes: type?.classes ?? [],
      changed: [...blueprint.changed, ...site.changed, ...(below ? [below.updated] : []), row.updated],
      parts: [row, below, ...parts, type, carrier, domain, ...blueprint.rows, ...site.rows, ...attached.parts],
      declarations: blueprint.declarations,
      attached,
    },
    () => {
      const interfaces = structureInterfaceAttributes(attached);
      const attributes: Pairs = [
        ...structureAttributes(id, row, domain),
        ...interfaces.own,
        ...jobAttribute('_structure_job_id', row.job),
        ...jobAttribute('_foundation_job_id', below?.job),
      ];
      return [
        ...blueprint.layers,
        ...site.layers,
        ...(below ? foundationBelow(row.foundation, { ...below, own }, { type, carrier, attached }) : []),
        { source: { kind: 'Structure', id }, values: row.configValues, origins: row.origins, attributes },
        ...interfaces.layers,
      ];
    },
  );
}

/** What is known of a foundation besides its row. */
interface Below {
  readonly type: FoundationType | undefined;
  readonly carrier: ComplexRow | undefined;
  readonly attached: Attached;
}

/** What the foundation says that a structure stands on. */
function foundationBelow(locator: string, row: FoundationRow, { type, carrier, attached }: Below): readonly Layer[] {
  const interfaces = foundationInterfaceAttributes(attached);
  const attributes = [...foundationAttributes(locator, row, type, carrier), ...interfaces.own];
  return [{ source: { kind: 'Foundation', id: locator }, attributes }, ...interfaces.layers];
}
