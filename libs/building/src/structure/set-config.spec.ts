import { describe, expect, it } from '@jest/globals';
import type { Pairs } from '#config';
import { secretNames } from '#config';
import type { Json } from '#kernel';
import { IntegralFloat, secretReference, writeJson } from '#kernel';
import type { CallContext } from '#tscript';
import { fromJson } from '#tscript';
import { setConfig, withConfigValue } from './set-config.ts';

const isSecret = secretNames(['pin']);

const VALUES: Pairs = [
  ['port', 80],
  ['>dns', ['a', 'b']],
  ['net', { vlans: [10, 20], mtu: new IntegralFloat(9000) as unknown as Json }],
  ['db_password', secretReference('x')],
  ['door', { pin: secretReference('y') }],
];

describe('a configuration value is set', () => {
  it.each<[string, Json, string]>([
    ['port', 81, '[["port",81],[">dns",["a","b"]],["net",{"vlans":[10,20],"mtu":9000.0}]'],
    ['>dns.1', 'c', '[["port",80],[">dns",["a","c"]],["net",{"vlans":[10,20],"mtu":9000.0}]'],
    ['net.vlans.0', 11, '[["port",80],[">dns",["a","b"]],["net",{"vlans":[11,20],"mtu":9000.0}]'],
    ['net.vlans', [], '[["port",80],[">dns",["a","b"]],["net",{"vlans":[],"mtu":9000.0}]'],
  ])('at %s to %j', (path, value, text) => {
    const before = writeJson(VALUES);
    expect(writeJson(withConfigValue(VALUES, path, value, isSecret)).startsWith(text)).toBe(true);
    expect(writeJson(VALUES)).toBe(before);
  });

  it.each([
    ['none', 'Paramater Error paramater "name": "none" not found'],
    ['dns', 'Paramater Error paramater "name": "dns" not found'],
    ['a b', 'Paramater Error paramater "name": invalid'],
    ['', 'Paramater Error paramater "name": invalid'],
    ['net.none', 'Paramater Error paramater "name": "none" not found'],
    ['net.vlans.2', 'Paramater Error paramater "name": "2" not found'],
    ['net.vlans.x', 'Paramater Error paramater "name": "x" not found'],
    ['port.x', 'Paramater Error paramater "name": "x" at non indexable level'],
    ['net.mtu.value', 'Paramater Error paramater "name": "value" at non indexable level'],
    ['db_password', 'Paramater Error paramater "name": "db_password" is that of a secret, which scripts do not set'],
    ['door.pin', 'Paramater Error paramater "name": "pin" is that of a secret, which scripts do not set'],
  ])('but not at %s', (path, text) => expect(() => withConfigValue(VALUES, path, 1, isSecret)).toThrow(text));
});

describe('a script', () => {
  let values = VALUES;
  const effects: unknown[] = [];
  const context: CallContext = { now: 0, line: 1, place: 1, effect: (one) => void effects.push(one), read: () => null };
  const { call } = setConfig(
    () => values,
    (changed) => void (values = changed),
    isSecret,
  );
  const given = (of: Readonly<Record<string, Json>>) =>
    Object.fromEntries(Object.entries(of).map(([name, value]) => [name, fromJson(value)]));

  it('sees what it has set, and tells of all of it', () => {
    call(given({ name: 'port', value: 81 }), context);
    call(given({ name: 'net.mtu', value: 1.5 }), context);
    expect(values.slice(0, 3)).toEqual([['port', 81], VALUES[1], ['net', { vlans: [10, 20], mtu: 1.5 }]]);
    expect(effects.at(-1)).toEqual({ configValues: values });
  });

  it.each<[Readonly<Record<string, Json>>, string]>([
    [{ value: 1 }, '"name": required'],
    [{ name: 'port' }, '"value": required'],
    [{ name: 1, value: 1 }, '"name": invalid'],
    [{ name: 'port', value: secretReference('x') }, '"value": holds a secret'],
    [{ name: 'port', value: '{{ open' }, '"value":'],
    [{ name: 'net', value: { keys: [{ PIN: 1 }] } }, '"value": "PIN" is that of a secret'],
  ])('is refused %j', (parameters, text) => expect(() => call(given(parameters), context)).toThrow(text));
});
