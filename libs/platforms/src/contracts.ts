import type { PlatformContract } from '#platform';
import { dockerContract } from './docker/contract.ts';
import { iputilsContract } from './iputils/contract.ts';
import { manualContract } from './manual/contract.ts';
import { sshContract } from './ssh/contract.ts';
import { testContract } from './test/contract.ts';

/**
 * All platforms, by name: the one list. `servers.ts` and `agents.ts` are typed by it, so that a platform without one of
 * its halves does not compile.
 */
export const contracts = {
  iputils: iputilsContract,
  ssh: sshContract,
  test: testContract,
  manual: manualContract,
  docker: dockerContract,
} satisfies Readonly<Record<string, PlatformContract>>;

export type Platforms = typeof contracts;
