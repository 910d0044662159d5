import { reference } from '#api';
import { serverSide } from '#platform/server';
import { Pause, textOf } from '#tscript';
import { manualContract } from './contract.ts';

const { foundationFunctions, half } = serverSide(manualContract);

interface Asked {
  readonly asked: boolean;
  readonly text: string;
}

/** Asks a person to do something, pauses the job, and takes it for done when the job is resumed. */
const ask = <N extends 'power_on' | 'power_off' | 'wait_for_poweroff'>(name: N, what: (locator: string) => string) =>
  foundationFunctions.external(name, {
    setup: (_, { read }): Asked => ({ asked: false, text: what(textOf(read('foundation', 'locator'))) }),
    done: ({ asked }) => asked,
    run: (state) => {
      throw new Pause(state.text).keeping({ ...state, asked: true });
    },
    value: () => null,
  });

/** Machines without remote control, and stand-ins for hosts that are there already: people do what is to be done. */
export const manual = half({
  functions: {},
  foundationTypes: [
    {
      type: 'Manual',
      model: 'Manual/ManualFoundation',
      doc: 'A machine that people handle by hand.',
      classes: ['Metal', 'VM', 'Container', 'Switch', 'Manual'],
      locates: 'by-itself',
      fields: {},
      functions: {
        power_on: ask('power_on', (locator) => `Set the power of "${locator}" to "on", then resume the job`),
        power_off: ask('power_off', (locator) => `Set the power of "${locator}" to "off", then resume the job`),
        power_state: foundationFunctions.inline('power_state', () => 'unknown'),
        wait_for_poweroff: ask(
          'wait_for_poweroff',
          (locator) => `Wait until "${locator}" is powered off, then resume the job`,
        ),
      },
    },
    {
      type: 'ManualComplex',
      model: 'Manual/ManualComplexedFoundation',
      doc: 'A machine that people handle by hand, carried by a complex.',
      classes: ['ManualComplex'],
      locates: 'with-complex',
      complexField: 'complex_host',
      attributes: ({ complex_host: host }) => ({ _complex_host: host ?? null }),
      fields: { complex_host: reference('Manual/ManualComplex', { required: true }) },
      functions: {},
    },
  ],
  complexTypes: [
    {
      type: 'Manual',
      model: 'Manual/ManualComplex',
      doc: 'Machines that carry others, handled by hand.',
      fields: {},
      carries: { type: 'ManualComplex', blueprint: 'manual-foundation-base' },
    },
  ],
});
