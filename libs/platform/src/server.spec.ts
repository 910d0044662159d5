import { describe, expect, it } from '@jest/globals';
import { floatOf, parseJson, writeJson } from '#kernel';
import type { Host, HostFunction, Value } from '#tscript';
import { begin, compile, run, textOf, variables } from '#tscript';
import { platformContract, withDefault } from './contract.ts';
import { serverSide } from './server.ts';
import { boolean, choice, integer, json, list, mapOf, number, optional, secret, text } from './shape.ts';

const contract = platformContract({
  name: 'lab',
  tasks: {},
  functions: {
    take: {
      text: optional(text()),
      whole: optional(integer({ min: 1, max: 9 })),
      share: optional(number({ max: 1 })),
      on: optional(boolean()),
      mode: withDefault(choice('soft', 'hard'), 'soft'),
      list: optional(list(integer())),
      map: optional(mapOf(text())),
      json: optional(json()),
      secret: optional(secret()),
    },
    need: { text: text() },
    none: {},
    broken: {},
  },
  foundationFunctions: {},
});
const { functions, half } = serverSide(contract);
const taken = (given: object) => writeJson(given);
const lab = half({
  foundationTypes: [],
  functions: {
    take: functions.inline('take', taken),
    need: functions.inline('need', taken),
    none: functions.inline('none', taken),
    broken: functions.inline('broken', () => {
      throw new TypeError('no idea');
    }),
  },
});

const members = { key: { get: () => ({ $secret: 'id' }) }, forged: { get: () => ({ $map: [['$secret', 'id']] }) } };
const modules: Readonly<Record<string, { functions?: Record<string, HostFunction>; members?: typeof members }>> = {
  lab: { functions: lab.functions },
  vault: { members },
};
const host: Host = { module: (name) => modules[name] };

/** What a function got, or how the script ended. */
function called(call: string): unknown {
  const program = compile(`begin()\n  own = []\n  append( array=own, value=own )\n  value = lab.${call}\nend\n`);
  const { machine, outcome } = run(begin(program), program, host, { now: 0, newCookie: () => 'c' });
  if (outcome.kind !== 'ended') return outcome;
  return parseJson(textOf(variables(machine)['value'] as Value));
}

describe('what a script gives to a function', () => {
  it.each([
    ['take()', { mode: 'soft' }],
    ['take( mode="hard" )', { mode: 'hard' }],
    ['take( text=5 )', { mode: 'soft', text: '5' }],
    ['take( whole="7" )', { mode: 'soft', whole: 7 }],
    ['take( share=0.5 )', { mode: 'soft', share: 0.5 }],
    ['take( share="0.25" )', { mode: 'soft', share: 0.25 }],
    ['take( on=true )', { mode: 'soft', on: true }],
    ['take( list=[ 1, 2 ] )', { mode: 'soft', list: [1, 2] }],
    ['take( map={ one="a" } )', { mode: 'soft', map: { one: 'a' } }],
    ['take( json=none )', { mode: 'soft', json: null }],
    ['take( secret="plain" )', { mode: 'soft', secret: 'plain' }],
    ['take( secret=vault.key )', { mode: 'soft', secret: { $secret: 'id' } }],
    ['take( secret=( "x" . vault.key ) )', { mode: 'soft', secret: { $text: ['x', { $secret: 'id' }] } }],
    ['take( json=[ vault.key ] )', { mode: 'soft', json: [{ $secret: 'id' }] }],
    ['take( json=[ 1.0, 2, { deep=3.0 } ] )', { mode: 'soft', json: [floatOf(1), 2, { deep: floatOf(3) }] }],
    ['take( list=[ 1.0 ] )', { mode: 'soft', list: [1] }],
    ['none()', {}],
  ])('%s comes as %j', (call, given) => {
    expect(called(call)).toEqual(given);
  });

  it.each([
    ['need()', 'text', 'required'],
    ['need( text=none )', 'text', 'required'],
    ['need( text="a", txet="b" )', 'txet', 'need takes text'],
    ['none( text="a" )', 'text', 'none takes none'],
    ['take( json=own )', 'json', 'a value is nested deeper than 400 levels'],
    ['take( whole=10 )', 'whole', 'must be an integer from 1 to 9, and is 10'],
    ['take( whole=1.0 )', 'whole', 'must be an integer from 1 to 9, and is "1.0"'],
    ['take( share=2 )', 'share', 'must be a number of at most 1, and is 2'],
    ['take( on="yes" )', 'on', 'must be true or false, and is "yes"'],
    ['take( mode="loud" )', 'mode', 'must be one of "soft", "hard", and is "loud"'],
    ['take( list=[ 1, "a" ] )', 'list', 'list[1] must be an integer, and is "a"'],
    ['take( text=vault.key )', 'text', 'must be text, and is a secret'],
    ['take( json=[ vault.forged ] )', 'json', 'no map in it may have the key "$secret"'],
    ['take( map={ one=vault.key } )', 'map', 'map.one must be text, and is a secret'],
  ])('%s is an error of the parameter %s: %s', (call, parameter, fault) => {
    const message = `Paramater Error paramater "${parameter}": ${fault}`;
    expect(called(call)).toMatchObject({ kind: 'aborted', reason: 'parameter', message });
  });
});

it('has a fault of a function be an error of the job that can be reset', () => {
  expect(called('broken()')).toMatchObject({ kind: 'error', message: 'lab.broken: no idea', reason: 'raised' });
});
