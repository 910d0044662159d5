import type { ServerHalf } from '#platform';
import type { ExternalFunction, InlineFunction } from '#tscript';
import { Pause, textOf } from '#tscript';

interface Asked {
  readonly asked: boolean;
  readonly text: string;
}

/** Asks a person to do something, pauses the job, and takes it for done when the job is resumed. */
const ask = (what: (locator: string) => string): ExternalFunction<Asked> => ({
  kind: 'external',
  setup: (_, { read }) => ({ asked: false, text: what(textOf(read('foundation', 'locator'))) }),
  done: ({ asked }) => asked,
  run: (state) => {
    throw new Pause(state.text).keeping({ ...state, asked: true });
  },
  value: () => null,
});

const unknown: InlineFunction = { kind: 'inline', call: () => 'unknown' };

/** Machines without remote control, and stand-ins for hosts that are there already: people do what is to be done. */
export const manual: ServerHalf = {
  name: 'manual',
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
        power_on: ask((locator) => `Set the power of "${locator}" to "on", then resume the job`),
        power_off: ask((locator) => `Set the power of "${locator}" to "off", then resume the job`),
        power_state: unknown,
        wait_for_poweroff: ask((locator) => `Wait until "${locator}" is powered off, then resume the job`),
      },
    },
  ],
};
