import type { ResultOf } from '#platform';
import type { GivenParameters } from '#platform/server';
import { serverSide } from '#platform/server';
import { asking, type Ordered } from '../bmc/asking.ts';
import { bmcConnection, bmcFields, fieldText, plotField, serialPort } from '../bmc/fields.ts';
import { powerStages } from '../bmc/power-stages.ts';
import { givenValues } from '../given-values.ts';
import { ipmiContract, type IpmiContract } from './contract.ts';

const { task, foundationFunctions, half } = serverSide(ipmiContract);

type Result<T extends keyof IpmiContract['tasks']> = ResultOf<IpmiContract, T>;
type Functions = IpmiContract['foundationFunctions'];

/** How good a link is: twenty looks, a second apart, of which two that fail one after the other are too many. */
const LINK = { count: 20, scaler: 0.85, threshold: 0.8, delay: 1 };

const linkTest = asking({
  what: 'the test of the link to the BMC',
  send: (order: Ordered<object>) => task('link_test', { ...order, ...LINK }),
  value: ({ score }: Result<'link_test'>) => score >= LINK.threshold,
});

const power = powerStages({
  soft: 'shutdown',
  set: (connection, state) => task('set_power', { connection, state }),
  look: (connection) => task('power_state', { connection }),
});

const setBoot = asking({
  what: 'what is booted next to be set',
  send: (order: Ordered<Omit<Result<'boot_device'>, 'in_force'>>) => task('set_boot', order),
  value: (flags: Result<'set_boot'>) => flags,
});

const bootDevice = asking({
  what: 'what is booted next',
  send: (order: Ordered<object>) => task('boot_device', order),
  value: (flags: Result<'boot_device'>) => flags,
});

const sensors = asking({
  what: 'the sensors',
  send: (order: Ordered<object>) => task('sensors', order),
  value: ({ sensors: readings }: Result<'sensors'>) => readings,
});

const eventLog = asking({
  what: 'the event log',
  send: (order: Ordered<{ readonly count: number }>) => task('event_log', order),
  value: ({ entries }: Result<'event_log'>) => entries,
});

const setUser = asking({
  what: 'a user of the BMC to be set',
  send: (order: Ordered<GivenParameters<Functions['set_bmc_user']>>) => task('set_user', order),
  value: ({ changed }: Result<'set_user'>) => changed,
});

const setLan = asking({
  what: 'the LAN of the BMC to be set',
  send: (order: Ordered<GivenParameters<Functions['set_bmc_lan']>>) => task('set_lan', givenValues(order)),
  value: ({ changed }: Result<'set_lan'>) => changed,
});

const serialOverLan = asking({
  what: 'where the serial console is',
  send: (order: Ordered<{ readonly channel: number }>) => task('serial_over_lan', order),
  value: (found: Result<'serial_over_lan'>) => found,
});

const difference = asking({
  what: 'the settings of the BMC',
  send: (order: Ordered<GivenParameters<Functions['bmc_difference']>>) => task('bmc_difference', order),
  value: ({ differences }: Result<'bmc_difference'>) => differences,
});

const apply = asking({
  what: 'settings of the BMC to be set',
  send: (order: Ordered<GivenParameters<Functions['apply_bmc']>>) => task('apply_bmc', order),
  value: ({ changed }: Result<'apply_bmc'>) => changed,
});

/** Servers with a BMC that speaks IPMI. */
export const ipmi = half({
  needs: ['disks'],
  functions: {},
  foundationTypes: [
    {
      type: 'IPMI',
      model: 'IPMI/IPMIFoundation',
      doc: 'A server with a BMC that speaks IPMI 2.0 over the LAN.',
      classes: ['Physical', 'IPMI'],
      locates: 'by-survey',
      console: ({ ipmi_sol_port: port }) => fieldText(port, 'ttyS1'),
      bmcAddress: 'ipmi_ip_address',
      connection: bmcConnection('ipmi'),
      settings: { bmc: 'ipmi_bmc_settings' },
      attributes: ({ ipmi_ip_address: address }) => ({ ipmi_ip_address: address ?? null }),
      fields: { ...bmcFields('ipmi'), ipmi_sol_port: serialPort(), plot: plotField() },
      functions: {
        link_test: foundationFunctions.external('link_test', { ...linkTest, receive: { link_test: linkTest.take } }),
        power_on: foundationFunctions.external('power_on', power.on),
        power_off: foundationFunctions.external('power_off', power.off),
        power_state: foundationFunctions.external('power_state', power.state),
        wait_for_poweroff: foundationFunctions.external('wait_for_poweroff', power.wait),
        set_boot: foundationFunctions.external('set_boot', { ...setBoot, receive: { set_boot: setBoot.take } }),
        boot_device: foundationFunctions.external('boot_device', {
          ...bootDevice,
          receive: { boot_device: bootDevice.take },
        }),
        sensors: foundationFunctions.external('sensors', { ...sensors, receive: { sensors: sensors.take } }),
        event_log: foundationFunctions.external('event_log', { ...eventLog, receive: { event_log: eventLog.take } }),
        set_bmc_user: foundationFunctions.external('set_bmc_user', { ...setUser, receive: { set_user: setUser.take } }),
        set_bmc_lan: foundationFunctions.external('set_bmc_lan', { ...setLan, receive: { set_lan: setLan.take } }),
        bmc_difference: foundationFunctions.external('bmc_difference', {
          ...difference,
          receive: { bmc_difference: difference.take },
        }),
        apply_bmc: foundationFunctions.external('apply_bmc', { ...apply, receive: { apply_bmc: apply.take } }),
        serial_over_lan: foundationFunctions.external('serial_over_lan', {
          ...serialOverLan,
          receive: { serial_over_lan: serialOverLan.take },
        }),
      },
    },
  ],
});
