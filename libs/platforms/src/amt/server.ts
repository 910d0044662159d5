import { text } from '#api';
import type { ResultOf } from '#platform';
import { serverSide } from '#platform/server';
import { asking, type BmcConnection, bmcConnectionOf, sent, taken } from '../bmc/asking.ts';
import { bmcConnection, bmcFields, plotField } from '../bmc/fields.ts';
import { powerState, waitForPoweroff } from '../machine/power-state.ts';
import { power } from '../machine/power.ts';
import { amtContract, type AmtContract } from './contract.ts';

const { task, foundationFunctions, half } = serverSide(amtContract);

const switching = (desired: 'on' | 'off') =>
  power(desired, {
    id: bmcConnectionOf,
    soft: 'soft_off',
    send: (connection, state) => task('set_power', { connection, state }),
  });
const looking = {
  id: bmcConnectionOf,
  send: (connection: BmcConnection) => task('power_state', { connection }),
};

const powerOn = foundationFunctions.external('power_on', switching('on'));
const powerOff = foundationFunctions.external('power_off', switching('off'));
const tellPower = foundationFunctions.external('power_state', powerState(looking));
const wait = foundationFunctions.external('wait_for_poweroff', waitForPoweroff(looking));

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
      connection: bmcConnection('amt'),
      fields: { ...bmcFields('amt'), amt_username: text(50, { default: 'admin' }), plot: plotField() },
      functions: {
        power_on: powerOn,
        power_off: powerOff,
        power_state: tellPower,
        wait_for_poweroff: wait,
        set_boot: setBoot,
      },
    },
  ],
});
