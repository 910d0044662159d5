import { describe, expect, it } from '@jest/globals';
import { ScriptHarness } from '../../test/script-harness.suite.ts';
import { amt } from './server.ts';

const [type] = amt.foundationTypes;
const connection = { ip_address: '192.0.2.20', credentials: { username: 'admin', password: 'pw' } };

describe('a machine with AMT', () => {
  it.each<[call: string, task: string, parameters: object, result: object]>([
    ['power_on()', 'set_power', { state: 'on' }, { state: 'on' }],
    ['power_off()', 'set_power', { state: 'soft_off' }, { state: 'off' }],
    ['power_state()', 'power_state', {}, { state: 'standby' }],
    ['wait_for_poweroff()', 'power_state', {}, { state: 'off' }],
    ['set_boot( device="pxe" )', 'set_boot', { device: 'pxe' }, { device: 'pxe' }],
  ])('%s', (call, task, parameters, result) => {
    const script = new ScriptHarness(amt, `  foundation.${call}`, type, { connection });
    expect(script.run()).toMatchObject({ kind: 'waiting' });
    expect(script.task()).toEqual({ module: 'amt', function: task, parameters: { connection, ...parameters } });
    expect(script.answer(result)).toBe('Accepted');
    expect(script.run()).toEqual({ kind: 'ended' });
  });

  it('has a user name unless it is said', () => {
    expect(type?.fields['amt_username']).toMatchObject({ required: false, default: 'admin' });
    expect(type?.connection?.({ amt_ip_address: '192.0.2.20', amt_username: null, amt_password: 'pw' })).toEqual(
      connection,
    );
  });
});
