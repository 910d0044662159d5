import type { ModuleContract, ServerHalf } from '#platform';
import { iputilsContract } from './iputils/contract.ts';
import { iputils } from './iputils/server.ts';
import { manualContract } from './manual/contract.ts';
import { manual } from './manual/server.ts';

/** The server halves of all platforms. */
export const serverHalves: readonly ServerHalf[] = [iputils, manual];

const contracts: readonly ModuleContract[] = [iputilsContract, manualContract];

/** Whether a task may simply be done again when nobody knows what became of it; not where nobody knows the function. */
export const repeatable = (module: string, func: string): boolean =>
  contracts.find(({ name }) => name === module)?.functions[func]?.repeat === 'safe';
