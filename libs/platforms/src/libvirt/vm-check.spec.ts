import { describe, expect, it } from '@jest/globals';
import { uuidOf } from './create.ts';
import type { VmSpec } from './domain-xml.ts';
import { powerOf } from './power.ts';
import { checkVm } from './vm-check.ts';

const vm: VmSpec = {
  name: 'node01',
  cpu_count: 1,
  memory_size: 512,
  disk_list: [{ name: 'sda', size: 10 }],
  interface_list: [{ name: 'eth0', network: 'lan' }],
  boot_order: ['network', 'hd'],
};

describe('what a domain is to be made of', () => {
  it('is fine', () => {
    expect(() => checkVm(vm)).not.toThrow();
    expect(() => checkVm({ ...vm, disk_list: [], interface_list: [], boot_order: [] })).not.toThrow();
  });

  const disks = (...names: string[]) => ({ disk_list: names.map((name) => ({ name, size: 1 })) });
  it.each<[string, Partial<VmSpec>]>([
    ['vm.name: "../x" must begin with a letter', { name: '../x' }],
    ['vm.name: "1node" must begin with a letter', { name: '1node' }],
    ['vm.disk_list[0].name: "../sda" must be', disks('../sda')],
    ['vm.disk_list[1].name: "sda" is there twice', disks('sda', 'sda')],
    ['vm.disk_list: 27 disks, and at most 26', disks(...Array.from({ length: 27 }, (_, n) => `d${n}`))],
    ['vm.disk_list[0].file: "x.iso" must be the whole path', { disk_list: [{ name: 'cd', file: 'x.iso' }] }],
    ['vm.boot_order: each may be there once', { boot_order: ['hd', 'hd'] }],
    [
      'vm.interface_list: 28 interfaces, and at most 27',
      { interface_list: Array.from({ length: 28 }, (_, n) => ({ name: `eth${n}`, network: 'lan' })) },
    ],
  ])('is refused: %s', (text, changes) => {
    expect(() => checkVm({ ...vm, ...changes })).toThrow(text);
  });
});

describe('the UUID of the domain of a task', () => {
  it('is the same each time, another for each task and each name, and a UUID', () => {
    expect(uuidOf('17-1', 'node01')).toBe(uuidOf('17-1', 'node01'));
    expect(new Set([uuidOf('17-1', 'a'), uuidOf('17-2', 'a'), uuidOf('17-1', 'b')]).size).toBe(3);
    expect(uuidOf('17-1', 'a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('the state of the power', () => {
  it.each([
    ['running', 'on'],
    ['idle', 'on'],
    ['shut off', 'off'],
    ['in shutdown', 'off'],
    ['crashed', 'off'],
    ['paused', 'unknown "paused"'],
    ['pmsuspended', 'unknown "pmsuspended"'],
    ['no state', 'unknown "no state"'],
  ])('of a domain that is "%s" is %s', (words, state) => {
    expect(powerOf(words)).toBe(state);
  });
});
