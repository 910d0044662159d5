import { isDeepStrictEqual } from 'node:util';
import { formatAddress, InvalidAddress, isIpv4, parseAddress } from '../../src/ip-address.ts';
import { parseMac } from '../../src/mac-address.ts';
import { subnetOf } from '../../src/subnet.ts';
import { decidedRules } from './decided-rules.ts';

/** What was recorded of one call, or what it comes to: an answer, or why there is none. */
export interface Outcome {
  readonly answer?: unknown;
  readonly error?: unknown;
}

/** A recorded call; its other members are its arguments and what it came to. */
export interface AddressCase extends Readonly<Record<string, unknown>> {
  readonly id: string;
}

export type AddressGroup = 'ip_parse' | 'ip_subnet' | 'mac';

/** The groups of recorded cases that are about addresses. */
export const addressGroups: readonly AddressGroup[] = ['ip_parse', 'ip_subnet', 'mac'];

/** How a case came out: as recorded, as decided (by which rule), or otherwise. */
export interface CheckedCase {
  readonly id: string;
  readonly differences: readonly string[];
  readonly by?: string;
}

/** Plays a recorded case; where it goes otherwise than recorded, a decision has to account for it. */
export function checkCase(group: AddressGroup, row: AddressCase): CheckedCase {
  const { id } = row;
  const [recorded, outcome] = [recordedOf(row), play[group](row)];
  if (isDeepStrictEqual(recorded, outcome)) return { id, differences: [] };
  const rule = decidedRules.find((one) => one.group === group && one.explains(row['input'], recorded, outcome));
  if (rule) return { id, differences: [], by: rule.name };
  return { id, differences: [`recorded ${JSON.stringify(row)}`, `but came to ${JSON.stringify(outcome)}`] };
}

function recordedOf({ number, text, v4, result, error, message }: AddressCase): Outcome {
  if (error !== undefined) return { error: message ?? error };
  return { answer: number === undefined ? result : { number, text: text ?? null, v4: v4 ?? null } };
}

/** What the code that is there makes of the arguments of a case. */
const play: Readonly<Record<AddressGroup, (row: AddressCase) => Outcome>> = {
  ip_parse: ({ input }) =>
    attempt(() => {
      if (input === null) return { number: null, text: null, v4: null };
      if (typeof input !== 'string') throw new InvalidAddress('Invalid Ip Address');
      const address = parseAddress(input);
      return { number: String(address), text: formatAddress(address), v4: isIpv4(address) };
    }),
  ip_subnet: ({ address, prefix }) => attempt(() => describeSubnet(String(address), prefix as number)),
  mac: ({ input }) => {
    const mac = parseMac(input as string | null);
    return mac === undefined ? { error: { mac: [`"${String(input)}" is invalid`] } } : { answer: mac };
  },
};

function describeSubnet(address: string, prefix: number): unknown {
  const subnet = subnetOf(parseAddress(address), prefix);
  const at = (offset: bigint): string => formatAddress(subnet.address + offset);
  const { usable, size, usableSize, netmask } = subnet;
  return {
    netmask: formatAddress(netmask),
    subnet: at(0n),
    usable: [at(usable.first), at(usable.last)],
    all: [at(0n), at(size - 1n)],
    usable_offsets: [String(usable.first), String(usable.last)],
    all_offsets: ['0', String(size - 1n)],
    size_usable: String(usableSize),
    size_all: String(size),
  };
}

function attempt(read: () => unknown): Outcome {
  try {
    return { answer: read() };
  } catch (error) {
    if (error instanceof InvalidAddress) return { error: error.message };
    throw error;
  }
}
