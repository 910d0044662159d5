import { describe, expect, it } from '@jest/globals';
import { compile } from './compile.ts';
import { type ExternalFunction, type Host, type HostModule, emptyHost } from './host.ts';
import { cloneJson, toJson, toTaggedJson } from './json.ts';
import { type Machine, begin, line, variables } from './machine.ts';
import type { Outcome } from './outcome.ts';
import { type Pass, run } from './run.ts';
import { type PassOptions } from './running.ts';
import { ExecutionError, Interrupt, NotDefined, ParameterError, Pause, Unrecoverable } from './signals.ts';
import { textOf } from './text.ts';
import { opaque, secret } from './values.ts';

const options: PassOptions = { now: 0, newCookie: () => 'cookie' };

function hostOf(modules: Readonly<Record<string, HostModule>>): Host {
  return { module: (name) => modules[name] };
}

/** Runs a source once, from its stored beginning to its stored end. */
function pass(source: string, host: Host = emptyHost, given: Record<string, unknown> = {}, more = {}): Pass {
  const program = compile(source);
  const machine = JSON.parse(JSON.stringify(begin(program, given))) as Machine;
  return run(machine, program, host, { ...options, ...more });
}

function held(machine: Machine): Record<string, unknown> {
  return Object.fromEntries(Object.entries(variables(machine)).map(([name, value]) => [name, toTaggedJson(value)]));
}

function left(source: string, host?: Host, given?: Record<string, unknown>): Record<string, unknown> {
  const { machine, outcome } = pass(source, host, given);
  expect(outcome).toEqual({ kind: 'ended' });
  return held(machine);
}

describe('a pass', () => {
  it('leaves the machine it was given as it was', () => {
    const program = compile('append( array=list, value=1 )\ndelay( seconds=5 )');
    const machine = begin(program, { list: [] });
    const before = JSON.stringify(machine);
    const [first, second] = [run(machine, program, emptyHost, options), run(machine, program, emptyHost, options)];
    expect(JSON.stringify(machine)).toBe(before);
    expect(first).toEqual(second);
    expect(first.outcome).toEqual({ kind: 'waiting', message: 'Waiting for 5 more seconds', wakeAt: 5000 });
    const frozen = JSON.stringify(first.machine);
    run(first.machine, program, emptyHost, { ...options, now: 6000 });
    expect(JSON.stringify(first.machine)).toBe(frozen);
  });

  it.each([
    ['aa = ( 1 / 0 )', 'division by zero at line 2'],
    ['aa = ( 1 % 0 )', 'division by zero at line 2'],
    ['aa = ( 9007199254740992 + 1 )', 'an integer is beyond 2^53 at line 2'],
    ['aa = ( 3 ^ 60 )', 'an integer is beyond 2^53 at line 2'],
    ['aa = ( 0 ^ -1 )', 'zero cannot be raised to a negative power at line 2'],
    ['aa = ( -2 ^ 0.5 )', 'a negative number cannot be raised to a fraction at line 2'],
    ['aa = ( 10.0 ^ 400 )', 'a power is too large for a float at line 2'],
    ['aa = ( 1.5 & 1 )', 'floats have no bits at line 2'],
    ['aa = ( "x" < 1 )', 'text and integer have no order at line 2'],
    ['delay( hours=999999999999 )', 'a delay does not end in any year there is at line 2'],
    ['aa = list[ "x" ]', 'text cannot be an index at line 2'],
    ['aa = number[ 0 ]', 'integer has no items at line 2'],
    ['list[ 7 ] = 1', '"list" has no index 7 at line 2'],
    ['map[ [ 1 ] ] = 1', 'array cannot be a key at line 2'],
    ['ghost[ 0 ] = 1', 'the variable "ghost" does not exist at line 2'],
    ['text[ 0 ] = "x"', 'an item of text cannot be assigned to at line 2'],
    ['pop( array=map, index="two" )', `there is no key 'two' in the map"(RangeError)`],
    ['pop( array=map, index=2.0 )', 'there is no key 2.0 in the map"(RangeError)'],
    ['pop( array=list, index=-3 )', '"index" -3 is out of range: the array has 2 elements"(RangeError)'],
    ['index( array=list, value={ one=1 } )', `the value {'one': 1} is not in it"(RangeError)`],
    ['index( array=text, value="zz" )', `the value 'zz' is not in it"(RangeError)`],
    ['index( array=list, value=lab.key )', 'the value ******** is not in it"(RangeError)'],
  ])('that the language ends says where and on what: %s', (source, message) => {
    const given = { list: [1, 2], map: { one: 1 }, number: 5, text: 'abc' };
    const host = hostOf({ lab: { members: { key: { get: () => ({ $secret: 'id' }) } } } });
    const { outcome } = pass(`remark = 1\n${source}`, host, given);
    expect(outcome).toMatchObject({ kind: 'aborted', line: 2, message: expect.stringContaining(message) });
    expect('message' in outcome && outcome.message).toMatch(/\bline "?2"?/);
  });

  it('leaves the words of a script and of its host as they are', () => {
    const call = () => {
      throw new Unrecoverable('the host says no');
    };
    const host = hostOf({ lab: { functions: { no: { kind: 'inline', call } } } });
    expect(pass('lab.no()', host).outcome).toMatchObject({ message: 'the host says no' });
    expect(pass('fatal_error( msg="over" )').outcome).toMatchObject({ message: 'over' });
  });

  it('ends every way there is', () => {
    const outcomes: readonly (readonly [string, Partial<Outcome>])[] = [
      ['one = 1', { kind: 'ended' }],
      ["pause( msg='look' )", { kind: 'paused', message: 'look', line: 1 }],
      ["error( msg='look' )", { kind: 'error', message: 'look', reason: 'raised' }],
      ["fatal_error( msg='over' )", { kind: 'aborted', message: 'over', reason: 'unrecoverable' }],
      ["message( msg='so far' )", { kind: 'waiting', message: 'so far', wakeAt: 0 }],
      ['one = two', { kind: 'aborted', message: 'Not Defined "two" line 1', reason: 'not-defined' }],
      ["one = ( 1 + 'x' )", { kind: 'aborted', reason: 'parameter' }],
      ['while True do pass', { kind: 'error', message: 'step limit reached at line 1', reason: 'limit' }],
    ];
    for (const [source, outcome] of outcomes) {
      expect(pass(source, emptyHost, {}, { total: 1000 }).outcome).toMatchObject(outcome);
    }
  });

  it('yields when its share is used up, and goes on', () => {
    const program = compile('num = 0\nwhile ( num < 100 ) do num = ( num + 1 )');
    let machine = begin(program);
    let passes = 0;
    for (let outcome: Outcome['kind'] = 'yielded'; outcome === 'yielded'; passes += 1) {
      ({
        machine,
        outcome: { kind: outcome },
      } = run(machine, program, emptyHost, { ...options, budget: 100 }));
    }
    expect(held(machine)).toEqual({ num: 100 });
    expect(passes).toBeGreaterThan(5);
  });

  it('counts what runs without stopping over all its shares, and again after a stop', () => {
    const program = compile('while True do pass');
    let machine = begin(program);
    const kinds: string[] = [];
    for (let share = 0; share < 9; share += 1) {
      const { outcome, machine: next } = run(machine, program, emptyHost, { ...options, budget: 300, total: 1000 });
      kinds.push(outcome.kind);
      machine = next;
    }
    expect(kinds).toEqual([
      'yielded',
      'yielded',
      'yielded',
      'error',
      'yielded',
      'yielded',
      'yielded',
      'error',
      'yielded',
    ]);
  });

  it('is refused with another program', () => {
    expect(() => run(begin(compile('one = 1')), compile('one = 2'), emptyHost, options)).toThrow('runs program');
  });

  it('of an ended script changes nothing', () => {
    const program = compile('one = 1');
    const { machine } = run(begin(program), program, emptyHost, options);
    expect(run(machine, program, emptyHost, options)).toEqual({ machine, outcome: { kind: 'ended' }, effects: [] });
    expect(line(machine)).toBeNull();
  });

  it('ends a script that becomes too large, before it cannot be stored', () => {
    const bomb = "text = 'x'\nlist = []\nwhile ( len( array=text ) < 200000 ) do text = ( text . text )\n";
    const { machine, outcome } = pass(`${bomb}while True do append( array=list, value=text )`);
    expect(outcome).toMatchObject({
      kind: 'aborted',
      message: 'the script holds more than 8388608 characters at line 4',
    });
    expect(JSON.stringify(machine).length).toBeLessThan(1000);
  });

  it.each([
    'text = "x"\nwhile True do text = ( text . text )',
    'while True do append( array=list, value=1 )',
    'list = [ 1 ]\nwhile True do list = [ list ]',
    'list = [ 1 ]\nwhile True do\nbegin()\n  list = [ list, list ]\n  same = ( list == list )\n  text = ( list . "" )\nend',
    'list = []\nappend( array=list, value=list )\nother = []\nappend( array=other, value=other )\nsame = ( list == other )',
  ])('ends what grows without end: %j', (source) => {
    const { outcome } = pass(
      source,
      emptyHost,
      { list: Array.from({ length: 99_000 }, () => 1) },
      { budget: 10_000_000, total: 10_000_000 },
    );
    expect(outcome.kind).toBe('aborted');
  });

  it('does 10,000 rounds of a loop in little time', () => {
    expect(left('num = 0\nwhile ( num < 10000 ) do num = ( num + 1 )')).toEqual({ num: 10_000 });
  });
});

describe('words', () => {
  it.each([
    [
      'break',
      'num = 0\nwhile True do\nbegin()\n  begin()\n    num = ( num + 1 )\n    if ( num == 3 ) then break\n  end\nend',
      3,
    ],
    [
      'continue',
      'num = 0\nsum = 0\nwhile ( num < 5 ) do\nbegin()\n  num = ( num + 1 )\n  if ( num == 3 ) then continue\n  sum = ( sum + num )\nend\nnum = sum',
      12,
    ],
    ['pass', 'num = 1\nif True then pass\npass', 1],
    ['inner loops', 'num = 0\nwhile ( num < 3 ) do\nbegin()\n  while True do break\n  num = ( num + 1 )\nend', 3],
  ])('%s', (_word, source, num) => {
    expect(left(source)['num']).toBe(num);
  });

  it('leave the blocks they jump out of', () => {
    const source =
      "while True do\nbegin( max_time=0:01 )\n  begin( description='x' )\n    break\n  end\nend\npause( msg='x' )";
    expect(pass(source).machine.blocks).toHaveLength(1);
  });
});

describe('evaluation', () => {
  it.each([
    [
      'list = [ 1, 2 ]\nval = { first=pop( array=list ), second=pop( array=list ) }',
      { list: [], val: { first: 2, second: 1 } },
    ],
    ['val = ( False and missing )', { val: false }],
    ["val = ( 'x' or missing )", { val: 'x' }],
    ['val = ( 0 or [] )', { val: [] }],
    ['val = ( 1 and 2 )', { val: 2 }],
    [
      'outer = []\ninner = [ 1 ]\nappend( array=outer, value=inner )\nappend( array=inner, value=2 )',
      { outer: [[1, 2]], inner: [1, 2] },
    ],
    ['base = [ 1 ]\ncopy = base\nappend( array=copy, value=2 )', { base: [1], copy: [1, 2] }],
    ['mapp = {}\nmapp[ 1.0 ] = 1\nmapp[ True ] = 2', { mapp: { $map: [[{ $float: 1 }, 2]] } }],
    [
      "val = 'a☃😀b'\nval = [ len( array=val ), val[ 2 ], val[ -1 ], slice( array=val, start=1, end=3 ), index( array=val, value='b' ) ]",
      { val: [4, '😀', 'b', '☃😀', 3] },
    ],
    [
      'val = [ exists( lab.no ), exists( no ), exists( no[ 1 ] ), exists( val[ no ] ) ]\nval = exists( val[ 3 ] )',
      { val: true },
    ],
    ['constructor = 1\nval = exists( toString )', { constructor: 1, val: false }],
  ])('%j', (source, expected) => {
    expect(left(source)).toEqual(expected);
  });

  it('keeps what is shared when it is stored between any two instructions', () => {
    const program = compile(
      'val = [ append( array=list, value=1 ), list, append( array=list, value=2 ), len( array=list ) ]',
    );
    let { machine, outcome } = { machine: begin(program, { list: [] }), outcome: { kind: 'yielded' } as Outcome };
    while (outcome.kind === 'yielded') {
      const stored = JSON.parse(JSON.stringify(machine)) as Machine;
      ({ machine, outcome } = run(stored, program, emptyHost, { ...options, budget: 1 }));
    }
    expect(held(machine)).toEqual({ list: [1, 2], val: [null, [1, 2], null, 2] });
  });
});

describe('functions of the host', () => {
  const lab: HostModule = {
    members: { cell: { get: () => 5, set: (value, effects) => void effects.push({ cell: toJson(value) }) } },
    functions: {
      tell: {
        kind: 'inline',
        call: ({ what = null }, { effect, line: at }) => effect({ what: toJson(what), at }),
      },
      read: { kind: 'inline', call: (_none, { read }) => read('lab', 'cell') },
      opaque: { kind: 'inline', call: () => opaque('Interface', { id: 3 }) },
      thrown: {
        kind: 'inline',
        call: ({ kind = null }) => {
          throw signals[textOf(kind)]?.() ?? new RangeError('odd');
        },
      },
    },
  };
  const signals: Readonly<Record<string, () => Error>> = {
    pause: () => new Pause('p'),
    error: () => new ExecutionError('e'),
    fatal: () => new Unrecoverable('f'),
    parameter: () => new ParameterError('kind', 'is odd'),
    missing: () => new NotDefined('kind'),
    interrupt: () => new Interrupt('i', 7),
  };
  const host = hostOf({ lab });

  it('report effects as data, in order', () => {
    const { effects } = pass("lab.tell( what=[ 1 ] )\nlab.cell = 'x'\n\nlab.tell( what=lab.read() )", host);
    expect(effects).toEqual([{ what: [1], at: 1 }, { cell: 'x' }, { what: 5, at: 4 }]);
  });

  it('may give things that are only handed on', () => {
    const { machine } = pass("face = lab.opaque()\nsame = ( face == lab.opaque() )\ntext = ( face . '' )", host);
    expect(held(machine)).toEqual({
      face: { $opaque: { type: 'Interface', handle: { id: 3 } } },
      same: true,
      text: '<Interface>',
    });
  });

  it.each([
    ['pause', { kind: 'paused', message: 'p' }],
    ['error', { kind: 'error', message: 'e' }],
    ['fatal', { kind: 'aborted', message: 'f' }],
    ['parameter', { kind: 'aborted', message: 'Paramater Error paramater "kind": is odd', reason: 'parameter' }],
    ['missing', { kind: 'aborted', reason: 'not-defined' }],
    ['interrupt', { kind: 'waiting', message: 'i', wakeAt: 7 }],
    ['other', { kind: 'aborted', message: 'Handler "thrown" in module "lab" error on line "1": "odd"(RangeError)' }],
  ])('may throw a signal: %s', (kind, outcome) => {
    expect(pass(`lab.thrown( kind='${kind}' )`, host).outcome).toMatchObject(outcome);
  });

  it('of the language go by one name where they fail', () => {
    expect(pass('\nlen( array=1 )').outcome).toMatchObject({
      kind: 'aborted',
      message:
        'Handler "function" in module "<builtin>" error on line "2": ""array" must be an array, a map or a text, not integer"(TypeError)',
    });
  });

  it('that no longer exist end the script that waits for them', () => {
    const slow: ExternalFunction<null> = { kind: 'external', setup: () => null, done: () => false, value: () => null };
    const program = compile('lab.slow()');
    const { machine } = run(begin(program), program, hostOf({ lab: { functions: { slow } } }), options);
    expect(run(machine, program, emptyHost, options).outcome).toMatchObject({
      kind: 'aborted',
      message: 'the function "slow" that line 1 waits for no longer exists',
    });
  });

  it('may keep a state although they throw', () => {
    const flaky: ExternalFunction<{ tries: number }> = {
      kind: 'external',
      setup: () => ({ tries: 0 }),
      done: ({ tries }) => tries > 1,
      run: ({ tries }) => {
        throw new Pause(`try ${tries}`).keeping({ tries: tries + 1 });
      },
      value: ({ tries }) => tries,
    };
    const program = compile('val = lab.flaky()');
    const messages: unknown[] = [];
    let machine = begin(program);
    for (let round = 0; round < 3; round += 1) {
      const next = run(machine, program, hostOf({ lab: { functions: { flaky } } }), options);
      ({ machine } = next);
      messages.push('message' in next.outcome ? next.outcome.message : next.outcome.kind);
    }
    expect(messages).toEqual(['try 0', 'try 1', 'ended']);
    expect(held(machine)).toEqual({ val: 2 });
  });

  it('that change the state they are given do not change the machine', () => {
    const rude: ExternalFunction<{ seen: number }> = {
      kind: 'external',
      setup: () => ({ seen: 0 }),
      done: () => false,
      run: (state) => Object.assign(state, { seen: state.seen + 1 }),
      value: () => null,
    };
    const program = compile('lab.rude()');
    const rudeHost = hostOf({ lab: { functions: { rude } } });
    const { machine } = run(begin(program), program, rudeHost, options);
    const before = cloneJson(machine);
    run(machine, program, rudeHost, options);
    expect(machine).toEqual(before);
  });
});

describe('secrets', () => {
  const given = { password: secret('vault/db'), name: 'root' };

  it('stay secrets through variables, texts, arrays and storing', () => {
    const { machine } = pass(
      "copy = password\nurl = ( ( name . ':' ) . ( copy . '@host' ) )\nlist = [ copy ]\ntext = ( list . '' )",
      emptyHost,
      given,
    );
    const stored = JSON.parse(JSON.stringify(machine)) as Machine;
    const { copy = null, url = null, list = null, text = null } = variables(stored);
    expect([copy, url, list, text].map((value) => toJson(value))).toEqual([
      { $secret: 'vault/db' },
      { $text: ['root:', { $secret: 'vault/db' }, '@host'] },
      [{ $secret: 'vault/db' }],
      { $text: ["['", { $secret: 'vault/db' }, "']"] },
    ]);
  });

  it.each([
    ["pause( msg=( 'it is ' . password ) )", 'it is ********'],
    ['pause( msg=[ password ] )', "['********']"],
    ['fatal_error( msg=password )', '********'],
  ])('are masked in messages: %s', (source, message) => {
    expect(pass(source, emptyHost, given).outcome).toMatchObject({ message });
  });

  it.each([
    'len( array=password )',
    'val = password[ 0 ]',
    'slice( array=password, start=0, end=1 )',
    'val = ( password < name )',
    'val = ( password + 1 )',
    'list = {}\nlist[ password ] = 1',
    "index( array=password, value='x' )",
    'delay( seconds=password )',
  ])('cannot be looked into: %s', (source) => {
    expect(pass(source, emptyHost, given).outcome.kind).toBe('aborted');
  });
});

describe('a stored machine', () => {
  it('of a typical job is small', () => {
    const source =
      "pool = [ 'host1', 'host2' ]\nplan = { memory=2048, disk=20 }\nbegin( description='build', max_time=1:00:00 )\n  delay( minutes=2 )\nend";
    expect(JSON.stringify(pass(source).machine).length).toBeLessThan(700);
  });

  it('does not hold its program', () => {
    const { machine } = pass("aa = 1\npause( msg='x' )");
    expect(Object.keys(machine)).toEqual(expect.arrayContaining(['program', 'pc', 'stack', 'variables', 'waiting']));
    expect(JSON.stringify(machine)).not.toContain('msg');
  });
});
