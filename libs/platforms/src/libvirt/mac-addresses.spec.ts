import { describe, expect, it } from '@jest/globals';
import { macsOf, newMacs } from './mac-addresses.ts';

describe('hardware addresses', () => {
  it('are those of virtual machines, and random', () => {
    const made = newMacs(100, new Set());
    expect(new Set(made).size).toBe(100);
    for (const mac of made) expect(mac).toMatch(/^52:54:00(?::[0-9a-f]{2}){3}$/);
  });

  it('that somebody has, or that were given already, are not given', () => {
    const drawn = [1, 1, 2, 3, 3, 4].map((byte) => Buffer.from([0, 0, byte]));
    const made = newMacs(3, new Set(['52:54:00:00:00:02']), () => drawn.shift()!);
    expect(made).toEqual(['52:54:00:00:00:01', '52:54:00:00:00:03', '52:54:00:00:00:04']);
  });

  it('of many domains are asked for by few calls, and read from their tables', async () => {
    const asked: string[] = [];
    const uuids = Array.from({ length: 450 }, (_, n) => `0000${n}`);
    const found = await macsOf(async ([command = '']) => {
      asked.push(command);
      return ' vnet0  bridge  br0  e1000  52:54:00:AA:BB:CC\n -  network  my lan  virtio  52:54:00:aa:bb:cd\n';
    }, uuids);
    expect(found).toEqual(new Set(['52:54:00:aa:bb:cc', '52:54:00:aa:bb:cd']));
    expect(asked.map((command) => command.split('; ').length)).toEqual([201, 201, 51]);
    expect(asked[0]).toMatch(/^domiflist 00000; domiflist 00001; .*; uri$/);
  });

  it('of no domain are asked for by no call', async () => {
    const found = await macsOf(() => Promise.reject(new Error('nobody is to be asked')), []);
    expect(found.size).toBe(0);
  });
});
