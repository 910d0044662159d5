import { expect, it } from '@jest/globals';
import { machine, subnet } from '../../test/example-subnets.ts';
import type { Lease } from './kea-leases.ts';
import { strangersLeases } from './strangers-leases.ts';

const [WEB1, WEB2, STRANGER] = ['52:54:00:00:00:01', '52:54:00:00:00:02', '52:54:00:00:00:99'];
const lease = (address: string, mac: string): Lease => ({ address, mac, hostName: '', block: 1, given: 1 });

it('leases of strangers are those of reserved addresses that somebody else has', () => {
  const served = [
    subnet({ machines: [machine(WEB1, '10.77.0.11'), machine(WEB2, '10.77.0.12')], pool: ['10.77.0.100'] }),
  ];
  const odd = lease('10.77.0.12', STRANGER);
  const leases = [lease('10.77.0.11', WEB1), odd, lease('10.77.0.100', STRANGER), lease('10.78.0.11', STRANGER)];
  expect(strangersLeases(served, leases)).toEqual([{ lease: odd, machine: served[0]?.machines[1] }]);
});

it('who has leased an address that a job has borrowed keeps it', () => {
  const served = [subnet({ machines: [machine(WEB1, '10.77.0.100', { borrowed: true })] })];
  expect(strangersLeases(served, [lease('10.77.0.100', STRANGER)])).toEqual([]);
});
