import { describe, expect, it } from '@jest/globals';
import { repeatOf } from '../servers.ts';
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

  it.each([0, 80, 100, 33.5])('gives the percentage that was answered, a float: %d', (result) => {
    const script = play('ping( target="web1" )');
    script.run();
    script.task();
    expect(script.answer({ result })).toBe('Accepted');
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.variables).toMatchObject({ value: { kind: 'float', number: result } });
  });

  it.each([
    ['ping()', 'target', 'required'],
    ['ping( target=none )', 'target', 'required'],
    ['ping( target="web1", count="many" )', 'count', 'must be an integer from 1 to 100, and is "many"'],
    ['ping( target="web1", count=1.5 )', 'count', 'must be an integer from 1 to 100, and is "1.5"'],
    ['ping( target="web1", count=0 )', 'count', 'must be an integer from 1 to 100, and is 0'],
    ['ping( target="web1", tries=3 )', 'tries', 'ping takes target, count'],
    ['wait_for_port( target="web1" )', 'port', 'required'],
    ['wait_for_port( port=80 )', 'target', 'required'],
    ['wait_for_port( target="web1", port=99999 )', 'port', 'must be an integer from 1 to 65535, and is 99999'],
    ['wait_for_port( target="web1", port="-1" )', 'port', 'must be an integer from 1 to 65535, and is -1'],
  ])('%s ends the script: %s %s', (call, parameter, text) => {
    const message = `Paramater Error paramater "${parameter}": ${text}`;
    expect(play(call).run()).toMatchObject({ kind: 'aborted', message, reason: 'parameter' });
  });

  it.each([
    [{}, 'result must be a number from 0 to 100, and is missing'],
    [{ result: 'all' }, 'result must be a number from 0 to 100, and is "all"'],
    [{ result: null }, 'result must be a number from 0 to 100, and is null'],
    [{ result: 101 }, 'result must be a number from 0 to 100, and is 101'],
  ])('takes no result but that of the contract: %j is a fault of the task', (result, fault) => {
    const script = play('ping( target="web1" )');
    script.run();
    script.task();
    expect(script.answer(result)).toBe(
      `iputils.ping: the agent's result of ping is not that of the contract: ${fault}`,
    );
    script.run();
    expect(script.variables).toEqual({});
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
      ['timeout', 0.5],
      ['no route to host', 1],
      ['closed', 1],
      ['closed', 1],
      ['closed', 1.5],
      ['closed', 2],
      ['closed', 3],
      ['closed', 4],
      ['closed', 5],
      ['closed', 7],
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

describe('SNMP', () => {
  const OID = '1.3.6.1.2.1.1.5.0';
  const v2 = `host="sw1", community="public", oid="${OID}"`;
  const connection = { host: 'sw1', protocol: 'SNMPv2c', creds: { community: 'public' } };

  it('reads a value as text', () => {
    const script = play(`snmp_get( ${v2} )`);
    expect(script.run()).toMatchObject({ kind: 'waiting', message: `Waiting for the SNMP value ${OID} of sw1` });
    expect(script.task()).toEqual({ module: 'iputils', function: 'snmp_get', parameters: { connection, oid: OID } });
    expect(script.answer({ value: 'a switch' })).toBe('Accepted');
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.variables).toEqual({ value: 'a switch' });
  });

  it.each([
    ['protocol="SNMPv1", community="c"', { protocol: 'SNMPv1', creds: { community: 'c' } }],
    ['protocol="SNMPv3", user="u"', { protocol: 'SNMPv3', creds: { user: 'u' } }],
    ['protocol="SNMPv3", user="u", auth_key="a"', { protocol: 'SNMPv3', creds: { user: 'u', auth_key: 'a' } }],
    [
      'protocol="SNMPv3", user="u", auth_key="a", priv_key="p", auth_protocol="MD5", priv_protocol="DES"',
      {
        protocol: 'SNMPv3',
        creds: { user: 'u', auth_key: 'a', priv_key: 'p', auth_protocol: 'MD5', priv_protocol: 'DES' },
      },
    ],
  ])('is asked by %s', (given, sent) => {
    const script = play(`snmp_get( host="sw1", oid="${OID}", ${given} )`);
    script.run();
    expect(script.task()?.parameters).toEqual({ connection: { host: 'sw1', ...sent }, oid: OID });
  });

  it('sets a value, again until it is set', () => {
    const script = play(`snmp_set( ${v2}, value=5 )`);
    script.run();
    const sent = { module: 'iputils', function: 'snmp_set', parameters: { connection, oid: OID, value: '5' } };
    expect(script.task()).toEqual(sent);
    expect(script.answer({ done: false })).toBe('Accepted');
    expect(script.run()).toMatchObject({ kind: 'waiting', message: `Setting the SNMP value ${OID} of sw1` });
    expect(script.task()).toEqual(sent);
    script.answer({ done: true });
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.variables).toEqual({ value: null });
  });

  it.each([
    ['snmp_get( host="sw1", community="c" )', 'oid', 'required'],
    ['snmp_get( host="sw1", oid="1" )', 'community', 'required'],
    ['snmp_get( host="sw1", oid="1", community=none )', 'community', 'required'],
    ['snmp_get( host="sw1", oid="1", protocol="SNMPv3" )', 'user', 'required'],
    ['snmp_get( host="sw1", oid="1", protocol="SNMPv3", user="u", priv_key="p" )', 'auth_key', 'required'],
    [
      'snmp_get( host="sw1", oid="1", protocol="v3", user="u" )',
      'protocol',
      'must be one of "SNMPv1", "SNMPv2c", "SNMPv3", and is "v3"',
    ],
    [`snmp_set( ${v2} )`, 'value', 'required'],
  ])('%s ends the script: %s %s', (call, parameter, text) => {
    const message = `Paramater Error paramater "${parameter}": ${text}`;
    expect(play(call).run()).toMatchObject({ kind: 'aborted', message, reason: 'parameter' });
  });
});

describe('what may be repeated', () => {
  it.each([
    ['iputils', 'ping', 'safe'],
    ['iputils', 'port_state', 'safe'],
    ['iputils', 'snmp_set', 'observe'],
    ['iputils', 'flood', 'ask'],
    ['iputils', 'toString', 'ask'],
    ['nothing', 'ping', 'ask'],
    ['toString', 'ping', 'ask'],
    ['manual', 'power_on', 'ask'],
  ])('%s.%s: %s', (module, name, repeat) => {
    expect(repeatOf(module, name)).toBe(repeat);
  });
});
