import type { KeaMap } from './kea-json.ts';
import type { AskKea } from './kea-socket.ts';
import { KeaRefusal } from './kea-socket.ts';

/** A lease that holds. */
export interface Lease {
  readonly address: string;
  readonly mac: string;
  readonly hostName: string;
  /** The subnet, which has the number of its block. */
  readonly block: number;
  /** When it was last given or renewed, in seconds since 1970. */
  readonly given: number;
}

/** A lease as Kea tells it; the state 0 is one that is neither declined nor over. */
interface KeaLease {
  readonly 'ip-address': string;
  readonly 'hw-address'?: string;
  readonly duid?: string;
  readonly hostname?: string;
  readonly 'subnet-id': number;
  readonly state: number;
  /** When it was last given, seconds since 1970. */
  readonly cltt: number;
  readonly 'valid-lft': number;
}

/** Kea has no commands for leases: its hook for them is not loaded. */
export const NO_LEASE_COMMANDS =
  'leases are not reported: load libdhcp_lease_cmds.so among the hooks-libraries in the file of Kea';

/** A MAC of Ethernet; others, as InfiniBand has them, are of none of our machines. */
const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;

/**
 * The leases that hold, of which the MAC is known; undefined: Kea cannot be asked for them.
 * @param leaveOut told of those that hold and are of something without a MAC
 * @throws KeaUnreachable
 */
export async function currentLeases(
  ask: AskKea,
  family: 4 | 6,
  nowMs: number,
  leaveOut: (address: string) => void = () => undefined,
): Promise<readonly Lease[] | undefined> {
  let answer: KeaMap | null;
  try {
    answer = (await ask(`lease${family}-get-all`)) as KeaMap | null;
  } catch (error) {
    if (error instanceof KeaRefusal) return undefined;
    throw error;
  }
  const all = (answer?.['leases'] ?? []) as unknown as readonly KeaLease[];
  return all.flatMap((lease) => {
    const holds = lease.state === 0 && (lease.cltt + lease['valid-lft']) * 1000 > nowMs;
    if (!holds) return [];
    const mac = [lease['hw-address'], macOfDuid(lease.duid ?? '')].find((one) => one !== undefined && MAC.test(one));
    if (mac === undefined) {
      leaveOut(lease['ip-address']);
      return [];
    }
    const { hostname = '', cltt } = lease;
    return { address: lease['ip-address'], mac, hostName: hostname, block: lease['subnet-id'], given: cltt };
  });
}

/** The MAC in a DUID that is made of one: with a time (type 1), or without (type 3). */
export function macOfDuid(duid: string): string | undefined {
  const digits = duid.replaceAll(':', '').toLowerCase();
  const mac =
    /^0001(?:0001)[0-9a-f]{8}([0-9a-f]{12})$/.exec(digits)?.[1] ?? /^00030001([0-9a-f]{12})$/.exec(digits)?.[1];
  return mac?.replaceAll(/(..)(?=.)/g, '$1:');
}
