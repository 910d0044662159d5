import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Secret } from '#kernel';
import { taskContext } from '../../test/task-context.ts';
import { startVcsim, VCSIM_LOGIN, type Vcsim } from '../../test/vcsim.ts';
import { vcenter } from './agent.ts';
import type { VcenterVm } from './contract.ts';

// The simulator is built from source first.
jest.setTimeout(180_000);

const { tasks, observe } = vcenter({ pausesMs: [1, 5, 20] });

let vcsim: Vcsim;
beforeAll(async () => {
  vcsim = await startVcsim();
});
afterAll(() => vcsim.stop());

const connection = (changes: { username?: string; password?: string; host?: string } = {}) => {
  const { host = vcsim.host, username, password } = { ...VCSIM_LOGIN, ...changes };
  return { host, credentials: { username, password: new Secret(password) } };
};
const place = () => ({ connection: connection(), datacenter: 'DC0', cluster: 'DC0_C0' });
let name: string;
let made = 0;
beforeEach(() => {
  made += 1;
  name = `node${made}`;
});
const vm = (changes: Partial<VcenterVm> = {}): VcenterVm => ({
  datacenter: 'DC0',
  cluster: 'DC0_C0',
  name,
  host: 'DC0_C0_H0',
  datastore: 'LocalDS_0',
  cpu_count: 2,
  memory_size: 2048,
  boot_order: ['net', 'hdd'],
  interface_list: [{ name: 'eth0', physical_location: 'eth0', network: 'VM Network', type: 'VMXNet3' }],
  disk_list: [{ name: 'sda', size: 20, type: 'thin' }],
  guest_id: 'otherGuest',
  virtual_vhv: true,
  property_map: { 'a.b': 'c & d' },
  ...changes,
});
const create = (changes: Partial<VcenterVm> = {}, task?: string) =>
  tasks.create({ connection: connection(), vm: vm(changes) }, taskContext({ task }));
const its = (uuid: string | null) => ({ connection: connection(), uuid, name });

describe('a vCenter', () => {
  it('lists hosts with room, the best first', async () => {
    const asked = { min_cpu: 1, cpu_scaler: 1, memory_scaler: 1 };
    const { host_list: hosts } = await tasks.host_list({ ...place(), ...asked, min_memory: 512 }, taskContext());
    expect([...hosts].toSorted()).toEqual(['DC0_C0_H0', 'DC0_C0_H1']);
    const { host_list: none } = await tasks.host_list({ ...place(), ...asked, min_memory: 10 ** 7 }, taskContext());
    expect(none).toEqual([]);
  });

  it('lists datastores and networks of a host, by a pattern of their names', async () => {
    const asked = { ...place(), host: 'DC0_C0_H0' };
    const datastores = async (name_regex: string | null, min_free_space = 1) =>
      (await tasks.datastore_list({ ...asked, name_regex, min_free_space }, taskContext())).datastore_list;
    expect(await datastores('')).toEqual(['LocalDS_0']);
    expect(await datastores('Local')).toEqual(['LocalDS_0']);
    expect(await datastores('DS')).toEqual([]);
    expect(await datastores(null, 10 ** 7)).toEqual([]);
    const networks = async (name_regex: string | null) =>
      (await tasks.network_list({ ...asked, name_regex }, taskContext())).network_list;
    expect(await networks(null)).toEqual(expect.arrayContaining(['VM Network', 'DC0_DVPG0']));
    expect(await networks('VM')).toEqual(['VM Network']);
  });

  it.each([
    [{ datacenter: 'DC9' }, 'there is no datacenter "DC9" at 127.0.0.1:'],
    [{ cluster: 'C9' }, 'there is no cluster "C9" at 127.0.0.1:'],
  ])('that has no %j says what it has', async (changes, text) => {
    const asked = { ...place(), host: null, name_regex: null, ...changes };
    await expect(tasks.network_list(asked, taskContext())).rejects.toThrow(text);
  });

  it('refuses a wrong password, which is not told', async () => {
    const login = connection({ password: 'wrong' });
    await expect(tasks.power_state({ ...its('u'), connection: login }, taskContext())).rejects.toThrow(
      /^127\.0\.0\.1:\d+ refuses "user": /,
    );
  });

  it('that is not there is told by its name', async () => {
    const login = connection({ host: '127.0.0.1:1' });
    await expect(tasks.power_state({ ...its('u'), connection: login }, taskContext())).rejects.toThrow(
      '127.0.0.1:1 can not be reached: connect ECONNREFUSED',
    );
  });
});

describe('a machine of vCenter', () => {
  it('is made once, however often its task is done, and is found again by it', async () => {
    const order = { connection: connection(), vm: vm() };
    expect(await observe.create(order, taskContext())).toEqual({ state: 'not-done' });
    const first = await create();
    expect(await create()).toEqual(first);
    expect(await observe.create(order, taskContext())).toEqual({ state: 'done', result: first });
    expect(await observe.create(order, taskContext({ task: '8-1' }))).toEqual({ state: 'not-done' });
    await expect(create({}, '8-1')).rejects.toThrow('already, which another attempt has left: roll the job back');
    const { interface_list: macs } = await tasks.get_interface_map(its(first.uuid), taskContext());
    expect(macs).toEqual([expect.stringMatching(/^00:50:56:[0-3][\da-f](:[\da-f]{2}){2}$/)]);
  });

  it('is attached to port groups of distributed switches too', async () => {
    const nics = ['VM Network', 'DC0_DVPG0'].map((network, n) => ({
      name: `eth${n}`,
      physical_location: `eth${n}`,
      network,
      type: 'E1000',
    }));
    const { uuid } = await create({ interface_list: nics });
    expect((await tasks.get_interface_map(its(uuid), taskContext())).interface_list).toHaveLength(2);
  });

  it.each([
    [{ host: 'H9' }, 'there is no host of cluster "DC0_C0" called "H9"'],
    [{ datastore: 'DS9' }, 'there is no datastore "DS9"'],
    [{ virtual_exec_usage: 'maybe' }, '"maybe" is no virtual_exec_usage; these are known: on, off, auto'],
    [{ template: 'T9' }, 'there is no template "T9" in datacenter "DC0"'],
    [{ ova: 'nothing' }, '"nothing" is no URL'],
  ])('is not made of %j', async (changes, text) => {
    await expect(create(changes)).rejects.toThrow(text);
    expect(await observe.create({ connection: connection(), vm: vm() }, taskContext())).toEqual({ state: 'not-done' });
  });

  it('is switched on and off', async () => {
    const { uuid } = await create();
    const set = async (state: 'on' | 'off' | 'soft_off') =>
      (await tasks.set_power({ ...its(uuid), state }, taskContext())).state;
    expect([await set('off'), await set('on'), await set('on'), await set('off')]).toEqual(['off', 'on', 'on', 'off']);
    expect(await tasks.power_state(its(uuid), taskContext())).toEqual({ state: 'off' });
  });

  it('is destroyed while it runs, once', async () => {
    const { uuid } = await create();
    await tasks.set_power({ ...its(uuid), state: 'on' }, taskContext());
    expect([await tasks.destroy(its(uuid), taskContext()), await tasks.destroy(its(uuid), taskContext())]).toEqual([
      {},
      {},
    ]);
    await expect(tasks.power_state(its(uuid), taskContext())).rejects.toThrow('was it removed by hand?');
    expect(await tasks.destroy(its(null), taskContext())).toEqual({});
  });

  it('is removed by a rollback where it was made for the foundation, and no other', async () => {
    const rollback = (changes: Partial<VcenterVm> = {}) =>
      tasks.create_rollback({ connection: connection(), vm: vm(changes) }, taskContext({ task: '8-1' }));
    const { uuid } = await create();
    expect([await rollback(), await rollback()]).toEqual([{ rollback_done: true }, { rollback_done: true }]);
    await expect(tasks.power_state(its(uuid), taskContext())).rejects.toThrow('was it removed by hand?');
    await rollback({ name: 'DC0_C0_RP0_VM0' });
    await expect(create({ name: 'DC0_C0_RP0_VM0' })).rejects.toThrow('already, of somebody else');
  });

  it('becomes a template, and a copy of it has its networks', async () => {
    const template = name;
    const { uuid } = await create();
    await tasks.mark_as_template({ ...its(uuid), as_template: true }, taskContext());
    name = `${name}-copy`;
    const copy = await create({
      template,
      hostname: 'web1',
      domain: 'example.com',
      dnsserver_list: ['10.0.0.2'],
      dnssuffix_list: ['example.com'],
      interface_list: [
        {
          name: 'eth0',
          physical_location: 'eth0',
          network: 'DC0_DVPG0',
          address: '10.0.0.9',
          netmask: '255.255.255.0',
        },
      ],
    });
    expect(copy.uuid).not.toBe(uuid);
    expect((await tasks.get_interface_map(its(copy.uuid), taskContext())).interface_list).toHaveLength(1);
    name = template;
    await tasks.mark_as_template({ ...its(uuid), as_template: false }, taskContext());
  });
});
