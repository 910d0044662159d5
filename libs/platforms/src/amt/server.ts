import { text } from '#api';
import type { ResultOf } from '#platform';
import { serverSide } from '#platform/server';
import { asking, sent, taken } from '../bmc/asking.ts';
import { bmcConnection, bmcFields, plotField } from '../bmc/fields.ts';
import { powerStages } from '../bmc/power-stages.ts';
import { amtContract, type AmtContract } from './contract.ts';

const { task, foundationFunctions, half } = serverSide(amtContract);

const stages = powerStages({
  soft: 'soft_off',
  set: (connection, state) => task('set_power', { connection, state }),
  look: (connection) => task('power_state', { connection }),
});

type Boot = ResultOf<AmtContract, 'set_boot'>;

const setBoot = foundationFunctions.external('set_boot', {
  ...asking<Boot, Boot>('what is booted next to be set'),
  task: (state, context) => task('set_boot', sent(state, context)),
  receive: { set_boot: taken },
  value: ({ result }) => result?.device,
});

/** Machines with Intel's AMT. */
export const amt = half({
  functions: {},
  foundationTypes: [
    {
      type: 'AMT',
      model: 'AMT/AMTFoundation',
      doc: "A machine with Intel's AMT (vPro).",
      classes: ['Physical', 'AMT'],
      locates: 'by-survey',
      connection: bmcConnection('amt', 'admin'),
      fields: { ...bmcFields('amt'), amt_username: text(50, { default: 'admin' }), plot: plotField() },
      functions: {
        power_on: foundationFunctions.external('power_on', stages.on),
        power_off: foundationFunctions.external('power_off', stages.off),
        power_state: foundationFunctions.external('power_state', stages.state),
        wait_for_poweroff: foundationFunctions.external('wait_for_poweroff', stages.wait),
        set_boot: setBoot,
      },
    },
  ],
});
