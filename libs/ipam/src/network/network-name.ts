import type { Decider, Message, UnitOfWork } from '#kernel';
import { refuse } from '#kernel';

interface Taken {
  readonly network: number;
}

export type NetworkNameCommand = Message<'TakeNetworkName', Taken> | Message<'FreeNetworkName', Taken>;
export type NetworkNameEvent = Message<'NetworkNameTaken', Taken> | Message<'NetworkNameFreed', Taken>;

/** A name of a network within a site: one stream for each, so that each stands for one network only. */
export const networkName: Decider<number | undefined, NetworkNameCommand, NetworkNameEvent> = {
  category: 'networkName',
  creationCommands: ['TakeNetworkName'],
  initial: () => undefined,
  decide: {
    TakeNetworkName: ({ network }, state) => {
      if (state === network) return [];
      return state === undefined
        ? { type: 'NetworkNameTaken', data: { network } }
        : refuse('__all__', 'TAKEN', 'Network with this Site and Name already exists.');
    },
    FreeNetworkName: ({ network }, state) => (state === network ? { type: 'NetworkNameFreed', data: { network } } : []),
  },
  evolve: {
    NetworkNameTaken: ({ network }) => network,
    NetworkNameFreed: () => undefined,
  },
};

interface Named {
  readonly site: string;
  readonly name: string;
}

/** Takes a name in a site; where another network has it, that is a fault. */
export const takeNetworkName = (work: UnitOfWork, network: number, { site, name }: Named): Promise<boolean> =>
  work.decide(networkName, `${site}/${name}`, { type: 'TakeNetworkName', data: { network } });

/** Gives a name back. */
export const freeNetworkName = (work: UnitOfWork, network: number, { site, name }: Named): Promise<boolean> =>
  work.decide(networkName, `${site}/${name}`, { type: 'FreeNetworkName', data: { network } });
