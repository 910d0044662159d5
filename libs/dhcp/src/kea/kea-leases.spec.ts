import { describe, expect, it } from '@jest/globals';
import { currentLeases, macOfDuid } from './kea-leases.ts';
import { KeaRefusal } from './kea-socket.ts';

const NOW = 1_000_000_000;
const lease = (more: object) => ({
  'ip-address': '10.77.0.11',
  'hw-address': '52:54:00:77:00:01',
  hostname: 'web1',
  'subnet-id': 1,
  state: 0,
  cltt: NOW / 1000 - 10,
  'valid-lft': 60,
  ...more,
});

describe('leases of Kea', () => {
  it('are those that hold', async () => {
    const leases = [lease({}), lease({ state: 1 }), lease({ 'valid-lft': 10 }), lease({ 'hw-address': undefined })];
    expect(await currentLeases(async () => ({ leases }), 4, NOW)).toEqual([
      { address: '10.77.0.11', mac: '52:54:00:77:00:01', hostName: 'web1', block: 1, given: 999_990 },
    ]);
    expect(await currentLeases(async () => null, 4, NOW)).toEqual([]);
  });

  it('are told without those of something that has no MAC', async () => {
    const infiniband = lease({ 'ip-address': '10.77.0.12', 'hw-address': `00:${'11:'.repeat(18)}22` });
    const none = lease({ 'ip-address': '10.77.0.13', 'hw-address': '' });
    const over = lease({ 'ip-address': '10.77.0.14', 'hw-address': '', 'valid-lft': 1 });
    const leftOut: string[] = [];
    const ask = async () => ({ leases: [infiniband, none, over, lease({})] });
    const held = await currentLeases(ask, 4, NOW, (address) => void leftOut.push(address));
    expect(held?.map(({ address }) => address)).toEqual(['10.77.0.11']);
    expect(leftOut).toEqual(['10.77.0.12', '10.77.0.13']);
  });

  it('are not known where Kea has no command for them', async () => {
    const refuse = async () => {
      throw new KeaRefusal("'lease4-get-all' command not supported.");
    };
    expect(await currentLeases(refuse, 4, NOW)).toBeUndefined();
  });

  it.each([
    ['00:01:00:01:2c:2a:54:6e:52:54:00:77:00:01', '52:54:00:77:00:01'],
    ['00:03:00:01:52:54:00:77:00:02', '52:54:00:77:00:02'],
    ['00:04:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00', undefined],
    ['', undefined],
  ])('of IPv6 are of the machine in the DUID %s: %s', (duid, mac) => {
    expect(macOfDuid(duid)).toBe(mac);
  });
});
