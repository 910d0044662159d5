import type { ReadModel } from '#read-store';
import { rule } from '#read-store';
import type { GrantedLease } from './lease.ts';

/** A lease that holds. */
export interface LeaseRow extends GrantedLease {
  /** Since when this machine has had it, ISO 8601. */
  readonly since: string;
  readonly created: string;
  readonly updated: string;
}

/** Index value of what an agent has reported of a site. */
export const reporterKey = (site: string, agent: string): string => `${site}/${agent}`;

/** Leases by id. */
export const leases: ReadModel<LeaseRow> = {
  name: 'dhcp_leases',
  version: 1,
  key: 'text',
  history: true,
  indexes: {
    site: ({ site }) => site,
    mac: ({ mac }) => mac,
    address: ({ address }) => address,
    reporter: ({ site, agent }) => reporterKey(site, agent),
  },
  on: {
    DhcpLeaseGranted: rule<LeaseRow, GrantedLease>((row, { data, at }) => ({
      ...data,
      since: row?.mac === data.mac ? row.since : at,
      created: row?.created ?? at,
      updated: at,
    })),
    DhcpLeaseEnded: rule<LeaseRow, unknown>(() => undefined),
  },
};
