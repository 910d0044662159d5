import { isIPv4 } from 'node:net';
import { addressText, numbered, numberedSubnet } from '#dhcp/agent';
import { directory, integer, InvalidValue, parser, seconds, setting, text } from '#runtime/settings';

const ipv4 = parser((value) => {
  if (!isIPv4(value)) throw new InvalidValue('must be an IPv4 address');
  return value;
});

/** Reads `10.9.0.1=10.1.0.0/24`, several separated by commas: relays by the subnet they relay for, as it is usually written. */
const relays = parser((value): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const entry of value.split(',').map((part) => part.trim())) {
    const [, relayText, subnetText] = /^([0-9a-f.:]+)=([0-9a-f.:]+\/\d{1,3})$/i.exec(entry) ?? [];
    if (relayText === undefined || subnetText === undefined) {
      throw new InvalidValue('must be relays with the subnet of each: 10.9.0.1=10.1.0.0/24');
    }
    const relay = numbered(relayText);
    if (!relay || (relay.ipv4 && !isIPv4(relayText))) throw new InvalidValue(`the relay "${relayText}" is no address`);
    const range = numberedSubnet(subnetText);
    if (!range || (range.ipv4 && !isIPv4(subnetText.replace(/\/.*/, '')))) {
      throw new InvalidValue(`"${subnetText}" is no subnet`);
    }
    if (relay.ipv4 !== range.ipv4)
      throw new InvalidValue(`the relay "${relayText}" is of another kind than its subnet`);
    const subnet = `${addressText({ ipv4: range.ipv4, value: range.first })}/${range.prefix}`;
    found.set(subnet, [...(found.get(subnet) ?? []), addressText(relay)]);
  }
  return found;
});

/** Reads `10.0.0.2` or `10.0.0.2:67`. */
const probe = parser((value) => {
  const [address = '', port = '67', ...more] = value.split(':');
  if (!isIPv4(address) || more.length > 0 || !/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw new InvalidValue('must be an IPv4 address, perhaps with a port: 10.0.0.2:67');
  }
  return { address, port: Number(port) };
});

/** A URL of the web to which paths are added. */
const webUrl = parser((value) => {
  if (!/^https?:\/\/[^/]/.test(value) || !URL.canParse(value))
    throw new InvalidValue('must be a URL: http://boot.example');
  if (value.endsWith('/')) throw new InvalidValue('must not end with "/"');
  return value;
});

/** What the boot files of a machine are named after. */
const bootConsole = parser((value) => {
  if (value === 'none') return undefined;
  if (/^[A-Za-z0-9_-]{1,40}$/.test(value)) return value;
  throw new InvalidValue('must be a console, such as console or ttyS0, or none');
});

/** The settings of DHCP; it is off where no socket of Kea's is named. */
export const dhcpFields = {
  kea4: setting('SUBCONTRACTOR_KEA4', directory(), {
    unset: 'none, then there is no DHCPv4',
    doc: 'control socket of `kea-dhcp4`, which is told what to serve',
  }),
  kea6: setting('SUBCONTRACTOR_KEA6', directory(), {
    unset: 'none, then there is no DHCPv6',
    doc: 'control socket of `kea-dhcp6`',
  }),
  dhcpInterval: setting('SUBCONTRACTOR_DHCP_INTERVAL', seconds(1, 3600), {
    default: '5',
    doc: 'seconds between two looks at what is to be served, and at leases; longer where a look takes long',
  }),
  dhcpStaticLease: setting('SUBCONTRACTOR_DHCP_STATIC_LEASE', integer(60, 31_536_000), {
    default: '3600',
    doc: 'for how long, in seconds, machines are leased their own addresses',
  }),
  dhcpDynamicLease: setting('SUBCONTRACTOR_DHCP_DYNAMIC_LEASE', integer(60, 31_536_000), {
    default: '600',
    doc: 'for how long, in seconds, addresses of pools are leased',
  }),
  dhcpTftp: setting('SUBCONTRACTOR_DHCP_TFTP', ipv4, {
    unset: 'none, then firmware is told no boot file',
    doc: 'IPv4 address of the TFTP server with the boot files `<console>.kpxe` and `<console>.efi`',
  }),
  dhcpBootUrl: setting('SUBCONTRACTOR_DHCP_BOOT_URL', webUrl, {
    unset: '`SUBCONTRACTOR_SERVER`',
    doc: 'where machines reach the server for their boot script: `http://contractor`',
  }),
  dhcpFilesUrl: setting('SUBCONTRACTOR_DHCP_FILES_URL', webUrl, {
    unset: 'none, then UEFI does not boot over HTTP',
    doc: 'where `<console>.efi` is over HTTP: `http://boot.example/ipxe`',
  }),
  dhcpConsole: setting('SUBCONTRACTOR_DHCP_CONSOLE', bootConsole, {
    default: 'console',
    doc: 'what the boot files of machines in pools are named after; `none`: they are told none',
  }),
  dhcpRelays: setting('SUBCONTRACTOR_DHCP_RELAYS', relays, {
    unset: 'none',
    doc: 'relays whose address is in none of the subnets they relay for: `10.9.0.1=10.1.0.0/24`, separated by commas',
  }),
  dhcpProbe: setting('SUBCONTRACTOR_DHCP_PROBE', probe, {
    unset: 'where Kea listens on this machine',
    doc: 'where `kea-dhcp4` is asked for a lease as a proof that it serves: `10.0.0.2:67`',
  }),
  dhcpProxy: setting('SUBCONTRACTOR_DHCP_PROXY', text(), {
    unset: 'none is written',
    doc: 'file for the configuration of a `dnsmasq` that tells machines what to boot beside a DHCP server of the site',
  }),
  radvd: setting('SUBCONTRACTOR_RADVD', text(), {
    unset: 'none is written',
    doc: 'with `SUBCONTRACTOR_KEA6`: file for the configuration of `radvd`',
  }),
  radvdPid: setting('SUBCONTRACTOR_RADVD_PID', text(), {
    unset: 'it is not told',
    doc: 'file with the process of `radvd`, which is told when its configuration changes',
  }),
};

/** Whether anything of it is wanted. */
export const wantsDhcp = ({
  kea4,
  kea6,
  dhcpProxy,
}: {
  readonly kea4?: unknown;
  readonly kea6?: unknown;
  readonly dhcpProxy?: unknown;
}): boolean => (kea4 ?? kea6 ?? dhcpProxy) !== undefined;
