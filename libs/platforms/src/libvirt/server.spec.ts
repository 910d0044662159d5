import { describe, expect, it } from '@jest/globals';
import { toJson, type Value } from '#tscript';
import { ScriptHarness } from '../../test/script-harness.suite.ts';
import { libvirt } from './server.ts';

const [type] = libvirt.foundationTypes;
const [complex] = libvirt.complexTypes ?? [];
const UUID = '11111111-2222-4333-8444-555555555555';
const connection = { host: '192.0.2.10' };
const machine = { connection, uuid: UUID, name: 'node01' };
const later = 60_000;

const play = (lines: string, fields: Readonly<Record<string, unknown>> = {}) =>
  new ScriptHarness(libvirt, lines, type, {
    locator: 'node01',
    connection,
    libvirt_complex: 'complex1',
    libvirt_uuid: UUID,
    interface_list: [
      { name: 'eth0', physical_location: 'eth0', network_name: 'lan', address_list: [] },
      { name: 'eth1', physical_location: 'eth1', network_name: 'storage', address_list: [] },
    ],
    ...fields,
  });

describe('libvirt.create', () => {
  const spec = '{ cpu_count=2, memory_size=2048, disk_size=20 }';
  const vm = {
    name: 'node01',
    cpu_count: 2,
    memory_size: 2048,
    disk_list: [{ name: 'sda', size: 20 }],
    interface_list: [
      { name: 'eth0', network: 'lan' },
      { name: 'eth1', network: 'storage' },
    ],
    boot_order: ['network', 'hd'],
  };

  it('orders the machine, and has its UUID for a value', () => {
    const script = play(`  vm1 = libvirt.create( vm_spec=${spec} )`);
    expect(script.run()).toMatchObject({ kind: 'waiting', message: 'Waiting for the machine to be created' });
    expect(script.task()).toEqual({ module: 'libvirt', function: 'create', parameters: { connection, vm } });
    expect(script.answer({ uuid: 'U' })).toBe('Accepted');
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.variables).toEqual({ vm1: 'U' });
  });

  it('says where its disks are to be and what machine it sees, where the specification does', () => {
    const script = play(
      '  libvirt.create( vm_spec={ cpu_count=1, memory_size=512, libvirt_pool="fast", libvirt_machine="q35" } )',
    );
    script.run();
    expect(script.task()?.parameters).toMatchObject({
      vm: { disk_list: [{ name: 'sda', size: 10 }], pool: 'fast', machine: 'q35' },
    });
  });

  it.each([
    ['{ memory_size=512 }', 'vm_spec.cpu_count'],
    ['{ cpu_count=65, memory_size=512 }', 'must be an integer from 1 to 64, and is 65'],
    ['{ cpu_count=1, memory_size=511 }', 'must be an integer from 512 to 1048510, and is 511'],
    ['"none"', 'must be a map'],
  ])('ends the job for %s', (given, message) => {
    const outcome = play(`  libvirt.create( vm_spec=${given} )`).run();
    expect(outcome).toMatchObject({ kind: 'aborted', message: expect.stringContaining(message) });
  });

  it('ends the job for a locator that is no name of a machine, and on foundations of others', () => {
    const outcome = play(`  libvirt.create( vm_spec=${spec} )`, { locator: '1node' }).run();
    expect(outcome).toMatchObject({ kind: 'aborted', message: expect.stringContaining('"1node" is no name') });
    const other = new ScriptHarness(libvirt, `  libvirt.create( vm_spec=${spec} )`, type);
    expect(other.run()).toMatchObject({ kind: 'aborted', message: expect.stringContaining('has no libvirt_complex') });
  });
});

describe('a machine of libvirt', () => {
  it('is asked to switch itself off twice, and then is switched off', () => {
    const script = play('  foundation.power_off()');
    const states = ['soft_off', 'soft_off', 'off'].map((state) => {
      script.run();
      const task = script.task();
      expect(task).toEqual({ module: 'libvirt', function: 'set_power', parameters: { ...machine, state } });
      script.answer({ state: state === 'off' ? 'off' : 'on' });
      script.now += later;
      return state;
    });
    expect(states).toHaveLength(3);
    expect(script.run()).toEqual({ kind: 'ended' });
  });

  it.each([
    ['power_on', 'set_power', { state: 'on' }, { state: 'on' }, null],
    ['power_state', 'power_state', {}, { state: 'unknown "paused"' }, 'unknown "paused"'],
    ['wait_for_poweroff', 'power_state', {}, { state: 'off' }, null],
    ['console_address', 'console_address', {}, { address: 'vnc://127.0.0.1:0' }, 'vnc://127.0.0.1:0'],
    ['destroy', 'destroy', {}, { done: true }, null],
  ])('%s', (call, task, more, result, value) => {
    const script = play(`  value = foundation.${call}()`);
    expect(script.run()).toMatchObject({ kind: 'waiting' });
    expect(script.task()).toEqual({ module: 'libvirt', function: task, parameters: { ...machine, ...more } });
    expect(script.answer(result)).toBe('Accepted');
    script.now += later;
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.variables).toEqual({ value });
  });

  it('tells the hardware addresses of its interfaces in their order', () => {
    const script = play('  m1 = foundation.get_interface_map()');
    script.run();
    expect(script.task()).toEqual({ module: 'libvirt', function: 'get_interface_map', parameters: machine });
    script.answer({ interface_list: ['080027AAAAAA', '080027BBBBBB', '080027CCCCCC'] });
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(toJson(script.variables['m1'] as Value)).toEqual({ eth0: '080027AAAAAA', eth1: '080027BBBBBB' });
  });

  it('is asked for by its name where its UUID is not known', () => {
    const script = play('  foundation.destroy()', { libvirt_uuid: null });
    script.run();
    expect(script.task()?.parameters).toEqual({ ...machine, uuid: null });
  });

  it('is carried by a complex of one member, by which it is reached', () => {
    expect(type).toMatchObject({
      type: 'LibVirt',
      model: 'LibVirt/LibVirtFoundation',
      classes: ['VM', 'LibVirt'],
      locates: 'with-complex',
      complexField: 'libvirt_complex',
      machineId: 'libvirt_uuid',
    });
    expect(complex).toMatchObject({ type: 'LibVirt', model: 'LibVirt/LibVirtComplex', fields: {}, maxMembers: 1 });
    expect(complex?.connection?.({}, '192.0.2.10')).toEqual({ host: '192.0.2.10' });
    expect(complex?.carries).toEqual({ type: 'LibVirt', blueprint: 'libvirt-vm-base' });
  });

  it('is told of in configurations', () => {
    expect(type?.attributes?.({ libvirt_uuid: UUID, libvirt_complex: 'complex1' }, {})).toEqual({
      _libvirt_uuid: UUID,
      _libvirt_complex: 'complex1',
    });
  });
});
