import { describe, expect, it } from '@jest/globals';
import { toJson, type Value } from '#tscript';
import { ScriptHarness } from '../../test/script-harness.suite.ts';
import { ipmi } from './server.ts';

const [type] = ipmi.foundationTypes;
const connection = { ip_address: '192.0.2.20', credentials: { username: 'admin', password: 'pw' } };
const play = (lines: string) => new ScriptHarness(ipmi, lines, type, { connection });

describe('the link of a BMC', () => {
  it.each([
    [1, true],
    [0.8, true],
    [0.79, false],
  ])('with the score %d is good: %p', (score, good) => {
    const script = play('  good = foundation.link_test()');
    script.run();
    expect(script.task()).toEqual({
      module: 'ipmi',
      function: 'link_test',
      parameters: { connection, count: 20, scaler: 0.85, threshold: 0.8, delay: 1 },
    });
    expect(script.answer({ score })).toBe('Accepted');
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.variables).toEqual({ good });
  });
});

describe('the power of a machine with a BMC', () => {
  it('is switched off softly twice, then hard, and after six tries somebody has to look', () => {
    const script = play('  foundation.power_off()');
    const states: unknown[] = [];
    for (let n = 0; n < 6; n += 1) {
      expect(script.run()).toMatchObject({ kind: 'waiting' });
      states.push(script.task()?.parameters['state']);
      script.answer({ state: 'on' });
      script.now += 60_000;
    }
    expect(states).toEqual(['shutdown', 'shutdown', 'off', 'off', 'off', 'off']);
    expect(script.run()).toMatchObject({
      kind: 'error',
      message: expect.stringContaining('the machine is "on" and not "off" after 6 tries'),
    });
    // A reset begins anew.
    expect(script.run()).toMatchObject({ kind: 'waiting' });
    expect(script.task()?.parameters['state']).toBe('shutdown');
    script.answer({ state: 'off' });
    expect(script.run()).toEqual({ kind: 'ended' });
  });

  it('is told, and waited for', () => {
    const script = play('  state = foundation.power_state()\n  foundation.wait_for_poweroff()');
    script.run();
    expect(script.task()).toMatchObject({ function: 'power_state', parameters: { connection } });
    script.answer({ state: 'on' });
    for (const state of ['on', 'unknown "x"', 'off']) {
      expect(script.run()).toMatchObject({ kind: 'waiting' });
      expect(script.task()).toMatchObject({ function: 'power_state' });
      script.answer({ state });
      script.now += 60_000;
    }
    expect(script.run()).toEqual({ kind: 'ended' });
  });
});

describe('what else scripts do with a BMC', () => {
  const boot = { device: 'pxe', persistent: false, efi: true };
  const flags = { ...boot, in_force: true };
  it.each<[call: string, task: string, parameters: object, result: object, value: unknown]>([
    ['set_boot( device="pxe", efi=True )', 'set_boot', boot, flags, flags],
    ['boot_device()', 'boot_device', {}, flags, flags],
    ['event_log( count=2 )', 'event_log', { count: 2 }, { entries: [] }, []],
    [
      'set_bmc_user( user_id=3, name="ops", password="geheim" )',
      'set_user',
      { user_id: 3, name: 'ops', password: 'geheim', privilege: 'administrator', channel: 1 },
      { changed: true },
      true,
    ],
    ['set_bmc_lan( source="dhcp" )', 'set_lan', { source: 'dhcp', channel: 1 }, { changed: false }, false],
    [
      'set_bmc_lan( address="192.0.2.21", netmask="255.255.255.0", vlan=none )',
      'set_lan',
      { source: 'static', address: '192.0.2.21', netmask: '255.255.255.0', vlan: null, channel: 1 },
      { changed: true },
      true,
    ],
    [
      'serial_over_lan()',
      'serial_over_lan',
      { channel: 1 },
      { enabled: true, address: '192.0.2.20', port: 623, bit_rate: '115.2' },
      { enabled: true, address: '192.0.2.20', port: 623, bit_rate: '115.2' },
    ],
    [
      'apply_bmc( settings={ lan={ vlan=7 } } )',
      'apply_bmc',
      { settings: { lan: { vlan: 7 } } },
      { changed: ['lan vlan'] },
      ['lan vlan'],
    ],
  ])('%s', (call, task, parameters, result, value) => {
    const script = play(`  found = foundation.${call}`);
    expect(script.run()).toMatchObject({ kind: 'waiting' });
    expect(script.task()).toEqual({ module: 'ipmi', function: task, parameters: { connection, ...parameters } });
    expect(script.answer(result)).toBe('Accepted');
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(toJson(script.variables['found'] as Value)).toEqual(value);
  });

  it.each([
    ['set_boot( device="tape" )', 'paramater "device": must be one of "none", "pxe"'],
    ['set_bmc_user( user_id=0, name="x", password="y" )', 'paramater "user_id": must be an integer from 1 to 63'],
    ['set_bmc_lan( vlan=4095 )', 'paramater "vlan": must be an integer from 1 to 4094'],
    [
      'apply_bmc( settings={ lan={ vlan=0 } } )',
      'paramater "settings": settings.lan.vlan must be an integer from 1 to 4094, and is 0',
    ],
    [
      'apply_bmc( settings={ lan={ vlna=7 } } )',
      'paramater "settings": settings.lan.vlna is not known: there are channel, source, address, netmask, gateway, vlan',
    ],
    ['apply_bmc( settings={ wlan={} } )', 'paramater "settings": settings.wlan is not known: there are lan, users'],
    [
      'bmc_difference( settings={ users=[ { user_id=3, name="x", passwd="y" } ] } )',
      'paramater "settings": settings.users[0].passwd is not known: there are user_id, name, password, privilege, channel',
    ],
    ['apply_bmc( settings=5 )', 'paramater "settings": must be a map of lan, users, and is 5'],
    ['event_log( count=0 )', 'paramater "count": must be an integer from 1 to 500'],
  ])('%s is no call', (call, text) => {
    expect(play(`  foundation.${call}`).run()).toMatchObject({
      kind: 'aborted',
      message: expect.stringContaining(text),
    });
  });
});

describe('a machine with a BMC', () => {
  const own = { ipmi_username: 'admin', ipmi_password: 'pw', ipmi_ip_address: '192.0.2.20', ipmi_sol_port: 'ttyS0' };

  it('is reached by its own fields, or by an entry of the vault', () => {
    expect(type?.connection?.(own)).toEqual(connection);
    expect(type?.connection?.({ ...own, ipmi_username: '/v1/bmc', ipmi_password: '_VAULT_' })).toEqual({
      ip_address: '192.0.2.20',
      credentials: '/v1/bmc',
    });
  });

  it('says in configurations where its BMC and its console are', () => {
    expect(type?.attributes?.(own, {})).toEqual({ ipmi_ip_address: '192.0.2.20' });
    expect([type?.console?.(own), type?.console?.({})]).toEqual(['ttyS0', 'ttyS1']);
  });
});
