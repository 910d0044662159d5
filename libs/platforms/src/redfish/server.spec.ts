import { describe, expect, it } from '@jest/globals';
import { toJson, type Value } from '#tscript';
import { ScriptHarness } from '../../test/script-harness.suite.ts';
import { redfish } from './server.ts';

const [type] = redfish.foundationTypes;
const connection = { ip_address: '192.0.2.20', credentials: { username: 'admin', password: 'pw' } };
const play = (lines: string) => new ScriptHarness(redfish, lines, type, { connection });

describe('a machine with Redfish', () => {
  it.each([true, false])('is asked once whether its link is good: %p', (success) => {
    const script = play('  good = foundation.link_test()');
    script.run();
    expect(script.task()).toEqual({ module: 'redfish', function: 'link_test', parameters: { connection } });
    script.answer({ success });
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.variables).toEqual({ good: success });
  });

  it('is switched off softly at first', () => {
    const script = play('  foundation.power_off()');
    script.run();
    expect(script.task()).toMatchObject({ function: 'set_power', parameters: { connection, state: 'soft_off' } });
    script.answer({ state: 'off' });
    expect(script.run()).toEqual({ kind: 'ended' });
  });

  it.each<[call: string, task: string, parameters: object, result: object, value: unknown]>([
    [
      'set_boot( device="pxe", mode="uefi" )',
      'set_boot',
      { device: 'pxe', persistent: false, mode: 'uefi' },
      { device: 'pxe', persistent: false },
      { device: 'pxe', persistent: false },
    ],
    [
      'set_boot( device="disk", persistent=True )',
      'set_boot',
      { device: 'disk', persistent: true },
      { device: 'disk', persistent: true },
      { device: 'disk', persistent: true },
    ],
    [
      'insert_media( image="http://static/a.iso" )',
      'insert_media',
      { image: 'http://static/a.iso', medium: 'cd' },
      { changed: true },
      true,
    ],
    ['eject_media( medium="usb" )', 'eject_media', { medium: 'usb' }, { changed: false }, false],
    [
      'bios_difference( settings={ NumLock="Off", ProcCores=16 } )',
      'bios_difference',
      { settings: { NumLock: 'Off', ProcCores: 16 } },
      { differences: [{ name: 'NumLock', wanted: 'Off', found: 'On', pending: null }] },
      [{ name: 'NumLock', wanted: 'Off', found: 'On', pending: null }],
    ],
    [
      'apply_bios( settings={ NumLock="Off" } )',
      'apply_bios',
      { settings: { NumLock: 'Off' } },
      { changed: ['NumLock'] },
      ['NumLock'],
    ],
    [
      'apply_firmware( firmware={ BIOS=">=2.5" } )',
      'apply_firmware',
      { firmware: { BIOS: '>=2.5' } },
      { changed: [] },
      [],
    ],
    [
      'update_firmware( name="BIOS", version="2.5.0", image="http://static/b.bin" )',
      'update_firmware',
      { name: 'BIOS', version: '2.5.0', image: 'http://static/b.bin' },
      { changed: true },
      true,
    ],
    [
      'subscribe_events( destination="https://contractor/events" )',
      'subscribe_events',
      { destination: 'https://contractor/events', context: 'contractor' },
      { subscription: '/1', changed: true },
      true,
    ],
  ])('%s', (call, task, parameters, result, value) => {
    const script = play(`  found = foundation.${call}`);
    expect(script.run()).toMatchObject({ kind: 'waiting' });
    const sent = script.task();
    expect(sent).toMatchObject({ module: 'redfish', function: task });
    expect(JSON.parse(JSON.stringify(sent?.parameters))).toEqual({ connection, ...parameters });
    expect(script.answer(result)).toBe('Accepted');
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(toJson(script.variables['found'] as Value)).toEqual(value);
  });
});
