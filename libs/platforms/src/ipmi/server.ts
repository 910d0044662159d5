import type { ResultOf, SealedText } from '#platform';
import { serverSide } from '#platform/server';
import { asking, sent, taken } from '../bmc/asking.ts';
import { bmcConnection, bmcFields, fieldText, plotField, serialPort } from '../bmc/fields.ts';
import { powerStages } from '../bmc/power-stages.ts';
import { givenValues } from '../given-values.ts';
import { ipmiContract, type IpmiContract } from './contract.ts';

const { task, foundationFunctions, half } = serverSide(ipmiContract);

type Result<T extends keyof IpmiContract['tasks']> = ResultOf<IpmiContract, T>;

/** How good a link is: twenty looks, a second apart, of which two that fail one after the other are too many. */
const LINK = { count: 20, scaler: 0.85, threshold: 0.8, delay: 1 };

const linkTest = foundationFunctions.external('link_test', {
  ...asking<object, Result<'link_test'>>('the test of the link to the BMC'),
  task: (state, context) => task('link_test', { ...sent(state, context), ...LINK }),
  receive: { link_test: taken },
  value: ({ result }) => (result?.score ?? 0) >= LINK.threshold,
});

const stages = powerStages({
  soft: 'shutdown',
  set: (connection, state) => task('set_power', { connection, state }),
  look: (connection) => task('power_state', { connection }),
});

type Flags = Result<'boot_device'>;

const setBoot = foundationFunctions.external('set_boot', {
  ...asking<Omit<Flags, 'in_force'>, Flags>('what is booted next to be set'),
  task: (state, context) => task('set_boot', sent(state, context)),
  receive: { set_boot: taken },
  value: ({ result }) => result,
});

const bootDevice = foundationFunctions.external('boot_device', {
  ...asking<object, Flags>('what is booted next'),
  task: (state, context) => task('boot_device', sent(state, context)),
  receive: { boot_device: taken },
  value: ({ result }) => result,
});

const sensors = foundationFunctions.external('sensors', {
  ...asking<object, Result<'sensors'>>('the sensors'),
  task: (state, context) => task('sensors', sent(state, context)),
  receive: { sensors: taken },
  value: ({ result }) => result?.sensors,
});

const eventLog = foundationFunctions.external('event_log', {
  ...asking<{ readonly count: number }, Result<'event_log'>>('the event log'),
  task: (state, context) => task('event_log', sent(state, context)),
  receive: { event_log: taken },
  value: ({ result }) => result?.entries,
});

interface User {
  readonly channel: number;
  readonly user_id: number;
  readonly name: string;
  readonly password: SealedText;
  readonly privilege: 'user' | 'operator' | 'administrator';
}

const setUser = foundationFunctions.external('set_bmc_user', {
  ...asking<User, Result<'set_user'>>('a user of the BMC to be set'),
  task: (state, context) => task('set_user', sent(state, context)),
  receive: { set_user: taken },
  value: ({ result }) => result?.changed,
});

interface Lan {
  readonly channel: number;
  readonly source: 'static' | 'dhcp';
  readonly address: string | undefined;
  readonly netmask: string | undefined;
  readonly gateway: string | undefined;
  readonly vlan: number | null | undefined;
}

const setLan = foundationFunctions.external('set_bmc_lan', {
  ...asking<Lan, Result<'set_lan'>>('the LAN of the BMC to be set'),
  task: (state, context) => task('set_lan', givenValues(sent(state, context))),
  receive: { set_lan: taken },
  value: ({ result }) => result?.changed,
});

const serialOverLan = foundationFunctions.external('serial_over_lan', {
  ...asking<{ readonly channel: number }, Result<'serial_over_lan'>>('where the serial console is'),
  task: (state, context) => task('serial_over_lan', sent(state, context)),
  receive: { serial_over_lan: taken },
  value: ({ result }) => result,
});

/** Servers with a BMC that speaks IPMI. */
export const ipmi = half({
  functions: {},
  foundationTypes: [
    {
      type: 'IPMI',
      model: 'IPMI/IPMIFoundation',
      doc: 'A server with a BMC that speaks IPMI 2.0 over the LAN.',
      classes: ['Physical', 'IPMI'],
      locates: 'by-survey',
      console: ({ ipmi_sol_port: port }) => fieldText(port, 'ttyS1'),
      connection: bmcConnection('ipmi'),
      attributes: ({ ipmi_ip_address: address }) => ({ ipmi_ip_address: address ?? null }),
      fields: { ...bmcFields('ipmi'), ipmi_sol_port: serialPort(), plot: plotField() },
      functions: {
        link_test: linkTest,
        power_on: foundationFunctions.external('power_on', stages.on),
        power_off: foundationFunctions.external('power_off', stages.off),
        power_state: foundationFunctions.external('power_state', stages.state),
        wait_for_poweroff: foundationFunctions.external('wait_for_poweroff', stages.wait),
        set_boot: setBoot,
        boot_device: bootDevice,
        sensors,
        event_log: eventLog,
        set_bmc_user: setUser,
        set_bmc_lan: setLan,
        serial_over_lan: serialOverLan,
      },
    },
  ],
});
