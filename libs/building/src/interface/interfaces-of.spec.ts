import { describe, expect, it } from '@jest/globals';
import { structureRow, viewOfRows } from '../../test/view-of-rows.ts';
import { structures } from '../structure/structures.ts';
import { interfaceNamed, interfaceOf, interfacesOf, macOf } from './interfaces-of.ts';
import { logicalInterfaces } from './logical-interfaces.ts';
import { realInterfaces } from './real-interfaces.ts';

const real = (foundation: string, name: string, more: object = {}) => ({
  foundation,
  name,
  physicalLocation: name,
  mac: null,
  ...more,
});
const logical = (structure: number, name: string, more: object = {}) => ({
  kind: 'Abstract',
  structure,
  name,
  primary: null,
  secondaries: [],
  ...more,
});

const view = viewOfRows([
  [
    structures as never,
    {
      1: structureRow('web', { foundation: 'f1' }),
      2: structureRow('db', { foundation: 'f2' }),
      3: structureRow('bare', { foundation: 'gone' }),
    },
  ],
  [
    realInterfaces as never,
    {
      10: real('f1', 'eth0', { physicalLocation: 'slot2', mac: '00:00:00:00:00:10' }),
      11: real('f1', 'eth1', { physicalLocation: 'slot1', mac: '00:00:00:00:00:11' }),
      12: real('f2', 'eth0'),
      13: real('other', 'eth0'),
    },
  ],
  [
    logicalInterfaces as never,
    {
      20: logical(1, 'bond0', { kind: 'Aggregated', primary: 10, secondaries: [11] }),
      21: logical(1, 'lo0'),
      22: logical(1, 'eth0'),
      23: logical(1, 'bond1', { kind: 'Aggregated', primary: 20 }),
      24: logical(2, 'lo0'),
    },
  ],
]);

describe('the interfaces of hosts', () => {
  it('are those of the foundation by location, then those of the structure', async () => {
    const found = await interfacesOf(view, [1, 2, 3, 4]);
    expect([...found].map(([host, all]) => [host, all.map(({ id }) => id)])).toEqual([
      [1, [11, 10, 20, 21, 22, 23]],
      [2, [12, 24]],
      [3, []],
      [4, []],
    ]);
  });

  it('are found in parts where there are many hosts', async () => {
    const hosts = Array.from({ length: 2500 }, (_, n) => n + 1);
    const rows = Object.fromEntries(hosts.map((id) => [id, structureRow(`h${id}`, { foundation: `f${id}` })]));
    const eths = Object.fromEntries(hosts.map((id) => [id, real(`f${id}`, `eth${id}`)]));
    const many = viewOfRows([
      [structures as never, rows],
      [realInterfaces as never, eths],
    ]);
    const found = await interfacesOf(many, hosts);
    expect(hosts.every((id) => found.get(id)?.length === 1 && found.get(id)?.[0]?.row.name === `eth${id}`)).toBe(true);
  });
});

describe('the interface of an address', () => {
  it.each([
    [1, 'eth1', 11],
    [1, 'eth0', 10],
    [1, 'lo0', 21],
    [2, 'lo0', 24],
    [2, 'eth1', undefined],
    [4, 'eth0', undefined],
    [null, 'eth0', undefined],
  ])('of the host %s on %s is %s', async (holder, interfaceName, id) => {
    expect((await interfaceOf(view, { holder, interfaceName }))?.id).toBe(id);
  });
});

describe('the MAC of an interface', () => {
  it.each([
    ['eth0', '00:00:00:00:00:10'],
    ['bond0', '00:00:00:00:00:10'],
    ['bond1', '00:00:00:00:00:10'],
    ['lo0', null],
  ])('of %s is %s', async (name, mac) => {
    const all = (await interfacesOf(view, [1])).get(1) ?? [];
    expect(macOf(all, interfaceNamed(all, name)!)).toBe(mac);
  });
});
