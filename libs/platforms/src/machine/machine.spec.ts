import { describe, expect, it } from '@jest/globals';
import { MacsEffect } from '#platform/server';
import { ScriptHarness } from '../../test/script-harness.suite.ts';
import { proxmox } from '../proxmox/server.ts';

const [type] = proxmox.foundationTypes;
const CONNECTION = { host: '192.0.2.10', credentials: { username: 'svc@pve', password: { $secret: 's1' } } };
const nic = (location: string, network: string) => ({
  name: location,
  physical_location: location,
  network_name: network,
});
const FIELDS = {
  locator: 'node01',
  proxmox_complex: 'cluster',
  proxmox_id: 104,
  connection: CONNECTION,
  interface_list: [nic('eth0', 'lan'), nic('eth1', 'lan.12')],
};
const play = (line: string, fields: Readonly<Record<string, unknown>> = {}, vars = {}) =>
  new ScriptHarness(proxmox, `  ${line}`, type, { ...FIELDS, ...fields }, { vars });
const SECOND = 1000;

describe('power_off', () => {
  /** Answers each try with a state. @returns what was asked for */
  const tries = (script: ScriptHarness, answers: readonly string[]): unknown[] =>
    answers.map((state) => {
      script.run();
      const asked = script.task()?.parameters['state'];
      script.answer({ state });
      script.run();
      expect(script.task()).toBeUndefined();
      script.now += 15 * SECOND;
      return asked;
    });
  const ON = Array<string>(6).fill('on');

  it('asks twice, switches off four times and gives up; a reset begins anew', () => {
    const script = play('foundation.power_off()');
    const asked = tries(script, ON.slice(1));
    script.run();
    asked.push(script.task()?.parameters['state']);
    script.answer({ state: 'on' });
    expect(asked).toEqual(['soft_off', 'soft_off', 'off', 'off', 'off', 'off']);
    expect(script.run()).toMatchObject({
      kind: 'error',
      message: 'the machine is "on" and not "off" after 6 tries',
    });
    expect(script.run()).toMatchObject({ message: 'Waiting for power "off", currently "unknown", try 1 of 6' });
    expect(tries(script, ['unknown "Saving"'])).toEqual(['soft_off']);
    script.run();
    script.task();
    script.answer({ state: 'off' });
    expect(script.run()).toEqual({ kind: 'ended' });
  });

  it('lets the machine have its time: it is asked again a quarter of a minute later', () => {
    const script = play('foundation.power_off()');
    tries(script, ['on']);
    script.now -= SECOND;
    expect(script.run()).toMatchObject({ wakeAt: script.now + SECOND });
    expect(script.task()).toBeUndefined();
  });

  it('that is rolled back begins anew', () => {
    const script = play('foundation.power_off()');
    tries(script, ON.slice(3));
    script.run();
    expect(script.rollback()).toBe('Done');
    script.run();
    expect(script.task()?.parameters['state']).toBe('soft_off');
  });
});

describe('wait_for_poweroff', () => {
  it('looks again, less and less often, until the machine is off', () => {
    const script = play('foundation.wait_for_poweroff()');
    const pauses: number[] = [];
    for (const state of [...Array.from({ length: 13 }, () => 'on'), 'off']) {
      script.run();
      expect(script.task()).toMatchObject({ function: 'power_state', parameters: { id: 104, name: 'node01' } });
      script.answer({ state });
      const { wakeAt } = script.run() as { readonly wakeAt?: number };
      if (wakeAt !== undefined) pauses.push((wakeAt - script.now) / SECOND);
      script.now = wakeAt ?? script.now;
    }
    expect(pauses).toEqual([1, 1, 1, 1, 2, 2, 3, 4, 5, 7, 10, 20, 20]);
    expect(script.run()).toEqual({ kind: 'ended' });
  });

  it('ends in time, and waits as long again when it is reset', () => {
    const script = play('foundation.wait_for_poweroff( timeout=60 )');
    script.run();
    script.task();
    script.answer({ state: 'on' });
    script.now = 60 * SECOND;
    const over = { kind: 'error', message: 'the machine is "on" and not "off" after 60 seconds' };
    expect(script.run()).toMatchObject(over);
    expect(script.run()).toMatchObject({ kind: 'waiting' });
    script.now = 119 * SECOND;
    expect(script.run()).toMatchObject({ kind: 'waiting' });
    script.now = 120 * SECOND;
    expect(script.run()).toMatchObject(over);
  });
});

describe('create', () => {
  const spec = { cpu_count: 2, memory_size: 2048, disk_size: 20 };
  const create = (changes: Readonly<Record<string, unknown>>, fields = {}) =>
    play('value = proxmox.create( vm_spec=vars.spec )', fields, { spec: { ...spec, ...changes } });

  it.each([
    [{ cpu_count: 65 }, 'paramater "vm_spec.cpu_count": must be an integer from 1 to 64, and is 65'],
    [{ cpu_count: 'two' }, 'paramater "vm_spec.cpu_count": must be an integer from 1 to 64, and is two'],
    [{ memory_size: 511 }, 'paramater "vm_spec.memory_size": must be an integer from 512 to 1048510, and is 511'],
    [{ memory_size: null }, 'paramater "vm_spec.memory_size": required'],
    [{ disk_size: 1 }, 'paramater "vm_spec.disk_size": must be an integer from 2 to 10240, and is 1'],
  ])('does not begin with %j', (changes, text) => {
    expect(create(changes).run()).toMatchObject({ kind: 'aborted', message: expect.stringContaining(text) });
  });

  it.each([
    [{ locator: '1node' }, '"1node" is no name of a virtual machine'],
    [{ connection: null }, 'the foundation has no connection to its platform'],
  ])('does not begin for a foundation with %j', (fields, text) => {
    expect(create({}, fields).run()).toMatchObject({ message: expect.stringContaining(text) });
  });

  it('takes numbers that are texts, and sends secrets as references', () => {
    const script = create({ cpu_count: '4', proxmox_ostype: 'l26' });
    script.run();
    expect(script.task()?.parameters).toEqual({
      connection: CONNECTION,
      vm: {
        name: 'node01',
        cpu_count: 4,
        memory_size: 2048,
        disk_list: [{ name: 'sda', size: 20 }],
        interface_list: [
          { name: 'eth0', network: 'lan' },
          { name: 'eth1', network: 'lan.12' },
        ],
        boot_order: ['net0', 'scsi0'],
        ostype: 'l26',
      },
    });
  });

  it('is rolled back as often as it takes, and done again then', () => {
    const script = create({});
    script.run();
    script.task();
    expect(script.rollback()).toBe('Done');
    const asked: unknown[] = [];
    for (const result of [{ rollback_done: false }, { rollback_done: true }, { id: '105' }]) {
      script.run();
      asked.push(script.task()?.function);
      script.answer(result);
    }
    expect(asked).toEqual(['create_rollback', 'create_rollback', 'create']);
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.variables).toEqual({ value: '105' });
  });

  it('that has been answered has nothing to be rolled back', () => {
    const script = create({});
    script.run();
    script.task();
    script.answer({ id: '105' });
    expect(script.rollback()).toBe('Rollback not possible');
  });
});

describe('get_interface_map', () => {
  it('goes by the physical location, and leaves out what is beyond', () => {
    const script = play('value = foundation.get_interface_map()');
    script.run();
    script.task();
    script.answer({ interface_list: ['02:00:00:00:00:01', '02:00:00:00:00:02', '02:00:00:00:00:03'] });
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.variables).toEqual({
      value: new Map([
        ['teth0', { key: 'eth0', value: '02:00:00:00:00:01' }],
        ['teth1', { key: 'eth1', value: '02:00:00:00:00:02' }],
      ]),
    });
  });

  it('is an error where the machine has too few, and asks again when it is reset', () => {
    const script = play('foundation.get_interface_map()');
    script.run();
    script.task();
    script.answer({ interface_list: ['02:00:00:00:00:01'] });
    const message = 'the machine has 1 interfaces, and the foundation has 2';
    expect(script.run()).toMatchObject({ kind: 'error', message });
    script.run();
    expect(script.task()).toMatchObject({ function: 'get_interface_map' });
  });
});

describe('set_interface_macs', () => {
  const set = (map: unknown) => play('foundation.set_interface_macs( interface_map=vars.map )', {}, { map });

  it('has them stored when the pass is over', () => {
    const script = set({ eth0: '020000000001', eth1: '0200.0000.0002' });
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.effects).toEqual([new MacsEffect({ eth0: '020000000001', eth1: '0200.0000.0002' })]);
  });

  it.each([
    [{ eth7: '020000000001' }, 'the foundation has no interface "eth7"'],
    [{ eth0: '02:00' }, '"02:00", of "eth0", is no MAC'],
    [['02:00:00:00:00:01'], 'must be a map'],
  ])('takes no %j', (map, text) => {
    const script = set(map);
    expect(script.run()).toMatchObject({ kind: 'aborted', message: expect.stringContaining(text) });
    expect(script.effects).toEqual([]);
  });
});
