import type { PlatformContract, Repeat, RetryPolicy, ServerHalf, TaskContract } from '#platform';
import { NO_RETRY } from '#platform';
import { contracts, type Platforms } from './contracts.ts';
import { amt } from './amt/server.ts';
import { ipmi } from './ipmi/server.ts';
import { docker } from './docker/server.ts';
import { iputils } from './iputils/server.ts';
import { libvirt } from './libvirt/server.ts';
import { manual } from './manual/server.ts';
import { proxmox } from './proxmox/server.ts';
import { redfish } from './redfish/server.ts';
import { ssh } from './ssh/server.ts';
import { test } from './test/server.ts';
import { vcenter } from './vcenter/server.ts';
import { virtualbox } from './virtualbox/server.ts';

const halves: { readonly [P in keyof Platforms]: ServerHalf } = {
  iputils,
  ssh,
  test,
  manual,
  virtualbox,
  vcenter,
  proxmox,
  libvirt,
  ipmi,
  redfish,
  amt,
  docker,
};

/** The server halves of all platforms. */
export const serverHalves: readonly ServerHalf[] = Object.values(halves);

/** The namespaces of platforms, in the order in which clients know them. */
const NAMESPACES = [
  'Proxmox',
  'AMT',
  'RedFish',
  'Docker',
  'Test',
  'VirtualBox',
  'LibVirt',
  'VCenter',
  'IPMI',
  'Manual',
];

/** Where the namespaces of platforms stand: behind all others. */
export const platformNamespaces = NAMESPACES.map((name, n) => ({ name, position: 200 + n }));

function taskOf(module: string, task: string): TaskContract | undefined {
  const known: Readonly<Record<string, PlatformContract>> = contracts;
  const contract = Object.hasOwn(known, module) ? known[module] : undefined;
  return contract && Object.hasOwn(contract.tasks, task) ? contract.tasks[task] : undefined;
}

/** What may be done with a task of which nobody knows what became of it; of a function nobody knows: `ask`. */
export const repeatOf = (module: string, task: string): Repeat => taskOf(module, task)?.repeat ?? 'ask';

/** How often a task that fails is done once more by itself, unless a configuration says otherwise. */
export const retryOf = (module: string, task: string): RetryPolicy => taskOf(module, task)?.retry ?? NO_RETRY;
