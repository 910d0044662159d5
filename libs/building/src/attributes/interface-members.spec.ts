import { describe, expect, it } from '@jest/globals';
import { pxes } from '#blueprint';
import type { Json } from '#kernel';
import type { CallContext } from '#tscript';
import { fromJson } from '#tscript';
import { Installation } from '../../test/installation.ts';
import { viewOfRows } from '../../test/view-of-rows.ts';
import type { Attached } from './attached.ts';
import { attachedStructure } from './attached.ts';
import { dhcpModule, foundationInterfaceMembers, structureInterfaceMembers } from './interface-members.ts';

/** A structure with two interfaces, the second of which is for provisioning, and a bond of both with the primary address. */
async function attached(): Promise<Attached> {
  const site = new Installation();
  site.put('interfaces', 1, { physicalLocation: 'port1', mac: '00:11:22:33:44:01' });
  site.put('interfaces', 2, { name: 'eth1', provisioning: true });
  site.put('logical', 3, { kind: 'Aggregated', name: 'bond0', primary: 1, secondaries: [2] });
  site.put('addresses', 1, { offset: '11', interfaceName: 'bond0', primary: true });
  site.put('addresses', 2, { offset: '12', interfaceName: 'eth1' });
  return attachedStructure(site.view, 1, 'host1');
}

const ETH0 = {
  id: 1,
  type: 'Real',
  name: 'eth0',
  mac: '00:11:22:33:44:01',
  network: 1,
  physical_location: 'port1',
  is_provisioning: false,
};
const ETH1 = { ...ETH0, id: 2, name: 'eth1', mac: null, physical_location: 'port0', is_provisioning: true };

describe('scripts', () => {
  it('have the real interfaces of a foundation by physical location, and the one for provisioning', async () => {
    expect(foundationInterfaceMembers(await attached())).toEqual({
      interface_list: [
        { ...ETH1, network_name: 'net1', address_list: [expect.objectContaining({ address: '10.0.0.12' })] },
        { ...ETH0, network_name: 'net1', address_list: [] },
      ],
      provisioning_interface: ETH1,
    });
  });

  it('have addresses of a structure as text, and the interfaces they are on', async () => {
    expect(structureInterfaceMembers(await attached())).toEqual({
      primary_ip: '10.0.0.11',
      primary_interface: { id: 3, type: 'Aggregated', name: 'bond0', mac: '00:11:22:33:44:01', network: 1 },
      provisioning_ip: '10.0.0.12',
      provisioning_interface: ETH1,
    });
  });

  it('have none where there is none', async () => {
    const { view } = new Installation();
    const nothing = await attachedStructure(view, 1, 'host1');
    expect(foundationInterfaceMembers(nothing)).toEqual({ interface_list: [], provisioning_interface: null });
    expect(structureInterfaceMembers(nothing)).toEqual({
      primary_ip: null,
      primary_interface: null,
      provisioning_ip: null,
      provisioning_interface: null,
    });
  });
});

describe('dhcp.set_pxe', () => {
  const view = viewOfRows([[pxes as never, { disk: {}, 'normal-boot': {} }]]);

  async function call(parameters: Readonly<Record<string, Json>>): Promise<unknown[]> {
    const { functions } = await dhcpModule(view, await attached());
    const effects: unknown[] = [];
    const context: CallContext = { now: 0, line: 1, place: 1, effect: (one) => effects.push(one), read: () => null };
    const given = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, fromJson(value)]));
    const set = functions?.['set_pxe'];
    if (set?.kind !== 'inline') throw new Error('it is no inline function');
    set.call(given, context);
    return effects;
  }

  it('has an interface boot something next', async () => {
    expect(await call({ pxe: 'disk', interface: ETH1 })).toEqual([{ interface: 2, pxe: 'disk' }]);
  });

  it.each<[Readonly<Record<string, Json>>, string]>([
    [{}, '"pxe": required'],
    [{ pxe: 'disk' }, '"interface": required'],
    [{ pxe: 'none', interface: null }, '"interface": can not be None'],
    [{ pxe: 'none', interface: ETH0 }, '"pxe": pxe "none" not found'],
    [{ pxe: 5, interface: ETH0 }, '"pxe": pxe "number" not found'],
    [{ pxe: 'disk', interface: { ...ETH0, id: 9 } }, '"interface": is no interface of this foundation'],
    [{ pxe: 'disk', interface: { ...ETH0, id: 3 } }, '"interface": is no interface of this foundation'],
    [{ pxe: 'disk', interface: 'eth0' }, '"interface": is no interface of this foundation'],
  ])('refuses %j: %s', async (parameters, text) => {
    await expect(call(parameters)).rejects.toThrow(`Paramater Error paramater ${text}`);
  });
});
