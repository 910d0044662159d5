import { describe, expect, it } from '@jest/globals';
import { ScriptHarness } from '../../test/script-harness.suite.ts';
import { test, triangular } from './server.ts';

const [foundation, complexed] = test.foundationTypes;
const SECOND = 1000;
const play = (lines: string, fields: Readonly<Record<string, unknown>> = {}) =>
  new ScriptHarness(test, lines, foundation, { test_delay_variance: 0, test_fail_likelihood: 0, ...fields });

describe('a machine that is none', () => {
  it.each([
    ['power_on', 15],
    ['power_off', 5],
    ['power_state', 5],
    ['wait_for_poweroff', 30],
  ])('%s takes %d seconds, and tells nothing', (operation, seconds) => {
    const script = play(`  value = foundation.${operation}()`);
    expect(script.run()).toEqual({
      kind: 'waiting',
      message: `${operation}: ${seconds} more seconds`,
      wakeAt: seconds * SECOND,
    });
    expect(script.task()).toBeUndefined();
    script.now = seconds * SECOND - 1;
    expect(script.run()).toMatchObject({ kind: 'waiting', message: `${operation}: 1 more seconds` });
    script.now += 1;
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.variables).toEqual({ value: 'unknown' });
  });

  it.each([
    [15, 0, 0.9, 15],
    [15, 30, 0, -15],
    [15, 30, 0.5, 15],
    [15, 30, 0.125, 0],
    [15, 30, 0.999_999, 44],
  ])('takes around %d seconds, within %d: drawn %d it is %d', (usual, variance, drawn, seconds) => {
    expect(triangular(usual, variance, drawn)).toBe(seconds);
  });

  it('fails as often as it is told to, and goes on after a reset', () => {
    const script = play('  foundation.power_on()', { test_fail_likelihood: 1000 });
    const outcomes = Array.from({ length: 200 }, (_, n) => {
      const one = play('  foundation.power_on()', { test_fail_likelihood: 1000 });
      one.now = n;
      return one.run().kind;
    });
    // Every pass fails, and with this likelihood every failure is for good.
    expect(new Set(outcomes)).toEqual(new Set(['aborted']));
    expect(script.run()).toMatchObject({ kind: 'aborted', message: 'power_on of host1 failed for good' });

    const mild = play('  foundation.power_on()', { test_fail_likelihood: 9 });
    const kinds = Array.from({ length: 14_999 }, (_, n) => {
      mild.now = n;
      return mild.run().kind;
    });
    const failed = kinds.filter((kind) => kind === 'error').length;
    expect(failed).toBeGreaterThan(80);
    expect(failed).toBeLessThan(200);
    expect(kinds.filter((kind) => kind === 'aborted')).toEqual([]);
    mild.now = 15 * SECOND;
    expect(mild.run()).toEqual({ kind: 'ended' });
  });

  it('never fails with the likelihood 0', () => {
    const script = play('  foundation.power_on()');
    for (script.now = 0; script.now < 14_999; script.now += 1) expect(script.run().kind).toBe('waiting');
  });
});

describe('a machine that is none, carried by a complex', () => {
  it('can do what the others can, with their usual delay, and never fails', () => {
    expect(Object.keys(complexed?.functions ?? {})).toEqual(Object.keys(foundation?.functions ?? {}));
    const script = new ScriptHarness(test, '  value = foundation.power_on()', complexed, {
      test_fail_likelihood: 1000,
    });
    // Half a minute more or less than fifteen seconds.
    script.now = 60 * SECOND;
    const { wakeAt } = script.run() as { readonly wakeAt?: number };
    if (wakeAt !== undefined) script.now = wakeAt;
    expect(Math.abs((wakeAt ?? script.now) - 75 * SECOND)).toBeLessThanOrEqual(30 * SECOND);
    script.run();
    expect(script.variables).toEqual({ value: 'unknown' });
  });

  it('comes from a complex without fields of its own, as its blueprint says', () => {
    expect(complexed).toMatchObject({
      type: 'TestComplex',
      model: 'Test/TestComplexedFoundation',
      classes: ['TestComplex'],
      locates: 'with-complex',
      complexField: 'complex_host',
    });
    expect(test.complexTypes).toMatchObject([
      {
        type: 'Test',
        model: 'Test/TestComplex',
        fields: {},
        carries: { type: 'TestComplex', blueprint: 'test-foundation-base' },
      },
    ]);
  });
});

describe('an effect on order', () => {
  it('is sent with what is usual, and its value is how many there are', () => {
    const script = play('  value = test.act( name="disk" )');
    expect(script.run()).toMatchObject({ kind: 'waiting', message: 'Waiting for "disk"' });
    expect(script.task()).toEqual({
      module: 'test',
      function: 'act',
      parameters: { name: 'disk', delay_ms: 0, outcome: 'done', observed: 'ledger' },
    });
    expect(script.answer({ effects: 3 })).toBe('Accepted');
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.variables).toEqual({ value: 3 });
  });

  it.each(['act', 'act_once', 'act_again'])('%s has all that can be ordered', (name) => {
    const script = play(`  test.${name}( name="disk", delay_ms=5, outcome="hang", observed="unknown" )`);
    script.run();
    const parameters = { name: 'disk', delay_ms: 5, outcome: 'hang', observed: 'unknown' };
    expect(script.task()).toEqual({ module: 'test', function: name, parameters });
    expect(script.answer({ effects: 'many' })).toContain('effects must be an integer of at least 0, and is "many"');
  });

  it('keeps a password a reference', () => {
    const script = play('  test.act( name="disk", password=foundation.password )', { password: { $secret: 'id' } });
    script.run();
    expect(script.task()).toMatchObject({ parameters: { password: { $secret: 'id' } } });
  });

  it('is refused where the order is none', () => {
    expect(play('  test.act( name="disk", outcome="explode" )').run()).toMatchObject({
      kind: 'aborted',
      message:
        'Paramater Error paramater "outcome": must be one of "done", "fail", "fail-after", "fail-telling", "hang", "hang-after", "wrong", "wrong-telling", and is "explode"',
    });
  });

  it('is refused where a secret would stand in the clear', () => {
    const secret = { password: { $secret: 'id' } };
    expect(play('  test.act( name=foundation.password )', secret).run()).toMatchObject({
      kind: 'aborted',
      message: 'Paramater Error paramater "name": must be text, and is a secret',
    });
  });
});
