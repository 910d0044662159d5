import { describe, expect, it } from '@jest/globals';
import { IntegralFloat } from '#kernel';
import { JobFixture } from '../test/job-fixture.suite.ts';
import { program } from './program.ts';
import { runnerStack } from './runner-insight.ts';

async function begun(script: string): Promise<JobFixture> {
  const fixture = new JobFixture({ create: script });
  await fixture.create();
  await fixture.look();
  return fixture;
}

describe('what the script of a job can read', () => {
  it('is the values of modules as text, then its variables as they are, without any secret', async () => {
    const lines = [
      'number = 1',
      'float = 1.0',
      'list = [ 1, "a", none ]',
      'map = { name="disk", secret=thing.password }',
      'secret = thing.password',
      'sealed = ( "user:" . thing.password )',
      'wait = 1:00',
      'signaling.reset( pxe_name="disk" )',
      'pause( msg="look" )',
    ];
    const fixture = await begun(`${lines.join('\n')}\n`);
    const found = await fixture.variables();
    expect(found).toEqual({
      'signaling.complete': 'False',
      'thing.rack': 'a',
      'thing.password': '********',
      number: 1,
      float: new IntegralFloat(1),
      list: [1, 'a', null],
      map: { name: 'disk', secret: '********' },
      secret: '********',
      sealed: 'user:********',
      wait: '0:01:00',
    });
    expect(Object.keys(found).slice(0, 3)).toEqual(['signaling.complete', 'thing.rack', 'thing.password']);
  });

  it('is text where it is too large, and what modules say before it has begun', async () => {
    const fixture = await begun(
      'many = [ 0 ]\nwhile ( len( array=many ) < 2000 ) do append( array=many, value=1 )\npause( msg="" )\n',
    );
    expect((await fixture.variables())['many']).toMatch(/^\[0, 1, 1/);
    const waiting = new JobFixture({ create: 'pause( msg="" )\n' });
    await waiting.create();
    expect(await waiting.variables()).toMatchObject({ 'thing.rack': 'a' });
  });

  it('is gone with the job', async () => {
    const fixture = await begun('begin()\nend\n');
    await expect(fixture.variables()).rejects.toThrow('the job is gone');
  });
});

describe('the stack of a script', () => {
  it('shows where it is, and no secret', async () => {
    const fixture = await begun('begin()\n  lab.work( name=thing.password )\nend\n');
    const { machine, program: hash } = await fixture.job();
    const code = (await fixture.log.state(program, hash))!.program;
    const stack = runnerStack(machine!, code) as unknown[];
    expect(JSON.stringify(stack)).not.toContain('s1');
    expect(stack.at(-1)).toEqual([
      'F',
      { paramaters: { name: '********' }, handler: '{"name":"********"}', module: 'lab', dispatched: true },
    ]);
    const over = await begun('begin()\nend\n');
    expect(runnerStack((await over.job()).machine!, code)).toBe('DONE');
  });
});
