import { describe, expect, it } from '@jest/globals';
import { agentHalves } from './agents.ts';
import { contracts } from './contracts.ts';
import { serverHalves } from './servers.ts';

const halves = agentHalves({});

describe('the platforms', () => {
  it('are listed by the names of their contracts', () => {
    const names = Object.keys(contracts);
    expect(Object.values(contracts).map(({ name }) => name)).toEqual(names);
    expect(serverHalves.map(({ name }) => name)).toEqual(names);
    expect(halves.map(({ contract }) => contract.name)).toEqual(names);
  });

  it.each(halves.map((half) => [half.contract.name, half] as const))(
    '%s offers exactly the tasks of its contract, and observes those that are to be observed',
    (_, { contract, tasks, observe }) => {
      expect(Object.keys(tasks).toSorted()).toEqual(Object.keys(contract.tasks).toSorted());
      const observed = Object.entries(contract.tasks).filter(([, { repeat }]) => repeat === 'observe');
      expect(Object.keys(observe).toSorted()).toEqual(observed.map(([name]) => name).toSorted());
    },
  );

  it.each(serverHalves.map((half) => [half.name, half] as const))(
    '%s has every function of its contract',
    (name, half) => {
      const contract = contracts[name as keyof typeof contracts];
      expect(Object.keys(half.functions).toSorted()).toEqual(Object.keys(contract.functions).toSorted());
      for (const { functions } of half.foundationTypes) {
        expect(Object.keys(contract.foundationFunctions)).toEqual(expect.arrayContaining(Object.keys(functions)));
      }
    },
  );
});
