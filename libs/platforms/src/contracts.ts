import type { PlatformContract } from '#platform';
import { amtContract } from './amt/contract.ts';
import { ipmiContract } from './ipmi/contract.ts';
import { dockerContract } from './docker/contract.ts';
import { iputilsContract } from './iputils/contract.ts';
import { libvirtContract } from './libvirt/contract.ts';
import { manualContract } from './manual/contract.ts';
import { proxmoxContract } from './proxmox/contract.ts';
import { redfishContract } from './redfish/contract.ts';
import { sshContract } from './ssh/contract.ts';
import { testContract } from './test/contract.ts';
import { vcenterContract } from './vcenter/contract.ts';
import { virtualboxContract } from './virtualbox/contract.ts';

/**
 * All platforms, by name: the one list. `servers.ts` and `agents.ts` are typed by it, so that a platform without one of
 * its halves does not compile.
 */
export const contracts = {
  iputils: iputilsContract,
  ssh: sshContract,
  test: testContract,
  manual: manualContract,
  virtualbox: virtualboxContract,
  vcenter: vcenterContract,
  proxmox: proxmoxContract,
  libvirt: libvirtContract,
  ipmi: ipmiContract,
  redfish: redfishContract,
  amt: amtContract,
  docker: dockerContract,
} satisfies Readonly<Record<string, PlatformContract>>;

export type Platforms = typeof contracts;
