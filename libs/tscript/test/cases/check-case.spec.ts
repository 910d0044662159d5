import { describe, expect, it } from '@jest/globals';
import type { Case, CaseStep } from './case.ts';
import { checkCase } from './check-case.ts';

const done = (variables: unknown): CaseStep['expect'] => ({ returns: '', state: 'done', line: null, variables });

function row(script: string, expect: CaseStep['expect'], more: Partial<Case> = {}): Case {
  const steps: CaseStep[] = [{ op: 'run', expect }];
  return { id: 'x-1', group: 'x', note: '', script, parse: { ok: true, lint: null }, fixture: 'lab', steps, ...more };
}

const refused = (line = 1): Case['parse'] => ({ ok: false, line, column: 1, message: 'Incomplete Parse' });

describe('checking a case', () => {
  it.each<[string, Case, string]>([
    ['as recorded', row('one = 1', done({ one: 1 })), 'recorded'],
    [
      'entries',
      row("val = ( { aa=1, bb=2 } . '' )", done({ val: "{'bb': 2, 'aa': 1}" })),
      'entries are evaluated as written',
    ],
    [
      'both sides',
      row('val = ( True or missing )', {
        raises: { kind: 'NotDefinedError', message: 'Not Defined "missing" line 1', line: 1 },
        state: 'aborted',
        variables: {},
      }),
      'and / or stop at the side that decides',
    ],
    [
      'integers',
      row('val = ( 2 ^ 64 )', done({ val: { $int: '18446744073709551616' } })),
      'integers are exact up to 2^53',
    ],
    ['integers in the source', row('val = 18446744073709551616', done({ val: { $int: '1' } })), 'refused when parsed'],
    ['names', row('trueness = 1\nval = trueness', {}, { parse: refused(2) }), 'names are read at full length'],
    [
      'remarks',
      row('if True then xx = 1\n# remark\nelse yy = 1', {}, { parse: refused() }),
      'remarks may stand between the parts of a statement',
    ],
    [
      'shares',
      row('num = 0\nwhile ( num < 400 ) do num = ( num + 1 )', {
        raises: { kind: 'Timeout', message: '2' },
        state: 'running',
      }),
      'the step limit is no error',
    ],
    [
      'words',
      row('while True do break', {
        raises: { kind: 'ScriptError', message: `('Unimplemented "O"', 1)` },
        state: 'aborted',
      }),
      'break, continue and pass work',
    ],
    [
      'the status',
      row("val = [ pause( msg='x' ) ]", {
        raises: { kind: 'Pause', message: 'x', line: 1, resumable: true },
        state: 'running',
        status: { raises: { kind: 'Exception' } },
      }),
      'the status never fails',
    ],
    [
      'stops inside a map',
      row(
        'val = { aa=lab.poll( times=1 ), bb=2 }',
        { returns: 'polled 1 of 1', state: 'running', variables: { odd: 1 } },
        { original_bug: true, successor: 'keep finished map entries' },
      ),
      'a call may stop inside a map',
    ],
    [
      'delays',
      row('delay( hours=25 )', { returns: 'Waiting for 3600 more seconds', state: 'running', variables: {} }),
      'a delay counts all seconds',
    ],
  ])('%s', (_name, recorded, by) => {
    expect(checkCase(recorded)).toMatchObject({ passed: true, by });
  });

  it.each<[string, Case]>([
    ['another value', row('one = 1', done({ one: 2 }))],
    [
      'another line',
      row('\none = two', { raises: { kind: 'NotDefinedError', line: 1 }, state: 'aborted', variables: {} }),
    ],
    ['another order of a sum', row("val = ( 'a' . 'b' )", done({ val: 'ba' }))],
    ['a fault that is none', row('one = 1', {}, { parse: refused() })],
    ['another place of a fault', row('one = (', {}, { parse: refused(2) })],
    [
      'another tree',
      row('one = 1', done({ one: 1 }), { parse: { ok: true, ast: ['S', { _children: [['L', ['V', {}], 1]] }] } }),
    ],
    [
      'another stack',
      row("pause( msg='x' )", { raises: { kind: 'Pause', message: 'x' }, variables: {}, stack: [['S'], ['L'], ['A']] }),
    ],
  ])('fails for %s', (_name, recorded) => {
    expect(checkCase(recorded).passed).toBe(false);
  });

  it('a decision for a case stands above its recording', () => {
    const recorded = row('one = 1', done({ one: 2 }));
    const expected = { parse: recorded.parse, steps: [{ op: 'run' as const, expect: done({ one: 1 }) }] };
    expect(checkCase(recorded, { reason: 'two is wrong', expect: expected })).toMatchObject({
      passed: true,
      by: 'decided',
    });
    expect(checkCase(row('one = 3', done({ one: 3 })), { reason: 'three is wrong', expect: expected }).passed).toBe(
      false,
    );
  });

  it('trees and stacks go by the letters of their parts', () => {
    const ast = ['S', { _children: [['L', ['A', { target: ['V', {}], value: ['C', 1] }], 1]] }];
    expect(checkCase(row('one = 1', done({ one: 1 }), { parse: { ok: true, ast } })).by).toBe('recorded');
    const seen = {
      raises: { kind: 'Pause', message: 'x' },
      variables: {},
      stack: [
        ['S', 0, {}],
        ['L', null],
        ['F', null],
      ],
    };
    expect(checkCase(row("pause( msg='x' )", seen)).by).toBe('recorded');
  });
});
