import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Secret } from '#kernel';
import { PROXMOX_LOGIN, PROXMOX_TOKEN, startProxmox, type ProxmoxStandIn } from '../../test/proxmox-stand-in.ts';
import { taskContext } from '../../test/task-context.ts';
import { proxmox } from './agent.ts';
import type { ProxmoxVm } from './contract.ts';

const { tasks, observe } = proxmox({ pausesMs: [1] });

let stand: ProxmoxStandIn;
beforeEach(async () => {
  stand = await startProxmox();
});
afterEach(() => stand.stop());

const context = (task = '7-1', signal?: AbortSignal) => taskContext({ task, ...(signal ? { signal } : {}) });
const connection = (changes: { username?: string; password?: string; host?: string } = {}) => {
  const { host = stand.host, username, password } = { ...PROXMOX_LOGIN, ...changes };
  return { host, credentials: { username, password: new Secret(password) } };
};
const vm = (changes: Partial<ProxmoxVm> = {}): ProxmoxVm => ({
  name: 'node01',
  cpu_count: 2,
  memory_size: 2048,
  interface_list: [
    { name: 'eth0', network: 'vmbr0' },
    { name: 'eth1', network: 'vmbr0.12' },
  ],
  disk_list: [{ name: 'sda', size: 20 }],
  boot_order: ['net0', 'scsi0'],
  ...changes,
});
const create = (changes: Partial<ProxmoxVm> = {}, task?: string) =>
  tasks.create({ connection: connection(), vm: vm(changes) }, context(task));
const its = (id: number | null = 100, name = 'node01') => ({ connection: connection(), id, name });
const config = (id = 100) => stand.machines.get(id)?.config;

describe('a machine of Proxmox', () => {
  it('is made on the node with the most room, with its disk, its VLAN and the mark of its task', async () => {
    expect(await create()).toEqual({ id: '100' });
    expect(stand.machines.get(100)).toMatchObject({ node: 'pve2', status: 'stopped', lock: undefined });
    expect(config()).toMatchObject({
      name: 'node01',
      sockets: '2',
      cores: '1',
      memory: '2048',
      ostype: 'l26',
      boot: 'order=net0;scsi0',
      scsi0: 'local-lvm:20',
      tags: 'contractor;task-7-1',
      net0: expect.stringMatching(/^virtio=02(:[\dA-F]{2}){5},bridge=vmbr0$/),
      net1: expect.stringMatching(/^virtio=02(:[\dA-F]{2}){5},bridge=vmbr0,tag=12$/),
    });
  });

  it('is made on the node that has its bridges, and on the one that is asked for', async () => {
    await create({ interface_list: [{ name: 'eth0', network: 'vmbr1' }] });
    expect(stand.machines.get(100)?.node).toBe('pve1');
    await create({ name: 'node02', node: 'pve1' }, '7-2');
    expect(stand.machines.get(101)?.node).toBe('pve1');
  });

  it.each([
    [{ interface_list: [{ name: 'eth0', network: 'lan' }] }, 'node "pve2" has no bridge "lan": it has vmbr0'],
    [{ node: 'pve3' }, 'no node "pve3" of 127.0.0.1'],
    [{ memory_size: 100_000 }, 'has 100000 MiB of memory left'],
    [{ name: 'a_b' }, `400 Parameter verification failed.: {"name":"invalid format`],
  ])('is not made of %j', async (changes, text) => {
    await expect(create(changes)).rejects.toThrow(text);
    expect(stand.machines.size).toBe(0);
  });

  it('is one however often its task is done, and is found again by it', async () => {
    const order = { connection: connection(), vm: vm() };
    expect(await observe.create(order, context())).toEqual({ state: 'not-done' });
    expect([await create(), await create()]).toEqual([{ id: '100' }, { id: '100' }]);
    expect(stand.machines.size).toBe(1);
    expect(await observe.create(order, context())).toEqual({ state: 'done', result: { id: '100' } });
    expect(await observe.create(order, context('8-1'))).toEqual({ state: 'not-done' });
  });

  it('is not made beside another of its name, and a rollback removes only what was made for it', async () => {
    await create();
    stand.machines.set(101, { node: 'pve1', status: 'running', lock: undefined, config: { name: 'other' } });
    stand.machines.set(102, { node: 'pve1', status: 'running', lock: undefined, config: { name: 'db1' } });
    await expect(create({}, '8-1')).rejects.toThrow('there is a machine "node01" (100)');
    await expect(create({ name: 'db1' }, '8-1')).rejects.toThrow('already, of somebody else');
    const rollback = (name: string) =>
      tasks.create_rollback({ connection: connection(), vm: vm({ name }) }, context('8-2'));
    expect(await rollback('db1')).toEqual({ rollback_done: true });
    expect(await rollback('node01')).toEqual({ rollback_done: true });
    expect(await rollback('node01')).toEqual({ rollback_done: true });
    expect([...stand.machines.keys()]).toEqual([101, 102]);
    expect(await create({}, '8-3')).toEqual({ id: '103' });
  });

  it('is found before its node has told the cluster of its name', async () => {
    stand.silent = true;
    const order = { connection: connection(), vm: vm() };
    expect([await create(), await create()]).toEqual([{ id: '100' }, { id: '100' }]);
    expect(await observe.create(order, context())).toEqual({ state: 'done', result: { id: '100' } });
    await expect(create({}, '8-1')).rejects.toThrow('there is a machine "node01" (100)');
    expect((await tasks.list({ connection: connection(), macs_of: [] }, context())).machine_list).toMatchObject([
      { id: '100', name: 'node01' },
    ]);
    expect(await tasks.create_rollback(order, context())).toEqual({ rollback_done: true });
    expect(stand.machines.size).toBe(0);
    await create();
    expect(await tasks.destroy(its(), context())).toEqual({});
    expect(stand.machines.size).toBe(0);
  });

  it('is not made once more where its node can not be reached, which is asked once', async () => {
    await create({ node: 'pve1' });
    stand.machines.set(101, { node: 'pve1', status: 'running', lock: undefined, config: { name: 'other' } });
    Object.assign(stand, { silent: true, away: 'pve1' });
    stand.requests.length = 0;
    await expect(create()).rejects.toThrow('refuses GET /nodes/pve1/qemu/100/config: 595 No route to host');
    expect(stand.requests).not.toContain('GET /nodes/pve1/qemu/101/config');
    await expect(tasks.destroy(its(), context())).rejects.toThrow('100 at');
    expect(stand.machines.size).toBe(2);
  });

  it.each([
    ['', 'no job is noted as its maker'],
    ['Made by Contractor for the foundation "node01" (task 7-1).', 'no job is noted as its maker'],
    [undefined, 'job 7 has made it'],
  ])('is left alone by a rollback of another job where it runs: %j', async (description, whose) => {
    await create();
    await tasks.set_power({ ...its(), state: 'on' }, context());
    if (description !== undefined) Object.assign(config() ?? {}, { description });
    const rollback = (task: string) => tasks.create_rollback({ connection: connection(), vm: vm() }, context(task));
    await expect(rollback('8-2')).rejects.toThrow(`machine 100 "node01" at ${stand.host} is not off, and ${whose}`);
    expect(stand.machines.get(100)?.status).toBe('running');
    Object.assign(config() ?? {}, { description: 'Made by Contractor for the foundation "node01" (job 8, task 8-1).' });
    expect(await rollback('8-2')).toEqual({ rollback_done: true });
    expect(stand.machines.size).toBe(0);
  });

  it('that was removed by hand is off, and can not be switched on', async () => {
    await create();
    stand.machines.clear();
    const set = (state: 'on' | 'off' | 'soft_off') => tasks.set_power({ ...its(), state }, context());
    expect([await set('soft_off'), await set('off')]).toEqual([{ state: 'off' }, { state: 'off' }]);
    await expect(set('on')).rejects.toThrow('was it removed by hand?');
  });

  it('that has taken the id of another is not switched in its place', async () => {
    stand.machines.set(100, { node: 'pve1', status: 'running', lock: undefined, config: { name: 'other' } });
    const off = tasks.set_power({ ...its(), state: 'off' }, context());
    await expect(off).rejects.toThrow(
      'machine 100 at ' + stand.host + ' is "other" and not "node01": it is left alone',
    );
    expect(stand.machines.get(100)?.status).toBe('running');
  });

  it('is not there where its task failed, in the words of Proxmox', async () => {
    stand.failNext('qmcreate', "storage 'local-lvm' is full");
    await expect(create()).rejects.toThrow(/task UPID:pve2:.*:qmcreate:100:.* failed: storage 'local-lvm' is full/);
    expect(stand.machines.size).toBe(0);
  });

  it('tells the MACs of its interfaces by their numbers', async () => {
    await create();
    const { net0 = '', net1 = '' } = config() ?? {};
    const macs = [net0, net1].map((one) => one.slice('virtio='.length, 'virtio='.length + 17));
    Object.assign(config() ?? {}, { net10: 'e1000=02:00:00:00:00:0A,bridge=vmbr0' });
    expect(await tasks.get_interface_map(its(), context())).toEqual({
      interface_list: [...macs, '02:00:00:00:00:0A'],
    });
  });

  it('is listed with all others by one call, and one for each whose MACs are asked for', async () => {
    await create();
    for (let id = 101; id <= 1100; id += 1) {
      const config = { name: `db${id}`, net0: 'virtio=02:00:00:00:00:0A,bridge=vmbr0' };
      stand.machines.set(id, { node: 'pve1', status: 'running', lock: undefined, config });
    }
    const list = async (...asked: string[]) => {
      stand.requests.length = 0;
      return (await tasks.list({ connection: connection(), macs_of: asked }, context())).machine_list;
    };
    const all = await list();
    expect(all).toHaveLength(1001);
    expect(all.slice(0, 2)).toEqual([
      { id: '100', name: 'node01', power: 'off', macs: null, task: '7-1' },
      { id: '101', name: 'db101', power: 'on', macs: null, task: null },
    ]);
    expect(stand.requests).toEqual(['POST /access/ticket', 'GET /cluster/resources']);
    expect((await list('101'))[1]).toMatchObject({ id: '101', macs: ['02:00:00:00:00:0A'] });
    expect(stand.requests).toHaveLength(3);
    Object.assign(stand.machines.get(102)?.config ?? {}, { net0: 'virtio,bridge=vmbr0' });
    expect((await list('102'))[2]).toMatchObject({ id: '102', macs: null });
  });

  it('is switched on and off, and asked to shut itself down', async () => {
    await create();
    const set = async (state: 'on' | 'off' | 'soft_off') =>
      (await tasks.set_power({ ...its(), state }, context())).state;
    expect(await set('off')).toBe('off');
    expect(stand.requests.filter((one) => one.includes('/status/st'))).toEqual([]);
    expect(await set('on')).toBe('on');
    expect(await set('soft_off')).toBe('off');
    await set('on');
    stand.deaf = true;
    expect(await set('soft_off')).toBe('on');
    Object.assign(stand.machines.get(100) ?? {}, { lock: 'backup' });
    expect(await set('soft_off')).toBe('on');
    Object.assign(stand.machines.get(100) ?? {}, { lock: undefined });
    expect(await set('off')).toBe('off');
    stand.failNext('qmstart', 'start failed: no memory');
    await expect(set('on')).rejects.toThrow('start failed: no memory');
    expect(await tasks.power_state(its(), context())).toEqual({ state: 'off' });
  });

  it('is destroyed while it runs, once; another that has its id now is left alone', async () => {
    await create();
    await tasks.set_power({ ...its(), state: 'on' }, context());
    await expect(tasks.destroy(its(100, 'node02'), context())).rejects.toThrow('is "node01" and not "node02"');
    expect(await tasks.destroy(its(), context())).toEqual({});
    expect(await tasks.destroy(its(), context())).toEqual({});
    expect(stand.machines.size).toBe(0);
    await expect(tasks.power_state(its(), context())).rejects.toThrow('100 "node01" at 127.0.0.1');
  });

  it('of which no id is known is found by its name, where it was made for a foundation', async () => {
    stand.machines.set(100, { node: 'pve1', status: 'running', lock: undefined, config: { name: 'node01' } });
    expect(await tasks.destroy(its(null), context())).toEqual({});
    expect(stand.machines.size).toBe(1);
    stand.machines.clear();
    await create();
    await tasks.destroy(its(null), context());
    expect(stand.machines.size).toBe(0);
  });
});

describe('a host of Proxmox', () => {
  const look = (to: Parameters<typeof connection>[0], signal?: AbortSignal) =>
    tasks.power_state({ ...its(), connection: connection(to) }, context('7-1', signal));

  it('takes API tokens, and wants no ticket then', async () => {
    await create();
    const { id: username, value: password } = PROXMOX_TOKEN;
    stand.requests.length = 0;
    expect(await look({ username, password })).toEqual({ state: 'off' });
    expect(stand.requests).not.toContain('POST /access/ticket');
  });

  it.each([{ password: 'wrong' }, { username: PROXMOX_TOKEN.id, password: 'wrong' }])(
    'refuses %j, and the password is not told',
    async (login) => {
      await expect(look(login)).rejects.toThrow(
        `Proxmox at ${stand.host} refuses ${login.username ?? PROXMOX_LOGIN.username}: wrong user name, password or token`,
      );
    },
  );

  it('that is not there is told by its name', async () => {
    await expect(look({ host: '127.0.0.1:1' })).rejects.toThrow('127.0.0.1:1 can not be reached: connect ECONNREFUSED');
  });

  it('that is silent is left when the task is over', async () => {
    const silent: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    const controller = new AbortController();
    const looking = look({ host: `127.0.0.1:${(silent.address() as AddressInfo).port}` }, controller.signal);
    controller.abort(new Error('its time is over'));
    await expect(looking).rejects.toThrow('its time is over');
    silent.close();
  });
});
