import { describe, expect, it } from '@jest/globals';
import { compile } from './compile.ts';
import { type Answers, rehearse } from './rehearse.ts';
import { replay } from './replay.ts';

const source = `tries = 0
while not fnd.probe( port=22 ) do
begin()
  tries = ( tries + 1 )
  pause( msg='check' )
end
fnd.handle = ( 'id-' . tries )
made = fnd.build( size=config.size )
`;

const answers: Answers = {
  values: { 'config.size': 5, 'fnd.handle': null },
  calls: [
    { call: 'fnd.probe', answer: { value: false } },
    { call: 'fnd.probe', answer: { value: true } },
    { call: 'fnd.build', parameters: { size: 5 }, answer: { value: 'm1' } },
  ],
};

describe('a rehearsal', () => {
  it('tells what a script does, line by line', () => {
    const { trace, outcome, variables } = rehearse(compile(source), answers);
    expect(outcome).toEqual({ kind: 'ended' });
    expect(variables).toEqual({ tries: 1, made: 'm1' });
    expect(trace).toEqual([
      {
        kind: 'call',
        line: 2,
        name: 'fnd.probe',
        parameters: { port: 22 },
        variables: { tries: 0 },
        answer: { value: false },
      },
      { kind: 'stop', line: 5, outcome: 'paused', message: 'check' },
      {
        kind: 'call',
        line: 2,
        name: 'fnd.probe',
        parameters: { port: 22 },
        variables: { tries: 1 },
        answer: { value: true },
      },
      { kind: 'write', line: 7, name: 'fnd.handle', value: 'id-1' },
      { kind: 'read', line: 8, name: 'config.size', value: 5 },
      {
        kind: 'call',
        line: 8,
        name: 'fnd.build',
        parameters: { size: 5 },
        variables: { tries: 1 },
        answer: { value: 'm1' },
      },
    ]);
  });

  it.each([
    [
      [
        { call: 'lab.go', answer: { pause: 'wait' } },
        { call: 'lab.go', answer: { value: 1 } },
      ],
      { kind: 'ended' },
      ['wait'],
    ],
    [[{ call: 'lab.go', answer: { error: 'broken' } }], { kind: 'ended' }, ['broken']],
    [[{ call: 'lab.go', answer: { fault: 'over' } }], { kind: 'aborted', message: 'over' }, ['over']],
    [[], { kind: 'aborted' }, ['there is no answer for lab.go on line 1']],
    [
      [{ call: 'lab.go', parameters: { at: 2 }, answer: { value: 1 } }],
      { kind: 'aborted' },
      ['there is no answer for lab.go on line 1'],
    ],
    [[{ call: 'lab.go', answer: { value: 1 }, repeat: true }], { kind: 'ended' }, []],
  ])('takes every kind of answer: %j', (calls, outcome, stops) => {
    const rehearsal = rehearse(compile('val = lab.go( at=1 )'), { calls });
    expect(rehearsal.outcome).toMatchObject(outcome);
    expect(rehearsal.trace.flatMap((entry) => (entry.kind === 'stop' ? [entry.message] : []))).toEqual(stops);
  });

  it('of a script that never ends is given up', () => {
    expect(rehearse(compile('while True do pass')).outcome).toMatchObject({ kind: 'error', reason: 'limit' });
    const forever = rehearse(compile("while True do message( msg='x' )"));
    expect(forever.trace).toHaveLength(1000);
  });

  it('knows only the values in the table', () => {
    const script = compile('val = [ exists( lab.one ), exists( lab.two ) ]\nlab.two = 1');
    const { outcome, variables } = rehearse(script, { values: { 'lab.one': 1 } });
    expect(variables).toEqual({ val: [true, false] });
    expect(outcome).toMatchObject({ message: 'Not Defined "lab" of "two" line 2' });
  });
});

describe('a replay', () => {
  const recorded = { trace: rehearse(compile(source), answers).trace };
  const against = (changed: string) => replay(compile(changed), recorded).divergence;

  it('of the same script takes the same course', () => {
    expect(against(source)).toBeNull();
    expect(against(`# moved down\n\n${source.replace('tries', 'tries')}`)).toBeNull();
    expect(against(source.replaceAll('tries', 'count'))).toBeNull();
  });

  it.each([
    ['another parameter', source.replace('port=22', 'port=23'), 2, 'the script calls fnd.probe with {"port":23}'],
    ['another message', source.replace("'check'", "'look'"), 5, 'the script stops (paused): look'],
    ['another value', source.replace("'id-'", "'no-'"), 7, 'the script sets fnd.handle to "no-1"'],
    ['another function', source.replace('fnd.build', 'fnd.make'), 8, 'the script calls fnd.make with {"size":5}'],
    ['something more', `${source}fnd.build()`, 9, 'the script calls fnd.build with {}'],
    ['something less', source.replace(/made.*\n/, ''), null, 'the script ended'],
  ])('of a changed script finds the line: %s', (_name, changed, line, found) => {
    expect(against(changed)).toMatchObject({ line, found });
  });
});
