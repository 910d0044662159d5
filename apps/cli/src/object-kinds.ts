import type { Asked } from './command.ts';
import { Misuse } from './command.ts';
import { structureId } from './nouns/lookups.ts';
import type { RestClient } from './rest-client.ts';

/** Models by what their objects are called on a command line. */
export const OBJECT_KINDS: Readonly<Record<string, string>> = {
  site: 'Site/Site',
  structure: 'Building/Structure',
  foundation: 'Building/Foundation',
  complex: 'Building/Complex',
  'foundation-blueprint': 'BluePrint/FoundationBluePrint',
  'structure-blueprint': 'BluePrint/StructureBluePrint',
  script: 'BluePrint/Script',
  pxe: 'BluePrint/PXE',
  network: 'Utilities/Network',
  addressblock: 'Utilities/AddressBlock',
  zone: 'Directory/Zone',
  user: 'Auth/Account',
  group: 'Auth/Group',
  service: 'Auth/Service',
};

/** An object that is named on a command line. */
export interface NamedObject {
  readonly kind: string;
  readonly id: string;
  /** Where it stands: `Site/Site/berlin`. */
  readonly path: string;
}

/**
 * The object that names begin with, as `site/berlin` or `site berlin`, and what stands behind it.
 * @param kinds what it may be
 * @throws Misuse
 */
export function objectIn(
  { names }: Pick<Asked, 'names'>,
  kinds: Readonly<Record<string, string>>,
): [NamedObject, string[]] {
  const [first = '', ...others] = names;
  const slash = first.indexOf('/');
  const kind = slash === -1 ? first : first.slice(0, slash);
  const id = slash === -1 ? others.shift() : first.slice(slash + 1);
  const model = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (model === undefined) throw new Misuse(`"${kind}" is none of ${Object.keys(kinds).join(', ')}`);
  if (id === undefined || id === '') throw new Misuse(`say which ${kind}: ${kind}/NAME`);
  return [{ kind, id, path: `${model}/${encodeURIComponent(id)}` }, others];
}

/** Where an object stands; structures may be named as `SITE/HOST`, too. @throws Error where there is no such structure */
export const locatedPath = async (client: RestClient, { kind, id, path }: NamedObject): Promise<string> =>
  kind === 'structure' ? `Building/Structure/${await structureId(client, id)}` : path;
