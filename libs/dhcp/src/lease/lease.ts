import type { Decider, Message } from '#kernel';

/** Who has leased an address. */
export interface Holder {
  readonly mac: string;
  /** What it calls itself, or is called; empty: nothing. */
  readonly hostName: string;
}

/** A lease as an agent reports it. */
export interface GrantedLease extends Holder {
  readonly site: string;
  readonly address: string;
  /** The agent that has reported it. */
  readonly agent: string;
}

type Command = Message<'GrantLease', GrantedLease> | Message<'EndLease', Pick<Holder, 'mac'>>;
type Event = Message<'DhcpLeaseGranted', GrantedLease> | Message<'DhcpLeaseEnded', Pick<Holder, 'mac'>>;

/** Who has the address; undefined: nobody. */
type State = Holder | undefined;

/** An address of a DHCP server at a site: who has leased it. That a lease is renewed is no event. */
export const dhcpLease: Decider<State, Command, Event> = {
  category: 'dhcpLease',
  initial: () => undefined,
  decide: {
    GrantLease: (data, state) =>
      state?.mac === data.mac && state.hostName === data.hostName ? [] : { type: 'DhcpLeaseGranted', data },
    // Somebody else may have it by now.
    EndLease: (data, state) => (state?.mac === data.mac ? { type: 'DhcpLeaseEnded', data } : []),
  },
  evolve: {
    DhcpLeaseGranted: ({ mac, hostName }) => ({ mac, hostName }),
    DhcpLeaseEnded: () => undefined,
  },
};

/** The id of a leased address: `site1.10.0.0.9`, `site1.2001-db8--5`. */
export const leaseId = (site: string, address: string): string => `${site}.${address.replaceAll(':', '-')}`;
