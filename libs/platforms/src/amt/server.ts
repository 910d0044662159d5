import { text } from '#api';
import type { ResultOf } from '#platform';
import { serverSide } from '#platform/server';
import { asking, type Ordered } from '../bmc/asking.ts';
import { bmcConnection, bmcFields, plotField } from '../bmc/fields.ts';
import { powerStages } from '../bmc/power-stages.ts';
import { amtContract, type AmtContract } from './contract.ts';

const { task, foundationFunctions, half } = serverSide(amtContract);

const power = powerStages({
  soft: 'soft_off',
  set: (connection, state) => task('set_power', { connection, state }),
  look: (connection) => task('power_state', { connection }),
});

type Boot = ResultOf<AmtContract, 'set_boot'>;

const setBoot = asking({
  what: 'what is booted next to be set',
  send: (order: Ordered<Boot>) => task('set_boot', order),
  value: ({ device }: Boot) => device,
});

/** Machines with Intel's AMT. */
export const amt = half({
  needs: ['disks'],
  functions: {},
  foundationTypes: [
    {
      type: 'AMT',
      model: 'AMT/AMTFoundation',
      doc: "A machine with Intel's AMT (vPro).",
      classes: ['Physical', 'AMT'],
      locates: 'by-survey',
      bmcAddress: 'amt_ip_address',
      connection: bmcConnection('amt', 'admin'),
      fields: { ...bmcFields('amt'), amt_username: text(50, { default: 'admin' }), plot: plotField() },
      functions: {
        power_on: foundationFunctions.external('power_on', power.on),
        power_off: foundationFunctions.external('power_off', power.off),
        power_state: foundationFunctions.external('power_state', power.state),
        wait_for_poweroff: foundationFunctions.external('wait_for_poweroff', power.wait),
        set_boot: foundationFunctions.external('set_boot', { ...setBoot, receive: { set_boot: setBoot.take } }),
      },
    },
  ],
});
