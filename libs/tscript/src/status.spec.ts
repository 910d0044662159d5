import { describe, expect, it } from '@jest/globals';
import { lab } from '../test/cases/host-fixture.ts';
import { compile } from './compile.ts';
import { stack } from './frames.ts';
import { type Machine, begin } from './machine.ts';
import type { Program } from './program.ts';
import { run } from './run.ts';
import { clockText, status, statusText } from './status.ts';

const { host } = lab();
const options = { now: 0, newCookie: () => 'cookie' };

function after(source: string): { machine: Machine; program: Program } {
  const program = compile(source);
  return { machine: run(begin(program), program, host, options).machine, program };
}

describe('the status', () => {
  it.each([
    [
      "begin( description='VM Creation' )\n  one = 1\n  pause( msg='x' )\nend",
      "[[50.0, 'Scope', {'description': 'VM Creation', 'time_elapsed': '00:00'}], [0.0, 'Function', {'module': None, 'name': 'pause'}]]",
    ],
    [
      "val = [ pause( msg='x' ) ]",
      "[[0.0, 'Scope', {'time_elapsed': '00:00'}], [0.0, 'Function', {'module': None, 'name': 'pause'}]]",
    ],
    [
      'val = { aa=lab.poll( times=1 ) }',
      "[[0.0, 'Scope', {'time_elapsed': '00:00'}], [0.0, 'Function', {'module': 'lab', 'name': 'poll', 'dispatched': False}]]",
    ],
    [
      "while pause( msg='x' ) do pass",
      "[[0.0, 'Scope', {'time_elapsed': '00:00'}], [0.0, 'While', {'doing': 'condition'}], [0.0, 'Function', {'module': None, 'name': 'pause'}]]",
    ],
    ['one = 1', "[[100.0, 'Scope', None]]"],
    [
      "begin( description=\"it's\" )\n  pause( msg='x' )\nend",
      "[[0.0, 'Scope', {'description': \"it's\", 'time_elapsed': '00:00'}], [0.0, 'Function', {'module': None, 'name': 'pause'}]]",
    ],
  ])('%j', (source, text) => {
    const { machine, program } = after(source);
    expect(statusText(status(machine, program, 0))).toBe(text);
  });

  it('is there before the first pass', () => {
    const program = compile("pause( msg='x' )");
    expect(status(begin(program), program, 0)).toEqual([[0, 'Scope', null]]);
  });

  it('is there after every single instruction', () => {
    const source =
      ':top\nif exists( val[ 0 ] ) then val = [ ( 1 + 2 ), not 3 ] else begin()\nend\nwhile False do pass\nval = lab.answer()';
    const program = compile(source);
    let machine = begin(program);
    for (let step = 0; step < 60 && machine.state !== 'done'; step += 1) {
      ({ machine } = run(machine, program, host, { ...options, budget: 1 }));
      for (const [percent] of status(machine, program, 0)) expect(percent).toBeGreaterThanOrEqual(0);
      expect(stack(machine, program)).toBeDefined();
    }
    expect(machine.state).toBe('done');
  });

  it.each([
    [0, '00:00'],
    [9_999, '00:09'],
    [3_700_000, '01:01:40'],
    [93_700_000, '1:02:01:40'],
    [86_400_000, '1:00:00:00'],
    [-2_000, '-00:02'],
    [-500, '00:00'],
  ])('shows %d ms as %s', (milliseconds, text) => {
    expect(clockText(milliseconds)).toBe(text);
  });
});

describe('max time', () => {
  it('stops what is overdue, lets one pass through when resumed, and stops again', () => {
    const program = compile('begin( max_time=0:10 )\n  lab.poll( times=9 )\nend');
    let machine = begin(program);
    const at = (seconds: number): string => {
      const { machine: next, outcome } = run(machine, program, host, { ...options, now: seconds * 1000 });
      machine = next;
      return 'message' in outcome ? outcome.message : outcome.kind;
    };
    expect([0, 10, 11, 11, 11, 12, 20, 20].map(at)).toEqual([
      'polled 1 of 9',
      'polled 2 of 9',
      'Max Time Elapsed',
      'polled 3 of 9',
      'polled 4 of 9',
      'Max Time Elapsed',
      'polled 5 of 9',
      'polled 6 of 9',
    ]);
  });

  it('has the script run again when it is over', () => {
    const program = compile('begin( max_time=0:10 )\n  begin( max_time=0:05 )\n    lab.task()\n  end\nend');
    const first = run(begin(program), program, host, options);
    expect(first.outcome).toMatchObject({ kind: 'waiting', wakeAt: 5001 });
    const late = run(first.machine, program, host, { ...options, now: 5001 });
    expect(late.outcome).toMatchObject({ kind: 'paused', message: 'Max Time Elapsed', line: 2 });
    const resumed = run(late.machine, program, host, { ...options, now: 6000 });
    expect(resumed.outcome).toMatchObject({ kind: 'waiting', wakeAt: 10_001 });
  });

  it('still holds for the outermost block after a goto', () => {
    const program = compile(':top\nlab.poll( times=1 )\ngoto top');
    const { machine } = run(begin(program), program, host, options);
    const { machine: later } = run(machine, program, host, { ...options, now: 60_000 });
    expect(status(later, program, 60_000)[0]?.[2]).toEqual({ time_elapsed: '01:00' });
  });
});

describe('the stack', () => {
  it('shows what a script is in the middle of', () => {
    const { machine, program } = after("one = 1\nif True then val = ( 5 + len( array=[ 1, pause( msg='x' ) ] ) )");
    expect(stack(machine, program)).toEqual([
      ['S', 1, '1970-01-01T00:00:00.000Z'],
      ['L'],
      ['I', { index: 0, doing: 'expression' }],
      ['A', {}],
      ['X', { left: 5 }],
      ['F', { paramaters: {} }],
      ['Y', [1]],
      ['F', null],
    ]);
  });

  it('shows an external call', () => {
    const { machine, program } = after('begin( max_time=0:10 )\n  lab.poll( times=3 )\nend');
    expect(stack(machine, program)).toEqual([
      ['S', 0, '1970-01-01T00:00:00.000Z', '1970-01-01T00:00:10.000Z'],
      ['L'],
      ['F', { paramaters: { times: 3 }, handler: { times: 3, wanted: 3, ran: 1 }, module: 'lab', dispatched: false }],
    ]);
  });

  it('says that a script has ended', () => {
    const ends = (source: string): unknown => {
      const { machine, program } = after(source);
      return stack(machine, program);
    };
    expect([ends('one = 1'), ends('one = two')]).toEqual(['DONE', 'ABORTED']);
  });
});
