import { isIPv4 } from 'node:net';
import type { Json } from '#kernel';
import type { AgentParametersOf, ResultOf } from '#platform';
import type { Bmc } from './bmc.ts';
import type { IpmiContract } from './contract.ts';
import { CommandRefused } from './faults.ts';

/** The LAN of a BMC as wanted; what is not said stays as it is. */
type Lan = Omit<AgentParametersOf<IpmiContract, 'set_lan'>, 'connection' | 'source'> & {
  readonly source?: keyof typeof SOURCES | undefined;
};
type Serial = ResultOf<IpmiContract, 'serial_over_lan'>;

/** Commands of the network function of transports (IPMI 2.0, 23 and 26). */
const TRANSPORT = 0x0c;
const SET_LAN = 0x01;
const GET_LAN = 0x02;
const GET_SERIAL = 0x22;

/** Parameters of a LAN. */
const ADDRESS = 3;
const SOURCE = 4;
const NETMASK = 6;
const GATEWAY = 12;
const VLAN = 20;
const SOURCES = { static: 1, dhcp: 2 } as const;

/** Parameters of the serial console over it. */
const ENABLED = 1;
const BIT_RATE = 6;
const PORT = 8;
/** Where it is where the BMC does not know of another port, and how it says so. */
const USUAL_PORT = 623;
const NO_SUCH_PARAMETER = 0x80;
/** Rates in kbit/s, by their number. */
const RATES: Readonly<Record<number, string>> = { 6: '9.6', 7: '19.2', 8: '38.4', 9: '57.6', 10: '115.2' };

/** Reads a parameter; the first byte of the answer is the revision of what it means. */
const parameterOf = async (bmc: Bmc, command: number, channel: number, parameter: number): Promise<Buffer> =>
  (await bmc.raw([TRANSPORT, command, channel, parameter, 0, 0])).subarray(1);

/** A parameter of a LAN, and what it shall be; undefined: as it is. */
interface Setting {
  readonly name: string;
  readonly parameter: number;
  readonly value: Buffer | undefined;
}

const settingsOf = ({ source, address, netmask, gateway, vlan }: Lan): readonly Setting[] => [
  { name: 'vlan', parameter: VLAN, value: vlan === undefined ? undefined : vlanBytes(vlan) },
  { name: 'source', parameter: SOURCE, value: source && Buffer.from([SOURCES[source]]) },
  { name: 'netmask', parameter: NETMASK, value: addressBytes('netmask', netmask) },
  { name: 'gateway', parameter: GATEWAY, value: addressBytes('gateway', gateway) },
  // The last: with it the BMC may be elsewhere.
  { name: 'address', parameter: ADDRESS, value: addressBytes('address', address) },
];

/** What of the LAN of a BMC is not as wanted, each by its name. */
export async function lanDifference(
  bmc: Bmc,
  wanted: Lan,
): Promise<readonly { readonly name: string; readonly wanted: Json; readonly found: Json }[]> {
  checkSource(wanted);
  const found: { name: string; wanted: Json; found: Json }[] = [];
  for (const { name, parameter, value } of settingsOf(wanted)) {
    if (value === undefined) continue;
    const now = await parameterOf(bmc, GET_LAN, wanted.channel, parameter);
    if (!isSame(parameter, now, value)) {
      found.push({ name: `lan ${name}`, wanted: told(parameter, value), found: told(parameter, now) });
    }
  }
  return found.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** A parameter of a LAN as people write it. */
function told(parameter: number, bytes: Buffer): Json {
  if (parameter === SOURCE) {
    const number = (bytes[0] ?? 0) & 0x0f;
    return Object.entries(SOURCES).find(([, one]) => one === number)?.[0] ?? number;
  }
  if (parameter !== VLAN) return dotted(bytes);
  const vlan = bytes.length < 2 ? 0 : bytes.readUInt16LE(0);
  return (vlan & 0x8000) === 0 ? null : vlan & 0x0fff;
}

/** Whether two values mean the same: what a BMC keeps in bytes that do not count is its own affair. */
const isSame = (parameter: number, one: Buffer, other: Buffer): boolean =>
  told(parameter, one) === told(parameter, other);

/** @throws Error where something is given that is not given so */
function checkSource({ source, address, netmask, gateway }: Lan): void {
  if (source === 'dhcp' && (address ?? netmask ?? gateway) !== undefined) {
    throw new Error('source: what has its address by DHCP is given no address, netmask or gateway');
  }
}

/** @throws Error where addresses are given, and not where they come from, of a BMC that has its own by DHCP */
async function checkKept(bmc: Bmc, { channel, source, address, netmask, gateway }: Lan): Promise<void> {
  if (source !== undefined || (address ?? netmask ?? gateway) === undefined) return;
  if (told(SOURCE, await parameterOf(bmc, GET_LAN, channel, SOURCE)) !== 'dhcp') return;
  throw new Error('source: the BMC has its address by DHCP, and keeps none that it is given: say "static" for that');
}

/** Makes the LAN of a BMC what is wanted; what is so already is left. @returns whether there was something to do */
export async function setLan(bmc: Bmc, wanted: Lan): Promise<boolean> {
  const { channel } = wanted;
  checkSource(wanted);
  await checkKept(bmc, wanted);
  let at = bmc;
  let changed = false;
  for (const { name, parameter, value } of settingsOf(wanted)) {
    if (value === undefined) continue;
    const before = await parameterOf(at, GET_LAN, channel, parameter);
    if (isSame(parameter, before, value)) continue;
    await at.raw([TRANSPORT, SET_LAN, channel, parameter, ...value]);
    changed = true;
    if (parameter === ADDRESS && dotted(before) === at.address.host) at = at.at(dotted(value));
    const after = await parameterOf(at, GET_LAN, channel, parameter);
    if (!isSame(parameter, after, value))
      throw new Error(`${name}: the BMC took it, and has ${after.toString('hex')} afterwards`);
  }
  return changed;
}

/** Where the serial console of a machine is to be had. */
export async function serialOverLan(bmc: Bmc, channel: number): Promise<Serial> {
  const [enabled = 0] = await parameterOf(bmc, GET_SERIAL, channel, ENABLED);
  const [rate = 0] = await parameterOf(bmc, GET_SERIAL, channel, BIT_RATE);
  const port = await parameterOf(bmc, GET_SERIAL, channel, PORT).then(
    (bytes) => bytes.readUInt16LE(0),
    (error: unknown) => {
      if (error instanceof CommandRefused && error.code === NO_SUCH_PARAMETER) return USUAL_PORT;
      throw error;
    },
  );
  const own = dotted(await parameterOf(bmc, GET_LAN, channel, ADDRESS));
  return {
    enabled: (enabled & 1) === 1,
    address: own === '0.0.0.0' ? bmc.address.host : own,
    port,
    bit_rate: RATES[rate & 0x0f] ?? 'that of the serial port',
  };
}

const dotted = (bytes: Buffer): string => [...bytes.subarray(0, 4)].join('.');

function addressBytes(field: string, text: string | undefined): Buffer | undefined {
  if (text === undefined) return undefined;
  if (!isIPv4(text)) throw new Error(`${field}: must be an IPv4 address, and is ${JSON.stringify(text)}`);
  return Buffer.from(text.split('.').map(Number));
}

function vlanBytes(vlan: number | null): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(vlan === null ? 0 : 0x8000 | vlan);
  return bytes;
}
