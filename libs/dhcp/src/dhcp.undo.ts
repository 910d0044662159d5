import { notUndone } from '#event-sourcing';
import { dhcpLease } from './lease/lease.ts';

/** A lease is what a DHCP server has done: it is reported, and not taken back. */
export const dhcpUndo = [notUndone(dhcpLease, 'the DHCP server has given the lease; it ends by itself')];
