import { describe, expect, it } from '@jest/globals';
import { given, moment, rowsAfter } from '#testing';
import { dhcpLease, leaseId } from './lease.ts';
import { leases } from './leases.ts';

const lease = { site: 'site1', address: '10.0.0.9', mac: '52:54:00:00:00:01', hostName: 'web1', agent: 'a1' };
const granted = { type: 'DhcpLeaseGranted', data: lease } as const;
const other = { ...lease, mac: '52:54:00:00:00:02' };

describe('a lease', () => {
  it('is granted once, whoever reports it', () => {
    given(dhcpLease).when({ type: 'GrantLease', data: lease }).yields(granted);
    given(dhcpLease, granted)
      .when({ type: 'GrantLease', data: { ...lease, agent: 'a2' } })
      .yieldsNothing();
  });
  it('goes to another machine, or to the same one under another name', () => {
    given(dhcpLease, granted)
      .when({ type: 'GrantLease', data: other })
      .yields({ type: 'DhcpLeaseGranted', data: other });
    const named = { ...lease, hostName: 'web2' };
    given(dhcpLease, granted)
      .when({ type: 'GrantLease', data: named })
      .yields({ type: 'DhcpLeaseGranted', data: named });
  });
  it('ends where the machine has it still', () => {
    const end = { type: 'EndLease', data: { mac: lease.mac } } as const;
    given(dhcpLease, granted)
      .when(end)
      .yields({ type: 'DhcpLeaseEnded', data: { mac: lease.mac } });
    given(dhcpLease, granted, { type: 'DhcpLeaseGranted', data: other }).when(end).yieldsNothing();
    given(dhcpLease).when(end).yieldsNothing();
  });
  it('is shown as long as it holds', () => {
    const id = leaseId('site1', '10.0.0.9');
    expect(id).toBe('site1.10.0.0.9');
    expect(leaseId('site1', '2001:db8::5')).toBe('site1.2001-db8--5');
    const named = { type: 'DhcpLeaseGranted', data: { ...lease, hostName: 'web2' } } as const;
    expect(rowsAfter(leases, [id, granted], [id, named]).get(id)).toEqual({
      ...lease,
      hostName: 'web2',
      since: moment(1),
      created: moment(1),
      updated: moment(2),
    });
    const moved = { type: 'DhcpLeaseGranted', data: other } as const;
    expect(rowsAfter(leases, [id, granted], [id, moved]).get(id)).toMatchObject({ since: moment(2) });
    const ended = { type: 'DhcpLeaseEnded', data: { mac: lease.mac } } as const;
    expect(rowsAfter(leases, [id, granted], [id, ended]).size).toBe(0);
  });
});
