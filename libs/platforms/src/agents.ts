import type { AgentHalf, AnyAgentHalf } from '#platform';
import type { Platforms } from './contracts.ts';
import { iputils } from './iputils/agent.ts';
import { manual } from './manual/agent.ts';
import { ssh } from './ssh/agent.ts';
import { KnownHosts } from './ssh/known-hosts.ts';
import { test } from './test/agent.ts';
import { fileLedger, memoryLedger } from './test/effect-ledger.ts';

/**
 * The agent halves of all platforms.
 * @param env settings by name: `SUBCONTRACTOR_TEST_LEDGER` is the file in which `test` writes down its effects; without
 * it they are kept in memory
 */
export function agentHalves(env: Readonly<Record<string, string | undefined>>): readonly AnyAgentHalf[] {
  const ledgerFile = env['SUBCONTRACTOR_TEST_LEDGER'];
  const halves: { readonly [P in keyof Platforms]: AgentHalf<Platforms[P]> } = {
    iputils,
    ssh: ssh({ knownHosts: new KnownHosts('first-use') }),
    test: test(ledgerFile ? fileLedger(ledgerFile) : memoryLedger()),
    manual,
  };
  return Object.values(halves);
}
