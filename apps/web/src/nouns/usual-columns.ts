import type { Model } from '../model/types.ts';

/** The columns that lists show unless somebody has chosen others, where the first fields of the model are not the best. */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  'Site/Site': ['name', 'description', 'parent', 'created', 'updated'],
  'Survey/Plot': ['name', 'parent', 'created', 'updated'],
  'Survey/Cartographer': ['identifier', 'message', 'foundation', 'last_checkin', 'created', 'updated'],
  'Utilities/Network': ['id', 'name', 'site', 'created', 'updated'],
  'Utilities/AddressBlock': ['id', 'name', 'site', 'subnet', 'prefix', 'created', 'updated'],
  'BluePrint/FoundationBluePrint': ['name', 'description', 'created', 'updated'],
  'BluePrint/StructureBluePrint': ['name', 'description', 'created', 'updated'],
  'BluePrint/PXE': ['name', 'created', 'updated'],
  'Building/Foundation': ['locator', 'site', 'type', 'state', 'blueprint', 'structure', 'created', 'updated'],
  'Building/Dependency': ['id', 'foundation', 'structure', 'state', 'created', 'updated'],
  'Building/Structure': ['id', 'hostname', 'site', 'state', 'blueprint', 'foundation', 'created', 'updated'],
  'Building/Complex': ['name', 'description', 'site', 'type', 'state', 'created', 'updated'],
  'Foreman/FoundationJob': ['id', 'script_name', 'foundation', 'message', 'state', 'created', 'updated'],
  'Foreman/StructureJob': ['id', 'script_name', 'structure', 'message', 'state', 'created', 'updated'],
  'Foreman/DependencyJob': ['id', 'script_name', 'dependency', 'message', 'state', 'created', 'updated'],
};

/** How many fields are shown of a model for which nothing is said. */
const FIRST = 6;

/** The usual columns of a model. */
export function usualColumns({ path, id = 'id', fields }: Model): readonly string[] {
  const known = USUAL[path];
  if (known) return known;
  const others = Object.keys(fields).filter((name) => name !== id && name !== 'created' && name !== 'updated');
  const ends = ['created', 'updated'].filter((name) => name in fields);
  return [id, ...others.slice(0, FIRST), ...ends];
}
