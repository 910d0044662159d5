import type { AgentHalf, AnyAgentHalf } from '#platform';
import { amt } from './amt/agent.ts';
import type { Platforms } from './contracts.ts';
import { ipmi } from './ipmi/agent.ts';
import { iputils } from './iputils/agent.ts';
import { manual } from './manual/agent.ts';
import { redfish } from './redfish/agent.ts';
import type { RedfishSettings } from './redfish/client.ts';
import { ssh } from './ssh/agent.ts';
import { KnownHosts, type HostKeyPolicy } from './ssh/known-hosts.ts';
import { test } from './test/agent.ts';
import { fileLedger, memoryLedger } from './test/effect-ledger.ts';

/** How an agent reaches hosts over SSH. */
export interface SshOptions {
  /** What is seen first is kept and counts from then on, unless it is said that hosts have to be known before. */
  readonly hostKeys?: HostKeyPolicy;
  /** The file of known hosts; without one, what is seen is remembered as long as the process runs. */
  readonly knownHosts?: string | undefined;
  /** Files with its own private keys; those that `ssh` looks for, unless given. */
  readonly keyFiles?: readonly string[] | undefined;
}

/** How an agent reaches management processors. */
export interface BmcOptions {
  /** The cipher suite of sessions over IPMI (3). */
  readonly cipherSuite?: number | undefined;
  readonly redfish?: RedfishSettings;
}

/**
 * The agent halves of all platforms.
 * @param env settings by name: `SUBCONTRACTOR_TEST_LEDGER` is the file in which `test` writes down its effects; without
 * it they are kept in memory
 */
export function agentHalves(
  env: Readonly<Record<string, string | undefined>>,
  { hostKeys = 'first-use', knownHosts, keyFiles }: SshOptions = {},
  { cipherSuite, redfish: redfishSettings }: BmcOptions = {},
): readonly AnyAgentHalf[] {
  const ledgerFile = env['SUBCONTRACTOR_TEST_LEDGER'];
  const halves: { readonly [P in keyof Platforms]: AgentHalf<Platforms[P]> } = {
    iputils,
    ssh: ssh({ knownHosts: new KnownHosts(hostKeys, knownHosts), keyFiles }),
    test: test(ledgerFile ? fileLedger(ledgerFile) : memoryLedger()),
    manual,
    ipmi: ipmi({ cipherSuite }),
    redfish: redfish(redfishSettings),
    amt: amt(),
  };
  return Object.values(halves);
}
