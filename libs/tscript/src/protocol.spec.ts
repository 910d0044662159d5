import { describe, expect, it } from '@jest/globals';
import { lab } from '../test/cases/host-fixture.ts';
import { compile } from './compile.ts';
import type { ExternalFunction, Host } from './host.ts';
import { type Machine, begin, pendingCookie } from './machine.ts';
import type { Program } from './program.ts';
import { clearDispatched, deliver, dispatch, jumpTo, rollback } from './protocol.ts';
import { run } from './run.ts';
import { secret } from './values.ts';

const { host } = lab();
let made = 0;
const options = { now: 0, newCookie: () => `cookie-${(made += 1)}` };

function standing(source: string, with_: Host = host): { machine: Machine; program: Program } {
  const program = compile(source);
  return { machine: run(begin(program), program, with_, options).machine, program };
}

describe('a task', () => {
  it('is sent once, answered once and then spent', () => {
    const { machine, program } = standing("val = lab.task( name='disk' )");
    const sent = dispatch(machine, program, host, { now: 0 });
    expect(sent.task).toEqual({
      module: 'lab',
      function: 'work',
      parameters: { name: 'disk', sent: 1 },
      cookie: machine.cookie,
    });
    expect(dispatch(sent.machine, program, host, { now: 0 }).task).toBeNull();
    const report = { cookie: machine.cookie, data: { state: 'ok', value: 7 }, now: 0 };
    const delivered = deliver(sent.machine, program, host, report);
    expect(delivered).toMatchObject({ answer: 'Accepted', message: 'disk is ok' });
    expect(deliver(delivered.machine, program, host, report).answer).toBe('Not Expecting Anything');
    expect(run(delivered.machine, program, host, options)).toMatchObject({
      outcome: { kind: 'ended' },
      machine: { variables: { val: 7 } },
    });
  });

  it('can be sent to any module, or to some only', () => {
    const { machine, program } = standing('lab.remapped()');
    expect(dispatch(machine, program, host, { now: 0, modules: ['lab'] }).task).toBeNull();
    expect(dispatch(machine, program, host, { now: 0, modules: ['otherlab'] }).task?.module).toBe('otherlab');
    expect(dispatch(machine, program, host, { now: 0 }).task?.module).toBe('otherlab');
  });

  it('that cannot be made says why', () => {
    const { machine, program } = standing("lab.task( name='badsend' )");
    expect(dispatch(machine, program, host, { now: 0 })).toEqual({ machine, task: null, fault: 'will not send' });
  });

  it('can be sent again, and undone', () => {
    const { machine, program } = standing('lab.task()');
    const { machine: sent } = dispatch(machine, program, host, { now: 0 });
    const again = dispatch(clearDispatched(sent), program, host, { now: 0 }).task;
    expect([again?.cookie, again?.parameters]).toEqual([machine.cookie, { name: 'task', sent: 2 }]);
    const undone = rollback(sent, program, host, options);
    expect(undone.answer).toBe('Done');
    expect(undone.machine.cookie).not.toBe(machine.cookie);
  });

  it('carries secrets as references', () => {
    const login: ExternalFunction<null> = {
      kind: 'external',
      setup: () => null,
      done: () => false,
      task: () => ({ function: 'login', parameters: { password: secret('vault/1'), port: 22 } }),
      value: () => null,
    };
    const keeper: Host = { module: () => ({ functions: { login } }) };
    const { machine, program } = standing('vault.login()', keeper);
    expect(dispatch(machine, program, keeper, { now: 0 }).task?.parameters).toEqual({
      password: { $secret: 'vault/1' },
      port: 22,
    });
  });
});

describe('where no external function is in progress', () => {
  it.each([
    ['one = 1', 'Script not Running', 'Script not Running'],
    ["error( msg='x' )", 'Not Expecting Anything', 'Rollback not possible'],
    ["lab.boom( at='setup', kind='pause' )", 'Not Expecting Anything', 'Rollback not possible'],
    ['delay( seconds=5 )', 'Not Expecting Anything', 'Rollback not possible'],
    ["lab.task( name='norollback' )", 'Not Expecting Anything', 'Rollback not possible'],
    ["lab.task( name='badrollback' )", 'Not Expecting Anything', 'Exception while trying to rollback'],
    ["begin( max_time=0:00 )\n  message( msg='x' )\nend", 'Not Expecting Anything', 'Rollback not possible'],
  ])('%s', (source, result, undone) => {
    const { machine, program } = standing(source);
    expect(dispatch(machine, program, host, { now: 0, modules: ['nobody'] }).task).toBeNull();
    expect(deliver(machine, program, host, { cookie: machine.cookie, data: {}, now: 0 }).answer).toBe(result);
    expect(rollback(machine, program, host, options).answer).toBe(undone);
  });

  it('a yield says so', () => {
    const program = compile('while True do pass');
    const { machine } = run(begin(program), program, host, { ...options, budget: 10 });
    expect(deliver(machine, program, host, { cookie: null, data: {}, now: 0 }).answer).toBe('Not At a Function');
    expect(rollback(machine, program, host, options).answer).toBe('Not At a Function');
    expect(clearDispatched(machine)).toBe(machine);
  });
});

describe('the cookie', () => {
  it('is pending while an external function is in progress', () => {
    const { machine, program } = standing("lab.task()\npause( msg='x' )");
    expect(pendingCookie(machine)).toBe(machine.cookie);
    const { machine: sent } = dispatch(machine, program, host, { now: 0 });
    const { machine: told } = deliver(sent, program, host, { cookie: machine.cookie, data: { state: 'ok' }, now: 0 });
    const { machine: paused } = run(told, program, host, options);
    expect(pendingCookie(paused)).toBeNull();
  });

  it('that is wrong is refused before anything else but the end', () => {
    const { machine, program } = standing('lab.task()');
    expect(deliver(machine, program, host, { cookie: 'other', data: {}, now: 0 }).answer).toBe('Bad Cookie');
  });
});

describe('a jump from outside', () => {
  it('goes on at a label', () => {
    const { machine, program } = standing("pause( msg='one' )\none = 1\n:two\nthree = 3");
    const { machine: there, answer } = jumpTo(machine, program, 'two');
    expect(answer).toBe('Done');
    expect(run(there, program, host, options).machine.variables).toEqual({ three: 3 });
    expect(jumpTo(machine, program, 'constructor').answer).toBe('Not Defined');
    expect(jumpTo(begin(program), program, 'two').answer).toBe('Script not Running');
  });
});
