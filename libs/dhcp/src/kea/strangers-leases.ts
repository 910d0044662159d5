import type { SiteSubnet, SubnetMachine } from '../subnets/site-subnet.ts';
import type { Lease } from './kea-leases.ts';

/** A lease of an address that is another machine's. */
export interface StrangersLease {
  readonly lease: Lease;
  /** Whose address it is. */
  readonly machine: SubnetMachine;
}

/**
 * The leases of addresses that are reserved for somebody with another MAC: Kea gives those to nobody until they end. What is
 * borrowed is left to whoever has leased it, as he was given it by right.
 */
export function strangersLeases(subnets: readonly SiteSubnet[], leases: readonly Lease[]): readonly StrangersLease[] {
  const byAddress = new Map(leases.map((lease) => [lease.address, lease]));
  return subnets.flatMap(({ machines }) =>
    machines.flatMap((machine) => {
      const lease = byAddress.get(machine.ip_address);
      return lease && lease.mac !== machine.mac && !machine.borrowed ? { lease, machine } : [];
    }),
  );
}
