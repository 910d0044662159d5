import { describe, expect, it } from '@jest/globals';
import type { HostNetwork } from './host-network.ts';
import { cardsOf } from './host-network.ts';

const eth0 = {
  id: 1,
  model: 'Utilities/RealNetworkInterface',
  name: 'eth0',
  network: 5,
  mac: '52:54:00:00:00:01',
  physical_location: 'eth0',
  is_provisioning: true,
};
const base: HostNetwork = {
  host: { name: 'web1', path: '/structure/3' },
  interfaces: [eth0],
  addresses: [
    { id: 9, ip_address: '10.0.0.7', interface_name: 'eth0', address_block: 2, is_primary: true },
    { id: 10, ip_address: '10.0.0.8', interface_name: 'eth0', address_block: 2, is_primary: false },
  ],
  networks: [
    { id: 5, name: 'lan', mtu: 1500 },
    { id: 6, name: 'other' },
  ],
  networkBlocks: [{ network: 5, address_block: 2, vlan: 20 }],
  blocks: [{ id: 2, name: 'servers', subnet: '10.0.0.0', prefix: 24 }],
};
const edgesOf = (known: HostNetwork) => cardsOf(known).edges.map(({ from, to, kind }) => `${from} ${kind} ${to}`);

describe('the picture of how a host is connected', () => {
  it('leads from the host over its interface and the network to the block', () => {
    const { nodes } = cardsOf(base);
    expect(nodes.map(({ kind, title, lines }) => [kind, title, ...lines])).toEqual([
      ['Host', 'web1'],
      ['Interface', 'eth0', '52:54:00:00:00:01', 'at eth0', 'provisioning', '10.0.0.7 (primary)', '10.0.0.8'],
      ['Network', 'lan', 'MTU 1500'],
      ['Address block', 'servers', '10.0.0.0/24'],
    ]);
    expect(edgesOf(base)).toEqual(['h has i1', 'i1 is in n5', 'n5 VLAN 20 b2']);
  });

  it('has the parts of a bond stand before it, and only the bond in the network', () => {
    const eth1 = { ...eth0, id: 2, name: 'eth1' };
    const bond = {
      id: 3,
      model: 'Utilities/AggregatedNetworkInterface',
      name: 'bond0',
      network: 5,
      primary_interface: 1,
      secondary_interfaces: [2],
    };
    expect(edgesOf({ ...base, interfaces: [eth0, eth1, bond] })).toEqual([
      'h has i1',
      'h has i2',
      'i1 is part of i3',
      'i2 is part of i3',
      'i3 is in n5',
      'n5 VLAN 20 b2',
    ]);
  });

  it('shows addresses whose interface is not described, with their block', () => {
    const known = { ...base, interfaces: [] };
    expect(edgesOf(known)).toEqual(['h has aeth0', 'aeth0 has addresses of b2']);
  });

  it('is the host alone where nothing is known', () => {
    expect(cardsOf({ ...base, interfaces: [], addresses: [] })).toEqual({
      nodes: [{ id: 'h', kind: 'Host', title: 'web1', path: '/structure/3', lines: [] }],
      edges: [],
    });
  });
});
