import type { Decider, Message } from '#kernel';
import { refuse } from '#kernel';

/** Where an address of a host is. */
export interface Held {
  readonly address: number;
  readonly interfaceName: string;
  readonly aliasIndex: number | null;
  readonly primary: boolean;
}

interface Put extends Held {
  /** Addresses of the other family, IPv4 or IPv6: what has no alias index is there once for each. */
  readonly besides?: readonly number[];
}

export type HolderAddressesCommand = Message<'PutAddress', Put> | Message<'DropAddress', { readonly address: number }>;
export type HolderAddressesEvent =
  Message<'AddressPut', Held> | Message<'AddressDropped', { readonly address: number }>;

/** The largest number of addresses of one host; all of them go with it in one append. */
export const MAX_HOLDER_ADDRESSES = 250;

/**
 * The addresses of one host: at most one is primary, and on each interface every alias index is there once. So is having
 * none, for IPv4 and IPv6 each. One stream for each host, so that this holds whoever is faster.
 */
export const holderAddresses: Decider<Map<number, Held>, HolderAddressesCommand, HolderAddressesEvent> = {
  category: 'holderAddresses',
  creationCommands: ['PutAddress'],
  initial: () => new Map(),
  decide: {
    PutAddress: ({ besides = [], ...data }, state) => {
      const others = [...state.values()].filter(({ address }) => address !== data.address);
      if (others.length >= MAX_HOLDER_ADDRESSES) {
        return refuse('networked', 'TOO_MANY', `a host has at most ${MAX_HOLDER_ADDRESSES} addresses`);
      }
      const primary = data.primary ? others.find((held) => held.primary) : undefined;
      if (primary) {
        const rule = `the address ${primary.address} is the primary one of this host`;
        return refuse('is_primary', 'TAKEN', 'Networked allready has a primary ip', rule);
      }
      const { interfaceName, aliasIndex } = data;
      const beside = ({ address }: Held): boolean => aliasIndex === null && besides.includes(address);
      const taken = others.find(
        (held) => held.interfaceName === interfaceName && held.aliasIndex === aliasIndex && !beside(held),
      );
      if (taken) {
        const text = 'Address with this Networked, Interface name and Alias index already exists.';
        const index = aliasIndex === null ? 'without an alias_index' : `with the alias_index ${aliasIndex}`;
        return refuse('__all__', 'TAKEN', text, `the address ${taken.address} is on ${interfaceName} ${index}`);
      }
      const before = state.get(data.address);
      const same =
        before?.interfaceName === interfaceName && before.aliasIndex === aliasIndex && before.primary === data.primary;
      return same ? [] : { type: 'AddressPut', data };
    },
    DropAddress: ({ address }, state) => (state.has(address) ? { type: 'AddressDropped', data: { address } } : []),
  },
  evolve: {
    AddressPut: (data, state) => state.set(data.address, data),
    AddressDropped: ({ address }, state) => {
      state.delete(address);
      return state;
    },
  },
};
