import type { Decider, Message } from '#kernel';
import { refuse } from '#kernel';

/** An address of the DHCP pool of a block that somebody has borrowed. */
export interface Loan {
  /** Chosen by whoever borrows: with the same key it is the same address. */
  readonly key: string;
  /** Id of the `DynamicAddress`. */
  readonly address: number;
  /** Decimal text. */
  readonly offset: string;
}

/** Loans by their keys. */
type State = Map<string, Loan>;

export type AddressLoansCommand =
  Message<'LendAddress', Loan & { readonly reason: string }> | Message<'TakeAddressBack', { readonly key: string }>;
export type AddressLoansEvent =
  | Message<'AddressLent', Loan & { readonly reason: string }>
  | Message<'AddressTakenBack', { readonly key: string; readonly offset: string }>;

/** The largest number of addresses of one block that are lent at a time. */
export const MAX_LOANS = 1000;

/**
 * Which addresses of the DHCP pool of a block are lent, each to one at a time. One stream for each block, apart from that
 * of the block itself: whoever borrows stands in the way of nobody who is given an address.
 */
export const addressLoans: Decider<State, AddressLoansCommand, AddressLoansEvent> = {
  category: 'addressLoans',
  creationCommands: ['LendAddress'],
  initial: () => new Map(),
  decide: {
    LendAddress: (data, state) => {
      if (state.has(data.key)) return [];
      if (state.size >= MAX_LOANS) {
        return refuse('address', 'TOO_MANY', `at most ${MAX_LOANS} addresses of a block are lent at a time`);
      }
      return [...state.values()].some(({ address }) => address === data.address)
        ? refuse('address', 'LENT', 'the address is lent to somebody else')
        : { type: 'AddressLent', data };
    },
    TakeAddressBack: ({ key }, state) => {
      const loan = state.get(key);
      return loan ? { type: 'AddressTakenBack', data: { key, offset: loan.offset } } : [];
    },
  },
  evolve: {
    AddressLent: ({ key, address, offset }, state) => state.set(key, { key, address, offset }),
    AddressTakenBack: ({ key }, state) => {
      state.delete(key);
      return state;
    },
  },
};
