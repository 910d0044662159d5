import type { AgentHalf, AnyAgentHalf } from '#platform';
import { amt } from './amt/agent.ts';
import type { Platforms } from './contracts.ts';
import { docker } from './docker/agent.ts';
import type { DockerSettings } from './docker/engine-address.ts';
import { ipmi } from './ipmi/agent.ts';
import { iputils } from './iputils/agent.ts';
import { libvirt } from './libvirt/agent.ts';
import type { LibvirtSettings } from './libvirt/hypervisor.ts';
import { manual } from './manual/agent.ts';
import { proxmox } from './proxmox/agent.ts';
import { redfish } from './redfish/agent.ts';
import type { RedfishSettings } from './redfish/client.ts';
import { ssh } from './ssh/agent.ts';
import { KnownHosts, type HostKeyPolicy } from './ssh/known-hosts.ts';
import { test } from './test/agent.ts';
import { fileLedger, memoryLedger } from './test/effect-ledger.ts';
import { vcenter } from './vcenter/agent.ts';
import { virtualbox } from './virtualbox/agent.ts';

/** How an agent reaches hosts over SSH. */
export interface SshOptions {
  /** What is seen first is kept and counts from then on, unless it is said that hosts have to be known before. */
  readonly hostKeys?: HostKeyPolicy;
  /** The file of known hosts; without one, what is seen is remembered as long as the process runs. */
  readonly knownHosts?: string | undefined;
  /** Files with its own private keys; those that `ssh` looks for, unless given. */
  readonly keyFiles?: readonly string[] | undefined;
}

/** How the agent halves are set up. */
export interface AgentOptions extends SshOptions {
  /** How hypervisors of libvirt are reached, and what is made on them. */
  readonly libvirt?: LibvirtSettings;
  /** How engines of Docker are reached. */
  readonly docker?: DockerSettings;
  /** The cipher suite of sessions over IPMI (3). */
  readonly cipherSuite?: number | undefined;
  /** How Redfish services are talked to. */
  readonly redfish?: RedfishSettings;
}

/**
 * The agent halves of all platforms.
 * @param env settings by name: `SUBCONTRACTOR_TEST_LEDGER` is the file in which `test` writes down its effects; without
 * it they are kept in memory
 * @param engines how engines of Docker are reached
 */
export function agentHalves(
  env: Readonly<Record<string, string | undefined>>,
  {
    hostKeys = 'first-use',
    knownHosts,
    keyFiles,
    libvirt: libvirtSettings,
    docker: engines = {},
    cipherSuite,
    redfish: redfishSettings,
  }: AgentOptions = {},
): readonly AnyAgentHalf[] {
  const ledgerFile = env['SUBCONTRACTOR_TEST_LEDGER'];
  const halves: { readonly [P in keyof Platforms]: AgentHalf<Platforms[P]> } = {
    iputils,
    ssh: ssh({ knownHosts: new KnownHosts(hostKeys, knownHosts), keyFiles }),
    test: test(ledgerFile ? fileLedger(ledgerFile) : memoryLedger()),
    manual,
    virtualbox: virtualbox(),
    vcenter: vcenter(),
    proxmox: proxmox(),
    libvirt: libvirt(libvirtSettings),
    ipmi: ipmi({ cipherSuite }),
    redfish: redfish(redfishSettings),
    amt: amt(),
    docker: docker(engines),
  };
  return Object.values(halves);
}
