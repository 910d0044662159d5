import { describe, expect, it } from '@jest/globals';
import { repeatable } from '../servers.ts';
import { ScriptHarness } from '../../test/script-harness.suite.ts';
import { iputils } from './server.ts';

const play = (call: string) => new ScriptHarness(iputils, `  value = iputils.${call}`);
const SECOND = 1000;

describe('ping', () => {
  it.each([
    ['ping( target="web1" )', { target: 'web1', count: 5 }],
    ['ping( target="web1", count=2 )', { target: 'web1', count: 2 }],
    ['ping( target="10.0.0.1", count="3" )', { target: '10.0.0.1', count: 3 }],
  ])('%s sends %j', (call, parameters) => {
    const script = play(call);
    expect(script.run()).toMatchObject({ kind: 'waiting', message: `Waiting for the ping of ${parameters.target}` });
    expect(script.task()).toEqual({ module: 'iputils', function: 'ping', parameters });
    // It is out: nothing more is to be sent.
    expect(script.task()).toBeUndefined();
  });

  it.each([0, 80, 100])('gives the percentage that was answered: %d', (result) => {
    const script = play('ping( target="web1" )');
    script.run();
    script.task();
    expect(script.answer({ result })).toBe('Accepted');
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.variables).toEqual({ value: result });
  });

  it.each([
    ['ping()', 'Paramater Error paramater "target": required'],
    ['ping( target=none )', 'Paramater Error paramater "target": required'],
    ['ping( target="web1", count="many" )', 'Paramater Error paramater "count": must be an integer'],
    ['ping( target="web1", count=1.5 )', 'Paramater Error paramater "count": must be an integer'],
    ['wait_for_port( target="web1" )', 'Paramater Error paramater "port": required'],
    ['wait_for_port( port=80 )', 'Paramater Error paramater "target": required'],
  ])('%s ends the script: %s', (call, message) => {
    expect(play(call).run()).toMatchObject({ kind: 'aborted', message, reason: 'parameter' });
  });
});

describe('waiting for a port', () => {
  const waiting = (state: string) => `Waiting for port 80 of web1, currently "${state}"`;
  const script = () => play('wait_for_port( target="web1", port=80 )');

  it('asks at once', () => {
    const one = script();
    expect(one.run()).toMatchObject({ kind: 'waiting', message: waiting('unknown') });
    expect(one.task()).toEqual({
      module: 'iputils',
      function: 'port_state',
      parameters: { target: 'web1', port: 80 },
    });
  });

  it('is over when the port is open', () => {
    const one = script();
    one.run();
    one.task();
    one.answer({ state: 'open' });
    expect(one.run()).toEqual({ kind: 'ended' });
    expect(one.variables).toEqual({ value: null });
  });

  it('asks again and again with growing pauses, and says what it has seen', () => {
    const one = script();
    one.run();
    for (const [state, pause] of [
      ['closed', 0.5],
      ['timeout', 1],
      ['no route to host', 2],
      ['closed', 5],
      ['closed', 10],
      ['closed', 10],
    ] as const) {
      expect(one.task()).toBeDefined();
      expect(one.answer({ state })).toBe('Accepted');
      const wakeAt = one.now + pause * SECOND;
      expect(one.run()).toEqual({ kind: 'waiting', message: waiting(state), wakeAt });
      one.now = wakeAt - 1;
      expect(one.task()).toBeUndefined();
      one.now = wakeAt;
      one.run();
    }
  });
});

describe('what may be repeated', () => {
  it.each([
    ['iputils', 'ping', true],
    ['iputils', 'port_state', true],
    ['iputils', 'flood', false],
    ['nothing', 'ping', false],
    ['manual', 'power_on', false],
  ])('%s.%s: %p', (module, name, may) => {
    expect(repeatable(module, name)).toBe(may);
  });
});
