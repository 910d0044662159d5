/** What a document of `/config/…` is about. */
export interface ConfigPath {
  /** Which document: `config`, `boot_script`, `pxe_template`; others are refused later on. */
  readonly type: string;
  /** What the target is found by. */
  readonly by: 'caller' | 'uuid' | 'structure' | 'foundation' | 'address';
  /** Empty where the caller itself is the target. */
  readonly id: string;
}

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}';
const IPV4 = '[0-9]{1,3}.[0-9]{1,3}.[0-9]{1,3}.[0-9]{1,3}';
const IPV6 = '(?:[0-9a-f]{0,4}:){1,7}[0-9a-f]{0,4}';
const PATH = new RegExp(
  `^/config/([a-z_]+)/(?:c/(${UUID})|s/([0-9]+)|f/([a-z0-9][a-z0-9_-]*)|a/(${IPV4}|${IPV6}))?$`,
  'i',
);

/** Takes the path of a document apart, in upper or lower case; undefined where it is none. A locator keeps its case. */
export function readConfigPath(path: string): ConfigPath | undefined {
  const [whole, type = '', uuid, structure, foundation, address] = PATH.exec(path) ?? [];
  if (whole === undefined) return undefined;
  const found = (by: ConfigPath['by'], id: string): ConfigPath => ({ type: type.toLowerCase(), by, id });
  if (uuid !== undefined) return found('uuid', uuid.toLowerCase());
  if (structure !== undefined) return found('structure', structure);
  if (foundation !== undefined) return found('foundation', foundation);
  return address === undefined ? found('caller', '') : found('address', address.toLowerCase());
}
