import { describe, expect, it } from '@jest/globals';
import { agentHalves } from './agents.ts';
import { iputilsContract } from './iputils/contract.ts';
import { manualContract } from './manual/contract.ts';

describe('the agent halves', () => {
  it('offer exactly the functions of their contracts', () => {
    const contracts = [iputilsContract, manualContract];
    expect(agentHalves.map(({ name, functions }) => [name, Object.keys(functions)])).toEqual(
      contracts.map(({ name, functions }) => [name, Object.keys(functions)]),
    );
  });
});
