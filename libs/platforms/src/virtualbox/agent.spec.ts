import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Secret } from '#kernel';
import {
  startVirtualbox,
  VBOX_LOGIN,
  type VboxMachine,
  type VirtualboxStandIn,
} from '../../test/virtualbox-stand-in.ts';
import { taskContext } from '../../test/task-context.ts';
import { until } from '#testing';
import { virtualbox } from './agent.ts';
import type { VirtualboxVm } from './contract.ts';

const { tasks, observe } = virtualbox({ pausesMs: [1] });

let stand: VirtualboxStandIn;
beforeEach(async () => {
  stand = await startVirtualbox();
});
afterEach(async () => {
  // Whatever happens, nobody stays logged on.
  await until(() => stand.sessions.size === 0);
  await stand.stop();
});

const connection = (changes: { username?: string; password?: string; host?: string } = {}) => {
  const { host = stand.host, username, password } = { ...VBOX_LOGIN, ...changes };
  return { host, credentials: { username, password: new Secret(password) } };
};
const vm = (changes: Partial<VirtualboxVm> = {}): VirtualboxVm => ({
  name: 'node01',
  cpu_count: 2,
  memory_size: 2048,
  disk_list: [{ name: 'sda', size: 20 }],
  interface_list: [
    { name: 'eth0', index: 0, network: 'vboxnet0', type: 'host', adapter_type: 'I82540EM' },
    { name: 'eth1', index: 1, network: 'lan', type: 'internal', adapter_type: 'Virtio' },
  ],
  boot_order: ['net', 'hdd'],
  guest_type: 'Linux26_64',
  ...changes,
});
const create = (changes: Partial<VirtualboxVm> = {}, task?: string) =>
  tasks.create({ connection: connection(), vm: vm(changes) }, taskContext({ task }));
const its = (uuid: string | null, name = 'node01') => ({ connection: connection(), uuid, name });
const made = (): VboxMachine => {
  const [machine] = stand.machines.values();
  if (!machine || stand.machines.size > 1) throw new Error(`there are ${stand.machines.size} machines`);
  return machine;
};

describe('a machine of VirtualBox', () => {
  it('is made with its processors, its disk, its adapters and what it boots from', async () => {
    const { uuid } = await create();
    expect(made()).toMatchObject({
      uuid,
      name: 'node01',
      lockedBy: undefined,
      values: { OSTypeId: 'Linux26_64', CPUCount: '2', MemorySize: '2048', RTCUseUTC: 'true' },
      boot: ['Network', 'HardDisk', 'Null', 'Null'],
      attached: ['SCSI:0 HardDisk /vms/node01/sda.vdi'],
    });
    const [first, second, third] = made().adapters;
    expect(first).toMatchObject({ Enabled: 'true', AttachmentType: 'HostOnly', HostOnlyInterface: 'vboxnet0' });
    expect(second).toMatchObject({ AdapterType: 'Virtio', AttachmentType: 'Internal', InternalNetwork: 'lan' });
    expect(third).toMatchObject({ Enabled: 'false' });
    expect(stand.disks).toEqual(new Map([['/vms/node01/sda.vdi', 20 * 2 ** 30]]));
    const { interface_list: macs } = await tasks.get_interface_map(its(uuid), taskContext());
    expect(macs).toEqual([first?.['MACAddress'], second?.['MACAddress']]);
    expect(macs).toEqual([expect.stringMatching(/^080027[\dA-F]{6}$/), expect.stringMatching(/^080027[\dA-F]{6}$/)]);
  });

  it('takes images that are there', async () => {
    stand.disks.set('/iso/install.iso', 1).set('/img/root.vdi', 2);
    await create({
      disk_list: [
        { name: 'cd', file: '/iso/install.iso' },
        { name: 'sda', file: '/img/root.vdi' },
      ],
    });
    expect(made().attached).toEqual(['SATA:0 DVD /iso/install.iso', 'SCSI:0 HardDisk /img/root.vdi']);
  });

  it.each([
    [{ boot_order: ['tape'] }, 'nothing boots from "tape": these are known: hdd, net, cd, usb'],
    [
      { interface_list: [{ name: 'eth0', index: 0, network: 'x', type: 'host', adapter_type: 'NE2000' }] },
      '"NE2000" is no type of adapter',
    ],
    [
      { interface_list: [{ name: 'eth0', index: 0, network: 'x', type: 'wifi', adapter_type: 'Virtio' }] },
      '"wifi" is no way to attach it',
    ],
  ])('is not begun with %j', async (changes, text) => {
    await expect(create(changes)).rejects.toThrow(text);
    expect(stand.machines.size).toBe(0);
  });

  it('is one however often its task is done, and is found again by it', async () => {
    const order = { connection: connection(), vm: vm() };
    expect(await observe.create(order, taskContext())).toEqual({ state: 'not-done' });
    const first = await create();
    expect(await create()).toEqual(first);
    expect(made().uuid).toBe(first.uuid);
    expect(await observe.create(order, taskContext())).toEqual({ state: 'done', result: first });
    await expect(create({}, '8-1')).rejects.toThrow('already, which another attempt has left');
  });

  it.each([
    'IVirtualBox_createMachine',
    'IVirtualBox_registerMachine',
    'IMedium_createBaseStorage',
    'IMachine_attachDevice',
    'ISession_unlockMachine',
    'IMachine_setExtraData',
    'IMachine_saveSettings',
  ])('whose task was killed after %s is made by doing it again, once', async (method) => {
    stand.hangAfter = method;
    const controller = new AbortController();
    const killed = tasks.create({ connection: connection(), vm: vm() }, taskContext({ signal: controller.signal }));
    await until(() => stand.hangAfter === undefined);
    controller.abort(new Error('killed'));
    await expect(killed).rejects.toThrow('killed');
    await until(() => stand.sessions.size === 0);
    const order = { connection: connection(), vm: vm() };
    const seen = await observe.create(order, taskContext());
    const result = seen.state === 'done' ? seen.result : await create();
    expect(made()).toMatchObject({
      uuid: result.uuid,
      boot: ['Network', 'HardDisk', 'Null', 'Null'],
      lockedBy: undefined,
    });
    expect(stand.disks.size).toBe(1);
  });

  it('is removed by a rollback where it was made for the foundation, and no other', async () => {
    await create();
    const rollback = () => tasks.create_rollback({ connection: connection(), vm: vm() }, taskContext({ task: '8-1' }));
    expect(await rollback()).toEqual({ rollback_done: true });
    expect([stand.machines.size, stand.disks.size]).toEqual([0, 0]);
    expect(await rollback()).toEqual({ rollback_done: true });
    await create();
    made().values['Description'] = 'the data base of the accountants';
    await rollback();
    expect(made().name).toBe('node01');
    await expect(create({}, '9-1')).rejects.toThrow('already, of somebody else');
  });

  it('is switched on and off, and asked to shut itself down', async () => {
    const { uuid } = await create();
    const set = async (state: 'on' | 'off' | 'soft_off') =>
      (await tasks.set_power({ ...its(uuid), state }, taskContext())).state;
    expect(await set('soft_off')).toBe('off');
    expect(stand.calls).not.toContain('IConsole_powerButton');
    expect(await set('on')).toBe('on');
    expect(await set('soft_off')).toBe('off');
    await set('on');
    stand.deaf = true;
    expect(await set('soft_off')).toBe('on');
    expect(await set('off')).toBe('off');
    expect(made().lockedBy).toBeUndefined();
  });

  it.each([
    ['Paused', 'unknown "Paused"'],
    ['Stuck', 'unknown "Stuck"'],
  ])('that is %s is not asked to shut itself down, and is switched off', async (state, told) => {
    const { uuid } = await create();
    const set = (to: 'on' | 'off' | 'soft_off') => tasks.set_power({ ...its(uuid), state: to }, taskContext());
    await set('on');
    made().state = state;
    expect(await set('soft_off')).toEqual({ state: told });
    expect(await set('off')).toEqual({ state: 'off' });
    expect(made().lockedBy).toBeUndefined();
  });

  it('that was removed by hand is off, and can not be switched on', async () => {
    const { uuid } = await create();
    stand.machines.clear();
    const set = (to: 'on' | 'off' | 'soft_off') => tasks.set_power({ ...its(uuid), state: to }, taskContext());
    expect([await set('soft_off'), await set('off')]).toEqual([{ state: 'off' }, { state: 'off' }]);
    await expect(set('on')).rejects.toThrow('was it removed by hand?');
  });

  it('that somebody else holds for long is told in the words of VirtualBox', async () => {
    const { uuid } = await create();
    made().lockedBy = 'the window of somebody';
    const { tasks: impatient } = virtualbox({ pausesMs: [1], heldMs: 5 });
    await expect(impatient.destroy(its(uuid), taskContext())).rejects.toThrow(`'node01' while it is locked`);
    expect(stand.calls.filter((one) => one === 'IMachine_getSessionState').length).toBeGreaterThan(1);
    expect(made().name).toBe('node01');
  });

  it.each([
    ['Saved', 'off'],
    ['Aborted', 'off'],
    ['Stopping', 'on'],
    ['GuruMeditation', 'unknown "GuruMeditation"'],
  ])('that is %s is %s', async (state, told) => {
    const { uuid } = await create();
    made().state = state;
    expect(await tasks.power_state(its(uuid), taskContext())).toEqual({ state: told });
  });

  it('is found by its name where its UUID is not known', async () => {
    await create();
    expect(await tasks.power_state(its(null), taskContext())).toEqual({ state: 'off' });
  });

  it('is destroyed while it runs, once', async () => {
    const { uuid } = await create();
    await tasks.set_power({ ...its(uuid), state: 'on' }, taskContext());
    expect(await tasks.destroy(its(uuid), taskContext())).toEqual({});
    expect(await tasks.destroy(its(uuid), taskContext())).toEqual({});
    expect([stand.machines.size, stand.disks.size]).toEqual([0, 0]);
    await expect(tasks.power_state(its(uuid), taskContext())).rejects.toThrow('was it removed by hand?');
  });

  it('is listed with what it is known by, beside those of others and those that cannot be read', async () => {
    const { uuid } = await create();
    await create({ name: 'node02' }, '8-1');
    const [, other] = [...stand.machines.values()];
    Object.assign(other?.values ?? {}, { Description: 'the data base of the accountants' });
    const list = async (...asked: string[]) =>
      (await tasks.list({ connection: connection(), macs_of: asked }, taskContext())).machine_list;
    const macs = (stand.machines.get(uuid)?.adapters ?? []).slice(0, 2).map((one) => one['MACAddress']);
    expect(await list(uuid)).toEqual([
      { id: uuid, name: 'node01', power: 'off', macs, task: '7-1' },
      { id: other?.uuid, name: 'node02', power: 'off', macs: null, task: null },
    ]);
    Object.assign(other ?? {}, { state: 'Inaccessible' });
    expect(await list(other?.uuid ?? '')).toMatchObject([
      { id: uuid },
      { id: other?.uuid, name: '', power: 'inaccessible', macs: null, task: null },
    ]);
  });

  it('whose guest sees another UUID is listed by that by which it is found', async () => {
    const { uuid } = await create();
    made().hardwareUuid = '00000000-0000-4000-8000-000000000001';
    const { machine_list: list } = await tasks.list({ connection: connection(), macs_of: [] }, taskContext());
    expect(list).toMatchObject([{ id: uuid }]);
    expect(await tasks.destroy(its(list[0]?.id ?? '', 'other'), taskContext())).toEqual({});
    expect(stand.machines.size).toBe(0);
  });

  it('whose disk can not be made is told in the words of VirtualBox', async () => {
    stand.failNext('IMedium_createBaseStorage', 'Disk full');
    await expect(create()).rejects.toThrow('Disk full');
    expect(made().lockedBy).toBeUndefined();
  });
});

describe('a host of VirtualBox', () => {
  const look = (to: Parameters<typeof connection>[0]) =>
    tasks.power_state({ ...its(null), connection: connection(to) }, taskContext());

  it('refuses a wrong password, which is not told', async () => {
    await expect(look({ password: 'wrong' })).rejects.toThrow(
      `VirtualBox at ${stand.host} refuses "vbox": Invalid login`,
    );
  });

  it('that is not there is told by its name', async () => {
    await expect(look({ host: '127.0.0.1:1' })).rejects.toThrow('127.0.0.1:1 can not be reached: connect ECONNREFUSED');
  });
});
