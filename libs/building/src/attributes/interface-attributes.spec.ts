import { describe, expect, it } from '@jest/globals';
import { ConfigurationCache, explain, mergedConfiguration } from '#config';
import type { View } from '#read-store';
import { foundationLayers, structureLayers } from '../building-layers.ts';
import { Installation } from '../../test/installation.ts';

const NOW = '2026-01-01T00:00:00.000000+00:00';

const structureConfig = async (view: View): Promise<Record<string, unknown>> => {
  const found = await structureLayers(view, 1, () => undefined);
  if (!found) throw new Error('there is no such structure');
  return (await mergedConfiguration(found.layers, found.classes)).configuration;
};
const foundationConfig = async (view: View): Promise<Record<string, unknown>> => {
  const found = await foundationLayers(view, 'host1', () => undefined);
  if (!found) throw new Error('there is no such foundation');
  return (await mergedConfiguration(found.layers, found.classes)).configuration;
};

/** An address map of the block 10.0.0.0/24 with the gateway 10.0.0.1. */
const mapOf = (last: number, more: object = {}) => ({
  address: `10.0.0.${last}`,
  netmask: '255.255.255.0',
  prefix: 24,
  subnet: '10.0.0.0',
  gateway: '10.0.0.1',
  auto: true,
  alias_index: null,
  primary: false,
  ...more,
});

describe('what a configuration says of interfaces and addresses', () => {
  it('is null and empty where there are none', async () => {
    const { view } = new Installation();
    expect(await structureConfig(view)).toMatchObject({
      _provisioning_interface: null,
      _provisioning_interface_mac: null,
      _provisioning_address: null,
      _primary_interface: null,
      _primary_interface_mac: null,
      _primary_address: null,
      _interface_map: {},
    });
    expect(await foundationConfig(view)).toMatchObject({
      _provisioning_interface: null,
      _provisioning_interface_mac: null,
    });
  });

  it('is a map by name, with the network, its MTU, the VLAN of each address, and the aliases last', async () => {
    const site = new Installation();
    site.put('networks', 1, { mtu: 1500, links: [{ link: 5, block: 1 }] });
    site.put('links', 5, { network: 1, block: 1, vlan: 30 });
    site.put('interfaces', 1, { name: 'eth0', physicalLocation: 'pci0', mac: '00:11:22:33:44:01', linkName: 'sw-1' });
    site.put('addresses', 1, { offset: '12', aliasIndex: 2 });
    site.put('addresses', 2, { offset: '13', aliasIndex: 1 });
    site.put('addresses', 3, { offset: '11', primary: true });
    expect((await structureConfig(site.view))['_interface_map']).toEqual({
      eth0: {
        name: 'eth0',
        network: 'net1',
        mtu: 1500,
        mac: '00:11:22:33:44:01',
        physical_location: 'pci0',
        link_name: 'sw-1',
        address_list: [
          mapOf(11, { primary: true, vlan: 30 }),
          mapOf(13, { alias_index: 1, vlan: 30 }),
          mapOf(12, { alias_index: 2, vlan: 30 }),
        ],
      },
    });
  });

  it('names no MTU and no VLAN where there is none', async () => {
    const site = new Installation();
    site.put('interfaces', 1, {});
    site.put('addresses', 1, { offset: '11' });
    const { _interface_map: map } = await structureConfig(site.view);
    expect(map).toEqual({
      eth0: {
        name: 'eth0',
        network: 'net1',
        mac: null,
        physical_location: 'port0',
        link_name: null,
        address_list: [mapOf(11)],
      },
    });
  });

  it('names what an aggregated interface is made of, whose MAC is that of its primary, and has abstract ones last', async () => {
    const site = new Installation();
    site.put('interfaces', 1, { mac: '00:11:22:33:44:01' });
    site.put('interfaces', 2, { name: 'eth1', physicalLocation: 'port1' });
    site.put('logical', 3, { name: 'lo1' });
    const bond = { kind: 'Aggregated', name: 'bond0', primary: 1, secondaries: [2], parameters: { mode: 4 } };
    site.put('logical', 4, bond);
    site.put('addresses', 1, { offset: '11', primary: true, interfaceName: 'bond0' });
    const config = await structureConfig(site.view);
    expect(Object.keys(config['_interface_map'] as object)).toEqual(['eth0', 'eth1', 'lo1', 'bond0']);
    expect(config).toMatchObject({
      _primary_interface: 'bond0',
      _primary_interface_mac: '00:11:22:33:44:01',
      _interface_map: {
        lo1: { name: 'lo1', network: 'net1', address_list: [] },
        bond0: {
          name: 'bond0',
          network: 'net1',
          primary: 'eth0',
          secondary: ['eth1'],
          paramaters: { mode: 4 },
          address_list: [mapOf(11, { primary: true })],
        },
      },
    });
    expect((config['_interface_map'] as Record<string, object>)['lo1']).not.toHaveProperty('mac');
  });

  it('tells the interface by its name for a structure, by its location for the foundation', async () => {
    const site = new Installation();
    site.put('interfaces', 1, { provisioning: true, physicalLocation: 'pci0', mac: '00:11:22:33:44:01' });
    expect(await structureConfig(site.view)).toMatchObject({
      _provisioning_interface: 'eth0',
      _provisioning_interface_mac: '00:11:22:33:44:01',
    });
    expect(await foundationConfig(site.view)).toMatchObject({
      _provisioning_interface: 'pci0',
      _provisioning_interface_mac: '00:11:22:33:44:01',
    });
  });

  it.each([
    ['the primary one where it is on that interface', { aliasIndex: 1, primary: true }, {}, 11],
    ['else the one that is no alias', { aliasIndex: 1 }, {}, 12],
    ['else the lowest alias', { aliasIndex: 2 }, { aliasIndex: 1 }, 12],
  ])('installs with an address: %s', async (_, one, other, last) => {
    const site = new Installation();
    site.put('interfaces', 1, { provisioning: true });
    site.put('interfaces', 2, { name: 'eth1', physicalLocation: 'port1' });
    site.put('addresses', 1, { offset: '11', ...one });
    site.put('addresses', 2, { offset: '12', ...other });
    site.put('addresses', 3, { offset: '10', interfaceName: 'eth1' });
    expect((await structureConfig(site.view))['_provisioning_address']).toMatchObject({ address: `10.0.0.${last}` });
  });

  it('has a primary address that is on no interface, and then no primary interface', async () => {
    const site = new Installation();
    site.put('addresses', 1, { offset: '11', primary: true, interfaceName: 'gone0' });
    expect(await structureConfig(site.view)).toMatchObject({
      _primary_address: mapOf(11, { primary: true }),
      _primary_interface: null,
      _primary_interface_mac: null,
    });
  });

  it('takes everything of a pointer from what it points to, and nothing where that has no place', async () => {
    const site = new Installation();
    site.put('addresses', 1, { block: null, offset: null, pointer: 2, primary: true });
    site.put('addresses', 2, { holder: 9, offset: '40' });
    expect((await structureConfig(site.view))['_primary_address']).toEqual(mapOf(40, { primary: true }));
    site.delete('addresses', 2);
    expect((await structureConfig(site.view))['_primary_address']).toMatchObject({ address: null, prefix: null });
  });

  it('can be explained: each value names the interface or the address it comes from', async () => {
    const site = new Installation();
    site.put('interfaces', 7, { provisioning: true });
    site.put('addresses', 8, { offset: '11', primary: true });
    const found = await structureLayers(site.view, 1, () => undefined);
    const { names } = await explain(found?.layers ?? []);
    const sourceOf = (name: string) => names.find((one) => one.name === name)?.steps.at(-1)?.source;
    expect(sourceOf('_provisioning_interface')).toMatchObject({ kind: 'RealNetworkInterface', id: 7 });
    expect(sourceOf('_primary_interface_mac')).toMatchObject({ kind: 'RealNetworkInterface', id: 7 });
    expect(sourceOf('_primary_address')).toMatchObject({ kind: 'Address', id: 8, position: '3', actor: 'root' });
    expect(sourceOf('_provisioning_address')).toMatchObject({ kind: 'Address', id: 8 });
    expect(sourceOf('_interface_map')).toEqual({ kind: 'Structure', id: 1 });
  });
});

describe('a configuration that is remembered', () => {
  /** A number from 0 up to below `count`, each seed giving numbers of its own. */
  const numbers = (seed: number) => {
    let state = seed;
    return (count: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 2 ** 32) * count);
    };
  };

  it.each(Array.from({ length: 20 }, (_, n) => [n + 1]))(
    'is never another one than would be made now, whatever is put, changed or deleted (seed %d)',
    async (seed) => {
      const site = new Installation();
      const cache = new ConfigurationCache();
      const upTo = numbers(seed);
      let remembered = 0;
      for (let step = 0; step < 150; step += 1) {
        site.changeAnything(upTo);
        for (const layersOf of [
          () => structureLayers(site.view, 1, () => undefined),
          () => foundationLayers(site.view, 'host1', () => undefined),
        ]) {
          const found = await layersOf();
          if (!found) throw new Error('it is gone');
          const fresh = await mergedConfiguration(found.layers, found.classes);
          let made = false;
          const kept = await cache.of(layersOf.toString(), { parts: found.parts, now: NOW }, async () => {
            made = true;
            return fresh;
          });
          if (!made) remembered += 1;
          const { __timestamp: _, ...configuration } = kept.configuration;
          expect(configuration).toEqual(fresh.configuration);
        }
      }
      expect(remembered).toBeGreaterThan(20);
    },
  );
});
