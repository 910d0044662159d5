import { describe, expect, it } from '@jest/globals';
import { ScriptHarness } from '../../test/script-harness.suite.ts';
import { manual } from './server.ts';

const [foundation, complexed] = manual.foundationTypes;
const play = (lines: string) => new ScriptHarness(manual, lines, foundation);

describe('a machine that people handle', () => {
  it.each([
    ['power_on', 'Set the power of "host1" to "on", then resume the job'],
    ['power_off', 'Set the power of "host1" to "off", then resume the job'],
    ['wait_for_poweroff', 'Wait until "host1" is powered off, then resume the job'],
  ])('has a person asked to %s, and takes it for done when the job is resumed', (name, message) => {
    const script = play(`  foundation.${name}()`);
    expect(script.run()).toMatchObject({ kind: 'paused', message, line: 2 });
    expect(script.task()).toBeUndefined();
    expect(script.run()).toEqual({ kind: 'ended' });
  });

  it('is asked for each thing anew', () => {
    const script = play('  foundation.power_off()\n  foundation.power_on()\n  foundation.power_on()');
    expect([script.run(), script.run(), script.run(), script.run()].map(({ kind }) => kind)).toEqual([
      'paused',
      'paused',
      'paused',
      'ended',
    ]);
  });

  it('knows nothing of its power', () => {
    const script = play('  state = foundation.power_state()');
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.variables).toEqual({ state: 'unknown' });
  });

  it('is located as soon as somebody wants it', () => {
    expect(foundation).toMatchObject({ type: 'Manual', model: 'Manual/ManualFoundation', locates: 'by-itself' });
  });

  it('is asked for nothing where a complex carries it, and is located with that', () => {
    expect(complexed).toMatchObject({
      type: 'ManualComplex',
      model: 'Manual/ManualComplexedFoundation',
      classes: ['ManualComplex'],
      locates: 'with-complex',
      complexField: 'complex_host',
      functions: {},
    });
    expect(manual.complexTypes).toMatchObject([
      {
        type: 'Manual',
        model: 'Manual/ManualComplex',
        fields: {},
        carries: { type: 'ManualComplex', blueprint: 'manual-foundation-base' },
      },
    ]);
  });
});
