import { choice, platformContract, text } from '#platform';
import { connection } from '../bmc/connection.ts';
import { waitParameters } from '../machine/contract.ts';

/** What is asked for; there is one way to be switched off, and `soft_off` is the same. */
const wanted = choice('on', 'off', 'soft_off');
/** What a machine boots at its next start; `none` is what its own settings say. */
const device = choice('none', 'pxe', 'disk', 'cdrom');

/** Machines with Intel's AMT (vPro). */
export const amtContract = platformContract({
  name: 'amt',
  tasks: {
    /** Sets the power unless it is as wanted already; the result is what is seen afterwards. */
    set_power: { repeat: 'safe', parameters: { connection, state: wanted }, result: { state: text() } },
    power_state: { repeat: 'safe', parameters: { connection }, result: { state: text() } },
    /** Says what is booted at the next start, and at no other. */
    set_boot: { repeat: 'safe', parameters: { connection, device }, result: { device } },
  },
  functions: {},
  foundationFunctions: {
    power_on: {},
    power_off: {},
    power_state: {},
    wait_for_poweroff: waitParameters,
    set_boot: { device },
  },
});

export type AmtContract = typeof amtContract;
