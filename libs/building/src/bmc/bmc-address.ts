/** The address of a block that the management processor (BMC) of a foundation has: an `Address` of a host of its own. */
export interface BmcAddress {
  /** Id of the host, which goes with the foundation. */
  readonly host: number;
  /** Id of its `Address`. */
  readonly address: number;
}

/** The interface that the address of a BMC is on. */
export const BMC_INTERFACE = 'bmc';

/** The longest host name, in characters. */
const MAX_HOSTNAME = 63;
const ENDING = '-bmc';

/** What the host of a BMC is called unless somebody calls it otherwise: `node1-bmc` of the foundation `node1`. */
export function bmcHostName(locator: string): string {
  const name = locator
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return `${name.slice(0, MAX_HOSTNAME - ENDING.length) || 'machine'}${ENDING}`;
}

/** What stands in the field of an address: the host, without brackets, and what stands behind it (`:623`, or nothing). */
interface AddressText {
  readonly host: string;
  readonly port: string;
}

/** Reads `10.0.0.9`, `10.0.0.9:623`, `2001:db8::9` or `[2001:db8::9]:623`. */
export function readAddressText(text: string): AddressText {
  const given = text.trim();
  const [, inBrackets, plain, port = ''] = /^(?:\[([^\]]*)\]|([^:]*))(:\d{1,5})?$/.exec(given) ?? [];
  const host = inBrackets ?? plain;
  return host === undefined ? { host: given, port: '' } : { host, port };
}

/** The same, written. */
export const writeAddressText = ({ host, port }: AddressText): string =>
  port !== '' && host.includes(':') ? `[${host}]${port}` : `${host}${port}`;
