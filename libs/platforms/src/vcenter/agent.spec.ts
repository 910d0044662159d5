import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Secret } from '#kernel';
import type { AgentParametersOf } from '#platform';
import { startVcsim, type Vcsim } from '#testing';
import { taskContext } from '../../test/task-context.ts';
import { vcenter } from './agent.ts';
import type { VcenterContract, VcenterVm } from './contract.ts';

// The simulator is built where it was not yet.
jest.setTimeout(240_000);

const { tasks, observe } = vcenter({ pausesMs: [1] });
const of = (task: string) => taskContext({ task });

/** A machine with one disk and one adapter, as appliances are described. */
const OVF = `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
  xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData">
  <References><File ovf:href="disk.vmdk" ovf:id="file1" ovf:size="7" /></References>
  <DiskSection><Info>x</Info>
    <Disk ovf:capacity="1" ovf:capacityAllocationUnits="byte * 2^20" ovf:diskId="disk1" ovf:fileRef="file1" />
  </DiskSection>
  <NetworkSection><Info>x</Info><Network ovf:name="eth0"><Description>x</Description></Network></NetworkSection>
  <VirtualSystem ovf:id="appliance"><Info>x</Info><Name>appliance</Name>
    <OperatingSystemSection ovf:id="1"><Info>x</Info></OperatingSystemSection>
    <ProductSection><Info>x</Info><Property ovf:key="role" ovf:type="string" /></ProductSection>
    <VirtualHardwareSection><Info>x</Info>
      <System><vssd:ElementName>x</vssd:ElementName><vssd:InstanceID>0</vssd:InstanceID>
        <vssd:VirtualSystemType>vmx-13</vssd:VirtualSystemType></System>
      <Item><rasd:ElementName>cpu</rasd:ElementName><rasd:InstanceID>1</rasd:InstanceID>
        <rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>1</rasd:VirtualQuantity></Item>
      <Item><rasd:Address>0</rasd:Address><rasd:ElementName>scsi</rasd:ElementName><rasd:InstanceID>3</rasd:InstanceID>
        <rasd:ResourceSubType>lsilogic</rasd:ResourceSubType><rasd:ResourceType>6</rasd:ResourceType></Item>
      <Item><rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:ElementName>disk</rasd:ElementName>
        <rasd:HostResource>ovf:/disk/disk1</rasd:HostResource><rasd:InstanceID>4</rasd:InstanceID>
        <rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>
      <Item><rasd:AddressOnParent>7</rasd:AddressOnParent><rasd:Connection>eth0</rasd:Connection>
        <rasd:ElementName>nic</rasd:ElementName><rasd:InstanceID>5</rasd:InstanceID>
        <rasd:ResourceSubType>VmxNet3</rasd:ResourceSubType><rasd:ResourceType>10</rasd:ResourceType></Item>
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>
`;

/** An OVA of that: a URL. */
async function ovaIn(folder: string): Promise<string> {
  await writeFile(path.join(folder, 'appliance.ovf'), OVF);
  await writeFile(path.join(folder, 'disk.vmdk'), 'a disk\n');
  await promisify(execFile)('tar', [
    '-C',
    folder,
    '--format=ustar',
    '-cf',
    path.join(folder, 'x.ova'),
    'appliance.ovf',
    'disk.vmdk',
  ]);
  return pathToFileURL(path.join(folder, 'x.ova')).href;
}

describe.each([
  {
    what: 'a vCenter',
    isEsx: false,
    datacenter: 'DC0',
    cluster: 'DC0_C0',
    hosts: ['DC0_C0_H0', 'DC0_C0_H1'],
    networks: ['VM Network', 'DVS0-DVUplinks-9', 'DC0_DVPG0'],
  },
  {
    what: 'an ESX host by itself',
    isEsx: true,
    datacenter: 'ha-datacenter',
    cluster: 'localhost.localdomain',
    hosts: ['localhost.localdomain'],
    networks: ['VM Network'],
  },
])('the agent of vcenter at $what that vcsim plays', ({ isEsx, datacenter, cluster, hosts, networks }) => {
  let vcsim: Vcsim;
  let connection: AgentParametersOf<VcenterContract, 'create'>['connection'];
  beforeAll(async () => {
    vcsim = await startVcsim({ isEsx });
    connection = {
      host: vcsim.host,
      credentials: { username: vcsim.username, password: new Secret(vcsim.password) },
    };
  });
  afterAll(() => vcsim?.stop());

  const [host = ''] = hosts;
  const [network = ''] = networks;
  const scratch = (name: string, changes: Partial<VcenterVm> = {}): VcenterVm => ({
    datacenter,
    cluster,
    name,
    host,
    datastore: 'LocalDS_0',
    cpu_count: 2,
    memory_size: 512,
    boot_order: ['net', 'hdd'],
    guest_id: 'otherGuest',
    disk_list: [{ name: 'sda', size: 10, type: 'thin' }],
    interface_list: [
      { name: 'eth0', physical_location: 'eth0', network, type: 'E1000' },
      { name: 'eth1', physical_location: 'eth1', network: networks.at(-1) ?? '', type: 'VMXNet3' },
    ],
    property_map: { role: 'web' },
    ...changes,
  });
  const copyOf = (template: string, name: string): VcenterVm => ({
    ...scratch(name),
    template,
    hostname: name,
    domain: 'example.test',
    dnsserver_list: ['10.0.0.1'],
    dnssuffix_list: ['example.test'],
    interface_list: scratch(name).interface_list.map((one, n) => ({
      ...one,
      address: `10.0.0.${n + 10}`,
      netmask: '255.255.255.0',
    })),
  });
  const create = async (vm: VcenterVm, task = '7-1') => (await tasks.create({ connection, vm }, of(task))).uuid;
  const machines = async (...macsOf: string[]) =>
    (await tasks.list({ connection, datacenter, macs_of: macsOf }, taskContext())).machine_list;
  const named = async (name: string) => (await machines()).filter((one) => one.name === name);
  const macsOf = async (uuid: string, name: string) =>
    (await tasks.get_interface_map({ connection, uuid, name }, taskContext())).interface_list;

  it('finds hosts, datastores and networks', async () => {
    const place = { connection, datacenter, cluster };
    const scaled = { min_cpu: 1, cpu_scaler: 1, memory_scaler: 1 };
    const hostsWith = async (memory: number) =>
      (await tasks.host_list({ ...place, ...scaled, min_memory: memory }, taskContext())).host_list;
    expect([await hostsWith(100), await hostsWith(10_000_000)]).toEqual([hosts, []]);
    const datastores = async (pattern: string, free = 1) =>
      (await tasks.datastore_list({ ...place, host, min_free_space: free, name_regex: pattern }, taskContext()))
        .datastore_list;
    expect(await Promise.all([datastores(''), datastores('Local'), datastores('DS'), datastores('', 10 ** 9)])).toEqual(
      [['LocalDS_0'], ['LocalDS_0'], [], []],
    );
    const { network_list: found } = await tasks.network_list({ ...place, host, name_regex: '' }, taskContext());
    expect(found).toEqual(networks);
  });

  it('makes a machine once, finds it again, and takes none of another task for its own', async () => {
    const look = () => observe.create({ connection, vm: scratch('node01') }, of('7-1'));
    expect(await look()).toEqual({ state: 'not-done' });
    const uuid = await create(scratch('node01'));
    expect(await create(scratch('node01'))).toBe(uuid);
    expect(await look()).toEqual({ state: 'done', result: { uuid } });
    await expect(create(scratch('node01'), '8-1')).rejects.toThrow(
      `there is a machine "node01" in datacenter "${datacenter}" at ${vcsim.host} already, which another attempt has left`,
    );
    const macs = await macsOf(uuid, 'node01');
    expect(macs).toEqual([expect.stringMatching(/^00:50:56:[0-3]/), expect.stringMatching(/^00:50:56:[0-3]/)]);
    expect(new Set(macs).size).toBe(2);
    expect(await machines(uuid)).toEqual([{ id: uuid, name: 'node01', power: 'off', macs, task: '7-1' }]);
  });

  it.each(networks)('attaches a machine to the network "%s"', async (name) => {
    const vm = scratch('attached', { interface_list: [{ name: 'eth0', physical_location: 'eth0', network: name }] });
    const uuid = await create(vm);
    expect(await macsOf(uuid, 'attached')).toHaveLength(1);
    await tasks.destroy({ connection, uuid, name: 'attached' }, taskContext());
  });

  it('tells what of a place is not there, and what there is', async () => {
    const wrong = (changes: Partial<VcenterVm>) => create(scratch('wrong', changes));
    await expect(wrong({ cluster: 'C9' })).rejects.toThrow(/^there is no cluster "C9" at \S+: it has .*\w/);
    await expect(wrong({ host: 'H9' })).rejects.toThrow(`called "H9" at ${vcsim.host}: it has ${hosts.join(', ')}`);
    await expect(wrong({ datastore: 'D9' })).rejects.toThrow(`"D9" at ${vcsim.host}: it has LocalDS_0`);
    await expect(wrong({ datacenter: 'X9' })).rejects.toThrow(
      `no datacenter "X9" at ${vcsim.host}: it has ${datacenter}`,
    );
    await expect(wrong({ template: 'T9' })).rejects.toThrow(`there is no template "T9" in datacenter "${datacenter}"`);
    const stray = { name: 'eth0', physical_location: 'eth0', network: 'N9' };
    await expect(wrong({ interface_list: [stray] })).rejects.toThrow(
      /^there is no network "N9" at \S+: it has VM Network/,
    );
    expect(await named('wrong')).toEqual([]);
  });

  it('switches a machine on and off, which may be so already, and has nothing run in a guest without tools', async () => {
    const its = { connection, uuid: await create(scratch('node01')), name: 'node01' };
    for (const [wanted, is] of [
      ['on', 'on'],
      ['on', 'on'],
      ['soft_off', 'off'],
      ['off', 'off'],
      ['on', 'on'],
    ] as const) {
      expect(await tasks.set_power({ ...its, state: wanted }, taskContext())).toEqual({ state: is });
      expect(await tasks.power_state(its, taskContext())).toEqual({ state: is });
    }
    const login = { username: 'root', password: new Secret('x') };
    const command = { program: '/bin/sh', args: new Secret('-c true'), dir: '/', timeout: 5 };
    expect(await tasks.execute({ ...its, ...login, ...command }, taskContext())).toEqual({
      error: expect.stringContaining('the tools of VMware do not run in it'),
    });
  });

  it('takes a machine that was removed by hand for off, and does not switch it on', async () => {
    const its = { connection, uuid: '00000000-0000-4000-8000-000000000001', name: 'node01' };
    const set = (state: 'on' | 'off' | 'soft_off') => tasks.set_power({ ...its, state }, taskContext());
    expect([await set('soft_off'), await set('off')]).toEqual([{ state: 'off' }, { state: 'off' }]);
    await expect(set('on')).rejects.toThrow('was it removed by hand?');
  });

  it('makes a machine of what the blueprint of ESX hosts asks for', async () => {
    const file = await readFile(new URL('./resources/vmware.toml', import.meta.url), 'utf8');
    const shipped = getStaticTOMLValue(parseTOML(file)) as {
      readonly structure: Readonly<Record<string, { readonly config_values: Readonly<Record<string, string>> }>>;
    };
    const its = shipped.structure['vmware-esx-base']?.config_values ?? {};
    const uuid = await create(
      scratch('esx', {
        guest_id: its['vcenter_guest_id'],
        virtual_exec_usage: its['vcenter_virtual_exec_usage'],
        virtual_mmu_usage: its['vcenter_virtual_mmu_usage'],
        disk_list: [{ name: 'sda', size: 10, type: its['disk_provisioning'] ?? '' }],
        interface_list: [
          { name: 'eth0', physical_location: 'eth0', network, type: its['vcenter_network_interface_class'] },
        ],
      }),
    );
    expect(await macsOf(uuid, 'esx')).toHaveLength(1);
    await tasks.destroy({ connection, uuid, name: 'esx' }, taskContext());
  });

  it('copies a template, once it is one', async () => {
    const uuid = await create(scratch('golden'));
    const mark = async (isTemplate: boolean) => {
      await tasks.mark_as_template({ connection, uuid, name: 'golden', as_template: isTemplate }, taskContext());
      return (await named('golden'))[0]?.power;
    };
    // An ESX host by itself has none, and copies any machine.
    const template = isEsx ? 'off' : 'template';
    expect([await mark(true), await mark(true)]).toEqual([template, template]);
    const copies = [await create(copyOf('golden', 'copy1'), '9-1'), await create(copyOf('golden', 'copy2'), '10-1')];
    expect(await Promise.all([named('copy1'), named('copy2')])).toEqual(
      copies.map((id) => [expect.objectContaining({ id, power: 'off' })]),
    );
    expect(await macsOf(copies[0] ?? '', 'copy1')).toHaveLength(2);
    await expect(create({ ...copyOf('golden', 'copy3'), interface_list: [] })).rejects.toThrow(
      'template "golden" has 2 interfaces, and the foundation has 0',
    );
    expect(await mark(false)).toBe('off');
  });

  it('makes a machine of an OVA once, whose disk is sent to the host', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'contractor-ova-'));
    try {
      const ova = await ovaIn(folder);
      const vm = scratch('appliance', {
        ova,
        disk_list: undefined,
        interface_list: [{ name: 'eth0', physical_location: 'eth0', network }],
      });
      const uuid = await create(vm);
      // vcsim numbers adapters of an OVA as no vCenter does, so none is taken for one here.
      expect(await machines(uuid)).toContainEqual({ id: uuid, name: 'appliance', power: 'off', macs: [], task: '7-1' });
      expect(await create(vm)).toBe(uuid);
      await expect(create({ ...vm, name: 'none', ova: `${ova}.gone` })).rejects.toThrow(/x\.ova\.gone/);
      expect(await named('none')).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('removes what a task has made, and nothing else', async () => {
    const uuid = await create(scratch('node02'));
    const rollback = (name: string) => tasks.create_rollback({ connection, vm: scratch(name) }, of('7-1'));
    expect([await rollback('node02'), await rollback('node02')]).toEqual([
      { rollback_done: true },
      { rollback_done: true },
    ]);
    expect(await named('node02')).toEqual([]);
    await expect(tasks.power_state({ connection, uuid, name: 'node02' }, taskContext())).rejects.toThrow(
      `there is no machine "node02" at ${vcsim.host}: was it removed by hand?`,
    );
    const its = { connection, uuid: await create(scratch('node01')), name: 'node01' };
    await tasks.set_power({ ...its, state: 'on' }, taskContext());
    await tasks.destroy(its, taskContext());
    await tasks.destroy(its, taskContext());
    expect(await named('node01')).toEqual([]);
  });

  it('tells who is not let in, and which disks a host has', async () => {
    const stranger = { ...connection, credentials: { username: 'mallory', password: new Secret('x') } };
    await expect(tasks.list({ connection: stranger, datacenter, macs_of: [] }, taskContext())).rejects.toThrow(
      `${vcsim.host} refuses "mallory": Login failure`,
    );
    const order = { connection, datacenter, host, name: 'ds1', model: 'Virtual disk' };
    await expect(tasks.create_datastore(order, taskContext())).rejects.toThrow(
      `host "${host}" at ${vcsim.host} has no disk of the model "Virtual disk": it has VMware`,
    );
    await tasks.create_datastore({ ...order, name: 'LocalDS_0' }, taskContext());
  });
});
