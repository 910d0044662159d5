import { isIP } from 'node:net';
import { defineSettings, directory, integer, InvalidValue, list, parser, setting, text } from '#runtime/settings';

/** A name server that copies zones from ours. */
export interface Secondary {
  readonly address: string;
  readonly port: number;
  /** Name of the key it is told of changes with. */
  readonly key?: string;
}

/** A TSIG key. */
export interface TransferKey {
  readonly name: string;
  readonly algorithm: string;
  /** Base64; a secret. */
  readonly secret: string;
}

/** Where a name server is asked. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

const DNS_PORT = 53;
const ALGORITHMS = ['hmac-sha256', 'hmac-sha384', 'hmac-sha512', 'hmac-sha224', 'hmac-sha1', 'hmac-md5'];
const KEY_NAME = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i;
const HOST_NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i;
const BASE64 = /^(?:[a-z0-9+/]{4})+(?:[a-z0-9+/]{2}==|[a-z0-9+/]{3}=)?$|^[a-z0-9+/]{2}==$|^[a-z0-9+/]{3}=$/i;

/** Reads `host`, `host:port`, `[IPv6]`, `[IPv6]:port` or an IPv6 address alone. */
function addressIn(text: string): ServerAddress | undefined {
  if (isIP(text) === 6) return { host: text, port: DNS_PORT };
  const [, six, other, port = String(DNS_PORT)] = /^(?:\[([^\]]+)\]|([^[\]:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = six ?? other ?? '';
  const fits = six === undefined ? HOST_NAME.test(host) : isIP(host) === 6 && !host.includes('%');
  return fits && Number(port) >= 1 && Number(port) <= 65_535 ? { host, port: Number(port) } : undefined;
}

function secondaryIn(text: string): Secondary | undefined {
  const [place = '', key, ...more] = text.split('#');
  const address = addressIn(place);
  if (!address || isIP(address.host) === 0 || more.length > 0) return undefined;
  if (key !== undefined && !KEY_NAME.test(key)) return undefined;
  return { address: address.host, port: address.port, ...(key === undefined ? {} : { key }) };
}

function keyIn(text: string): TransferKey | undefined {
  const parts = text.split(':');
  const [algorithm = '', name = '', secret = ''] = parts.length === 2 ? ['hmac-sha256', ...parts] : parts;
  const fits = ALGORITHMS.includes(algorithm) && KEY_NAME.test(name) && BASE64.test(secret);
  return fits && parts.length <= 3 ? { name: name.toLowerCase(), algorithm, secret } : undefined;
}

const server = parser((value) => {
  const found = addressIn(value);
  if (found === undefined) throw new InvalidValue('must be an address or a host name, with or without a port');
  return found;
});

const SECONDARY_RULE = 'must be addresses, each with or without `:port` and `#name-of-a-key`, separated by commas';
const secondaries = list((part) => secondaryIn(part) !== undefined, SECONDARY_RULE);

const KEY_RULE = 'must be keys as `algorithm:name:secret` (hmac-sha256 where it is left out), separated by commas';
const keys = parser(
  (value) => {
    const found = value.split(',').flatMap((part) => (part.trim() === '' ? [] : [keyIn(part.trim())]));
    const whole = found.filter((key) => key !== undefined);
    const names = new Set(whole.map(({ name }) => name));
    if (whole.length < found.length || names.size < whole.length) throw new InvalidValue(KEY_RULE);
    return whole;
  },
  { secret: true },
);

const zoneDirectory = parser((value) => {
  const found = directory().read(value);
  if (/["\\\p{Cc}]/u.test(found)) throw new InvalidValue('must have no quotes, backslashes or control characters');
  return found;
});

/** Where zones are written, and the BIND that serves them. */
export const bindSettings = defineSettings(
  'bind',
  {
    /** Undefined: no zone is written. */
    directory: setting('BIND_ZONE_DIRECTORY', zoneDirectory, {
      unset: 'not written',
      doc: 'directory the zones are written into, with the file `dns.master` that BIND includes',
    }),
    /** Undefined: zones are written, and nobody is told. */
    server: setting('BIND_SERVER', server, {
      unset: 'none',
      doc: 'address of the BIND that serves these zones, as `host` or `host:port`; it is told of changes and asked',
    }),
    rndcPort: setting('BIND_RNDC_PORT', integer(1, 65_535), {
      default: '953',
      doc: 'port at which that BIND takes the commands of `rndc`',
    }),
    /** Undefined: that of `rndc` itself. */
    rndcKey: setting('BIND_RNDC_KEY', text(), {
      unset: "`rndc`'s own",
      doc: 'file with the key of `rndc`',
    }),
    secondaries: setting('BIND_SECONDARIES', secondaries, {
      default: '',
      doc: 'name servers that copy the zones and are told of changes: `192.0.2.53,[2001:db8::53]:5353#name-of-key`',
    }),
    /** Secret. */
    transferKeys: setting('BIND_TRANSFER_KEYS', keys, {
      default: '',
      doc: 'TSIG keys with which zones may be copied, as `algorithm:name:secret`; without one, the addresses of the secondaries count',
    }),
  },
  ({ directory: zoneFolder, server: address, rndcPort, rndcKey, secondaries: given, transferKeys }, refuse) => {
    if (address !== undefined && zoneFolder === undefined) {
      refuse('BIND_SERVER', `${address.host}:${address.port}`, 'needs BIND_ZONE_DIRECTORY as well');
    }
    const found = given.flatMap((part) => secondaryIn(part) ?? []);
    for (const { address: of, key } of found) {
      if (key === undefined || transferKeys.some(({ name }) => name === key.toLowerCase())) continue;
      refuse('BIND_SECONDARIES', `${of}#${key}`, 'names a key that is not in BIND_TRANSFER_KEYS');
    }
    return { directory: zoneFolder, server: address, rndcPort, rndcKey, secondaries: found, transferKeys };
  },
);
