/** What a document of `/config/…` is about. */
export interface ConfigPath {
  /** Which document: `config`, `boot_script`, `pxe_template`, a file of cloud-init; others are refused later on. */
  readonly type: string;
  /** What the target is found by. */
  readonly by: 'caller' | 'uuid' | 'structure' | 'foundation' | 'address';
  /** Empty where the caller itself is the target. */
  readonly id: string;
}

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}';
const IPV4 = '[0-9]{1,3}.[0-9]{1,3}.[0-9]{1,3}.[0-9]{1,3}';
const IPV6 = '(?:[0-9a-f]{0,4}:){1,7}[0-9a-f]{0,4}';
const TARGET = `(?:c/(${UUID})|s/([0-9]+)|f/([a-z0-9][a-z0-9_-]*)|a/(${IPV4}|${IPV6}))`;
const PATH = new RegExp(`^/config/([a-z_]+)/${TARGET}?$`, 'i');
/** What cloud-init fetches: it puts the names of its files behind a path. */
const SEED = new RegExp(`^/config/cloud_init/(?:${TARGET}/)?([a-z]+-[a-z]+)$`, 'i');

/** A path with its percent signs resolved; text that does not decode comes back as it is, and is the path of nothing. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * Takes the path of a document apart, in upper or lower case, as it was sent, with percent signs or without; undefined
 * where it is none. A locator keeps its case.
 */
export function readConfigPath(sent: string): ConfigPath | undefined {
  const path = decoded(sent);
  const [seed, ...ofSeed] = SEED.exec(path) ?? [];
  const [whole, ...ofPath] = seed === undefined ? (PATH.exec(path) ?? []) : [seed, ofSeed.pop(), ...ofSeed];
  if (whole === undefined) return undefined;
  const [type = '', uuid, structure, foundation, address] = ofPath;
  const found = (by: ConfigPath['by'], id: string): ConfigPath => ({ type: type.toLowerCase(), by, id });
  if (uuid !== undefined) return found('uuid', uuid.toLowerCase());
  if (structure !== undefined) return found('structure', structure);
  if (foundation !== undefined) return found('foundation', foundation);
  return address === undefined ? found('caller', '') : found('address', address.toLowerCase());
}
