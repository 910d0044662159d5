import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { LIBVIRT_BRIDGE, startLibvirtd, type Libvirtd } from '#testing';
import { taskContext } from '../../test/task-context.ts';
import { libvirt } from './agent.ts';
import { uuidOf } from './create.ts';
import { readDomain, type VmSpec } from './domain-xml.ts';
import type { LibvirtSettings } from './hypervisor.ts';
import { element, written } from '../xml/xml.ts';

const connection = { host: '127.0.0.1' };
const context = (task: string, signal?: AbortSignal) => taskContext({ task, ...(signal ? { signal } : {}) });
/** What domains are made of, besides a CD. */
const vm: VmSpec = {
  name: 'node01',
  cpu_count: 1,
  memory_size: 512,
  disk_list: [
    { name: 'sda', size: 2 },
    { name: 'data', size: 3 },
  ],
  interface_list: [
    { name: 'eth0', network: LIBVIRT_BRIDGE },
    { name: 'eth1', network: LIBVIRT_BRIDGE },
  ],
  boot_order: ['network', 'hd'],
};

let libvirtd: Libvirtd;
beforeAll(async () => {
  libvirtd = await startLibvirtd();
  await writeFile(cd(), Buffer.alloc(2048));
});
const cd = () => path.join(libvirtd.folder, 'install.iso');
afterAll(() => libvirtd.stop());

/** Where the same is tried, with how disks are made there. */
const inFolder = ({ uri, folder }: Libvirtd): LibvirtSettings => ({
  uri,
  type: 'qemu',
  directory: path.join(folder, 'own'),
});
const inPool = ({ uri }: Libvirtd): LibvirtSettings => ({ uri, type: 'qemu', pool: 'disks' });
const ofTest = ({ testUri }: Libvirtd): LibvirtSettings => ({ uri: testUri, pool: 'default-pool' });

/** What is done with domains, and what there is of them, with an agent of these settings. */
function hypervisor(settingsOf: (daemon: Libvirtd) => LibvirtSettings) {
  let settings: LibvirtSettings;
  const isTest = settingsOf === ofTest;
  const agent = () => libvirt(settings);
  const virsh = (...command: string[]) => libvirtd.virsh(command, settings.uri);
  const lines = (text: string) => text.split('\n').flatMap((line) => line.trim() || []);
  /** What there is of ours: domains, and files or volumes. */
  const domains = async () => lines(await virsh('list', '--all', '--name')).filter((name) => name !== 'test');
  const disks = async () =>
    settings.pool === undefined
      ? await readdir(settings.directory ?? '').catch(() => [])
      : lines(await virsh('vol-list', settings.pool)).map((line) => line.split(' ')[0] ?? '');
  const create = (task: string, changes: Partial<VmSpec> = {}) =>
    agent().tasks.create(
      { connection, vm: { ...vm, disk_list: [...vm.disk_list, { name: 'cd', file: cd() }], ...changes } },
      context(task),
    );
  const of = (uuid: string | null, name = 'node01') => ({ connection, uuid, name });
  const setPower = (uuid: string, state: 'on' | 'off' | 'soft_off') =>
    agent().tasks.set_power({ ...of(uuid), state }, context('9-9'));
  const powerState = (uuid: string) => agent().tasks.power_state(of(uuid), context('9-9'));
  const destroy = (uuid: string | null, name = 'node01') => agent().tasks.destroy(of(uuid, name), context('9-9'));
  const rollBack = () => agent().tasks.create_rollback({ connection, vm }, context('9-9'));
  const observe = (task: string) => agent().observe.create({ connection, vm }, context(task));

  beforeAll(async () => {
    settings = settingsOf(libvirtd);
    if (settings.pool === 'disks') {
      await virsh('pool-define-as', 'disks', 'dir', '--target', path.join(libvirtd.folder, 'pool'));
      await virsh('pool-build', 'disks');
      await virsh('pool-start', 'disks');
    }
  });
  afterEach(async () => {
    for (const name of await domains()) {
      await virsh('destroy', name).catch(() => undefined);
      await virsh('undefine', name);
    }
  });
  return { isTest, agent, virsh, lines, domains, disks, create, of, setPower, powerState, destroy, rollBack, observe };
}

describe.each([
  ['QEMU, disks in a folder', inFolder],
  ['QEMU, disks in a pool', inPool],
  ['the driver test', ofTest],
])('disks of domains of %s', (_, settingsOf) => {
  const { agent, virsh, lines, domains, disks, create, of, powerState, destroy, rollBack, observe } =
    hypervisor(settingsOf);

  it('are made as they are asked for, and interfaces with them', async () => {
    expect(await observe('1-1')).toEqual({ state: 'not-done' });
    const { uuid } = await create('1-1');
    expect(uuid).toBe(uuidOf('1-1', 'node01'));
    expect(await observe('1-1')).toEqual({ state: 'done', result: { uuid } });
    expect(await powerState(uuid)).toEqual({ state: 'off' });
    const blocks = lines(await virsh('domblklist', 'node01', '--details')).map((line) => line.split(/\s+/));
    expect(blocks.map(([, device, target]) => [device, target])).toEqual([
      ['disk', 'sda'],
      ['disk', 'sdb'],
      ['cdrom', 'sdc'],
    ]);
    for (const [, , , source = ''] of blocks.slice(0, 2)) expect(source).toContain(uuid);
    const { interface_list: macs } = await agent().tasks.get_interface_map(of(uuid), context('9-9'));
    expect(macs).toEqual(lines(await virsh('domiflist', 'node01')).map((line) => line.split(/\s+/).at(-1)));
    expect(new Set(macs).size).toBe(2);
    await destroy(uuid);
    expect([await domains(), await disks()]).toEqual([[], []]);
  });

  it('are left where somebody else removes a domain, which a rollback finds, and a destroy', async () => {
    await create('1-1');
    await virsh('undefine', 'node01');
    expect(await disks()).not.toEqual([]);
    expect(await rollBack()).toEqual({ rollback_done: true });
    expect(await disks()).toEqual([]);
    const { uuid } = await create('1-2');
    await virsh('undefine', 'node01');
    await destroy(uuid);
    expect(await disks()).toEqual([]);
  });
});

describe.each([
  ['QEMU', inFolder],
  ['the driver test', ofTest],
])('domains of %s', (_, settingsOf) => {
  const { isTest, agent, virsh, domains, disks, create, of, setPower, powerState, destroy, rollBack, observe } =
    hypervisor(settingsOf);

  it('are made once, however often their task is done, also at the same time', async () => {
    const first = await create('1-1');
    expect(await create('1-1')).toEqual(first);
    expect(await domains()).toEqual(['node01']);
    await destroy(first.uuid);
    const [one, other] = await Promise.all([create('1-2'), create('1-2')]);
    expect(one).toEqual(other);
    expect(await domains()).toEqual(['node01']);
    expect(await setPower(one.uuid, 'on')).toEqual({ state: 'on' });
    await expect(create('1-2')).rejects.toThrow('the domain "node01" on 127.0.0.1 is "running", so it is in use');
    await destroy(one.uuid);
    expect([await domains(), await disks()]).toEqual([[], []]);
  });

  it('are not made where somebody else has the name, of which nothing is touched', async () => {
    const stranger = element(
      'domain',
      [
        element('name', 'node01'),
        element('memory', 64, { unit: 'MiB' }),
        element('os', element('type', 'hvm', isTest ? {} : { arch: 'x86_64' })),
      ],
      { type: isTest ? 'test' : 'qemu' },
    );
    const file = path.join(libvirtd.folder, '..', 'stranger.xml');
    await writeFile(file, written(stranger));
    await virsh('define', file);
    await expect(create('1-1')).rejects.toThrow(
      /^there is a domain "node01" on 127\.0\.0\.1 already \(\S+\), made by somebody else: rename it or remove it$/,
    );
    expect(await observe('1-1')).toEqual({ state: 'not-done' });
    // Neither a rollback nor a destroy without a UUID takes it for one of ours.
    expect(await rollBack()).toEqual({ rollback_done: true });
    await destroy(null);
    expect([await domains(), await disks()]).toEqual([['node01'], []]);
  });

  it('are not made where another task has the name; a rollback removes what that has left', async () => {
    const { uuid } = await create('1-1');
    await expect(create('2-1')).rejects.toThrow('made by task 1-1: a rollback of the job removes it');
    await setPower(uuid, 'on');
    await expect(rollBack()).rejects.toThrow('is "running", so it is in use');
    await setPower(uuid, 'off');
    expect(await rollBack()).toEqual({ rollback_done: true });
    expect(await rollBack()).toEqual({ rollback_done: true });
    expect([await domains(), await disks()]).toEqual([[], []]);
    const again = await create('2-1');
    await destroy(again.uuid);
  });

  it('leave nothing where the host cannot make them', async () => {
    await expect(create('1-1', { machine: 'no-such-machine' })).rejects.toThrow(
      '127.0.0.1 has no machine "no-such-machine": it has',
    );
    await expect(create('1-1', { pool: 'no-such-pool' })).rejects.toThrow(
      '127.0.0.1 has no storage pool "no-such-pool" that is started: it has',
    );
    const tooLong = [{ name: 'eth0', network: 'a-name-no-bridge-can-have' }];
    await expect(create('1-1', { interface_list: tooLong })).rejects.toThrow(
      '127.0.0.1 has no network of libvirt "a-name-no-bridge-can-have"',
    );
    expect([await domains(), await disks()]).toEqual([[], []]);
  });

  it('are switched on and off, and asked to end by themselves', async () => {
    const { uuid } = await create('1-1');
    expect(await setPower(uuid, 'soft_off')).toEqual({ state: 'off' });
    expect(await setPower(uuid, 'on')).toEqual({ state: 'on' });
    expect(await setPower(uuid, 'on')).toEqual({ state: 'on' });
    if (!isTest) {
      const { address } = await agent().tasks.console_address(of(uuid), context('9-9'));
      expect(address).toMatch(/^vnc:\/\/127\.0\.0\.1:\d+$/);
    }
    // Without an operating system nobody heeds it.
    expect(await setPower(uuid, 'soft_off')).toEqual({ state: isTest ? 'off' : 'on' });
    expect(await setPower(uuid, 'off')).toEqual({ state: 'off' });
    expect(await setPower(uuid, 'off')).toEqual({ state: 'off' });
    await setPower(uuid, 'on');
    await virsh('suspend', 'node01');
    expect(await powerState(uuid)).toEqual({ state: 'unknown "paused"' });
    // The driver test has a paused domain end by itself.
    expect(await setPower(uuid, 'soft_off')).toEqual({ state: isTest ? 'off' : 'unknown "paused"' });
    expect(await setPower(uuid, 'off')).toEqual({ state: 'off' });
    await destroy(uuid);
  });

  it('are listed with their MACs and marks, beside those of others', async () => {
    const { uuid } = await create('1-1');
    const { uuid: second } = await create('1-2', { name: 'node02', interface_list: [] });
    await setPower(second, 'on');
    await virsh('suspend', 'node02');
    const { macs } = await readDomain(await virsh('dumpxml', 'node01'));
    const { machine_list: list } = await agent().tasks.list({ connection, macs_of: [] }, context('9-9'));
    expect(list.filter(({ name }) => name !== 'test').toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { id: uuid, name: 'node01', power: 'off', macs, task: '1-1' },
      { id: second, name: 'node02', power: 'paused', macs: [], task: '1-2' },
    ]);
    expect(macs).toHaveLength(2);
    if (isTest) expect(list.find(({ name }) => name === 'test')).toMatchObject({ power: 'on', task: null });
    await destroy(uuid);
    await destroy(second, 'node02');
  });

  it('are removed while they run, and once more', async () => {
    const { uuid } = await create('1-1');
    await setPower(uuid, 'on');
    await destroy(uuid);
    await destroy(uuid);
    expect([await domains(), await disks()]).toEqual([[], []]);
  });

  it('are removed by their name, where their UUID never came to be known', async () => {
    await create('1-1');
    await destroy(null);
    expect([await domains(), await disks()]).toEqual([[], []]);
  });

  it('that are not there have no power and no interfaces, which is told', async () => {
    const uuid = uuidOf('1-1', 'node01');
    const told = `there is no domain with the UUID ${uuid} ("node01") on 127.0.0.1`;
    await expect(setPower(uuid, 'on')).rejects.toThrow(told);
    expect([await setPower(uuid, 'soft_off'), await setPower(uuid, 'off')]).toEqual([
      { state: 'off' },
      { state: 'off' },
    ]);
    expect(await agent().tasks.set_power({ ...of(null), state: 'off' }, context('9-9'))).toEqual({ state: 'off' });
    await expect(powerState(uuid)).rejects.toThrow(told);
    await expect(agent().tasks.get_interface_map(of(uuid), context('9-9'))).rejects.toThrow(told);
    await expect(agent().tasks.power_state(of(null), context('9-9'))).rejects.toThrow(
      'there is no domain "node01" that a task has made on 127.0.0.1',
    );
    await expect(powerState('nonsense')).rejects.toThrow('uuid: "nonsense" is no UUID');
  });
});

describe('a domain of QEMU', () => {
  it('that cannot start is told with what to do, and stays', async () => {
    const agent = libvirt({ uri: libvirtd.uri, type: 'qemu', directory: libvirtd.folder });
    const interface_list = [{ name: 'eth0', network: 'lan' }];
    const { uuid } = await agent.tasks.create(
      { connection, vm: { ...vm, disk_list: [], interface_list } },
      context('1-1'),
    );
    const of = { connection, uuid, name: 'node01' };
    await expect(agent.tasks.set_power({ ...of, state: 'on' }, context('1-2'))).rejects.toThrow(
      '127.0.0.1 has no network of libvirt and no bridge "lan": make one',
    );
    expect(await agent.tasks.power_state(of, context('1-3'))).toEqual({ state: 'off' });
    await agent.tasks.destroy(of, context('1-4'));
  });
});

describe('a hypervisor that is not reached', () => {
  const state = (uri: string, signal?: AbortSignal) =>
    libvirt({ uri }).tasks.power_state({ connection, uuid: null, name: 'node01' }, context('1-1', signal));

  it.each([
    [
      'qemu:///system?socket=/no/such/socket',
      "libvirtd does not run on the agent's machine (nobody is at /no/such/socket)",
    ],
    ['qemu+tcp://127.0.0.1:1/system', '127.0.0.1 cannot be reached (qemu+tcp://127.0.0.1:1/system)'],
    ['qemu+ssh://127.0.0.1:1/system?no_tty=1', '127.0.0.1 cannot be reached (qemu+ssh://127.0.0.1:1/system?no_tty=1)'],
  ])('is told in words: %s', async (uri, text) => {
    await expect(state(uri)).rejects.toThrow(text);
  });

  it('is told in words: of a kind that its daemon does not know', async () => {
    const uri = libvirtd.uri.replace('qemu:', 'nonsense+unix:');
    await expect(state(uri)).rejects.toThrow(`libvirt does not know the kind of hypervisor that "${uri}" names`);
  });

  it('is no longer waited for when the task is to end', async () => {
    const over = AbortSignal.abort(new Error('the term is over'));
    await expect(state('test:///default', over)).rejects.toThrow('the term is over');
  });

  it('has a driver without a daemon, which starts anew each time', async () => {
    const agent = libvirt({ uri: 'test:///default' });
    const of = { connection, uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f', name: 'test' };
    expect(await agent.tasks.power_state(of, context('1-1'))).toEqual({ state: 'on' });
    const gone = agent.tasks.power_state({ ...of, uuid: uuidOf('1-1', 'test') }, context('1-3'));
    await expect(gone).rejects.toThrow('there is no domain with the UUID');
  });
});
