import type { VcenterVm } from './contract.ts';
import { clusterNamed, datacenterNamed, datastoreNamed, hostNamed, machineFolder } from './inventory.ts';
import type { Ref, Vim } from './session.ts';

/** Where a machine is made. */
export interface Place {
  readonly folder: Ref;
  readonly pool: Ref;
  readonly host: Ref;
  readonly datastore: Ref;
}

/** Where a machine is ordered to be. @throws Error where a part of it is not there */
export async function placeOf(vim: Vim, vm: VcenterVm): Promise<Place> {
  const datacenter = await datacenterNamed(vim, vm.datacenter);
  const cluster = await clusterNamed(vim, datacenter, vm.cluster);
  const host = await hostNamed(vim, cluster, vm.host);
  return {
    folder: await machineFolder(vim, datacenter),
    pool: cluster.pool,
    host,
    datastore: await datastoreNamed(vim, host, vm.datastore),
  };
}
