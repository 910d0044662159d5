import { describe, expect, it } from '@jest/globals';
import { repeatOf } from '../servers.ts';
import { ScriptHarness } from '../../test/script-harness.suite.ts';
import { ssh } from './server.ts';

const play = (call: string, values: Readonly<Record<string, unknown>> = {}) =>
  new ScriptHarness(ssh, `  value = ssh.${call}`, undefined, values);
const usual = { host: 'web1', username: null, password: null, timeout: 300 };

describe('a command', () => {
  it.each([
    ['execute( host="web1", command="true" )', { ...usual, command: 'true' }],
    [
      'execute( host="web1", command="true", username="root", password="p" )',
      { ...usual, command: 'true', username: 'root', password: 'p' },
    ],
    ['execute( host="web1", command=5, timeout="7", port=2222 )', { ...usual, command: '5', timeout: 7, port: 2222 }],
    [
      'execute( host="web1", command="true", username=none, private_key="k" )',
      { ...usual, command: 'true', private_key: 'k' },
    ],
  ])('%s sends %j', (call, parameters) => {
    const script = play(call);
    expect(script.run()).toMatchObject({ kind: 'waiting', message: `Waiting for "${parameters.command}" on web1` });
    expect(script.task()).toEqual({ module: 'ssh', function: 'execute', parameters });
    expect(script.answer({ rc: 0 })).toBe('Accepted');
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.variables).toEqual({ value: true });
  });

  it('that ends with another exit code is an error of the job, and a reset runs it again', () => {
    const script = play('execute( host="web1", command="check", expected_rc=3 )');
    script.run();
    expect(script.task()).toBeDefined();
    expect(script.answer({ rc: 1 })).toBe('Accepted');
    const message = '"check" on web1 ended with exit code 1, and not with 3';
    expect(script.run()).toMatchObject({ kind: 'error', message, line: 2 });
    expect(script.variables).toEqual({});
    expect(script.run()).toMatchObject({ kind: 'waiting' });
    expect(script.task()).toMatchObject({ function: 'execute', parameters: { command: 'check' } });
    script.answer({ rc: 3 });
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.variables).toEqual({ value: true });
  });

  it('keeps secrets references, and a command with one in it out of messages', () => {
    const call = 'execute( host="web1", command=foundation.command, password=foundation.password )';
    const values = { command: { $text: ['login ', { $secret: 'a' }] }, password: { $secret: 'b' } };
    const script = play(call, values);
    expect(script.run()).toMatchObject({ message: 'Waiting for a command on web1' });
    expect(script.task()?.parameters).toMatchObject(values);
  });

  it('is shown in part where it is long', () => {
    const script = play(`execute( host="web1", command="${'x'.repeat(51)}" )`);
    expect(script.run()).toMatchObject({ message: `Waiting for "${'x'.repeat(50)}…" on web1` });
  });

  it.each([
    ['execute( host="web1" )', 'command', 'required'],
    ['execute( command="true" )', 'host', 'required'],
    ['execute( host=none, command="true" )', 'host', 'required'],
    ['execute( host="web1", command="true", timeout=none )', 'timeout', 'required'],
    [
      'execute( host="web1", command="true", timeout="soon" )',
      'timeout',
      'must be an integer from 1 to 82800, and is "soon"',
    ],
    [
      'execute( host="web1", command="true", expected_rc="no" )',
      'expected_rc',
      'must be an integer of at least 0, and is "no"',
    ],
    ['file( host="web1", username="u", password="p", source="http://a/f" )', 'destination', 'required'],
    ['file( host="web1", password="p", source="http://a/f", destination="/f" )', 'username', 'required'],
  ])('%s ends the script: %s %s', (call, parameter, text) => {
    const message = `Paramater Error paramater "${parameter}": ${text}`;
    expect(play(call).run()).toMatchObject({ kind: 'aborted', message, reason: 'parameter' });
  });
});

describe('a file', () => {
  it.each([
    ['password="p"', 'p'],
    ['password=none', null],
  ])('is put onto a host: %s', (given, password) => {
    const script = play(`file( host="web1", username="u", ${given}, source="http://a/f", destination="/root/f" )`);
    expect(script.run()).toMatchObject({ message: 'Waiting for the file /root/f on web1' });
    expect(script.task()).toEqual({
      module: 'ssh',
      function: 'file',
      parameters: { host: 'web1', username: 'u', password, source: 'http://a/f', destination: '/root/f' },
    });
    script.answer({ rc: true });
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.variables).toEqual({ value: true });
  });
});

it('is repeated where that does no harm', () => {
  expect([repeatOf('ssh', 'execute'), repeatOf('ssh', 'file')]).toEqual(['ask', 'safe']);
});
