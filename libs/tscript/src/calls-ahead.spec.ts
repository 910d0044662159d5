import { expect, it } from '@jest/globals';
import { lab } from '../test/cases/host-fixture.ts';
import { callsAhead } from './calls-ahead.ts';
import { compile } from './compile.ts';
import { begin } from './machine.ts';
import { run } from './run.ts';

it('are the calls of modules behind the place of a script, as often as they are written', () => {
  const program = compile('one = len( array=[] )\nlab.task()\nbegin()\n  lab.poll( times=1 )\n  lab.task()\nend');
  expect(callsAhead(begin(program), program)).toEqual([]);
  const { machine } = run(begin(program), program, lab().host, { now: 0, newCookie: () => 'cookie' });
  expect(callsAhead(machine, program)).toEqual(['lab.poll', 'lab.task']);
});
