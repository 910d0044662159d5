import type { ResultOf } from '#platform';
import type { GivenParameters } from '#platform/server';
import { serverSide } from '#platform/server';
import { asking, type Ordered } from '../bmc/asking.ts';
import { bmcConnection, bmcFields, fieldText, plotField, serialPort } from '../bmc/fields.ts';
import { powerStages } from '../bmc/power-stages.ts';
import { givenValues } from '../given-values.ts';
import { redfishContract, type RedfishContract } from './contract.ts';

const { task, foundationFunctions, half } = serverSide(redfishContract);

type Result<T extends keyof RedfishContract['tasks']> = ResultOf<RedfishContract, T>;
type Functions = RedfishContract['foundationFunctions'];
/** What a script gives a function. */
type Given<F extends keyof Functions> = GivenParameters<Functions[F]>;

const power = powerStages({
  soft: 'soft_off',
  set: (connection, state) => task('set_power', { connection, state }),
  look: (connection) => task('power_state', { connection }),
});

const linkTest = asking({
  what: 'the test of the link to the management processor',
  send: (order: Ordered<Given<'link_test'>>) => task('link_test', order),
  value: ({ success }: Result<'link_test'>) => success,
});

const setBoot = asking({
  what: 'what is booted next to be set',
  send: (order: Ordered<Given<'set_boot'>>) => task('set_boot', givenValues(order)),
  value: (boot: Result<'set_boot'>) => boot,
});

const bootDevice = asking({
  what: 'what is booted next',
  send: (order: Ordered<Given<'boot_device'>>) => task('boot_device', order),
  value: (boot: Result<'boot_device'>) => boot,
});

const insertMedia = asking({
  what: 'an image to be put in',
  send: (order: Ordered<Given<'insert_media'>>) => task('insert_media', order),
  value: ({ changed }: Result<'insert_media'>) => changed,
});

const ejectMedia = asking({
  what: 'an image to be taken out',
  send: (order: Ordered<Given<'eject_media'>>) => task('eject_media', order),
  value: ({ changed }: Result<'eject_media'>) => changed,
});

const inventory = asking({
  what: 'the inventory',
  send: (order: Ordered<Given<'inventory'>>) => task('inventory', order),
  value: (found: Result<'inventory'>) => found,
});

const biosDifference = asking({
  what: 'the BIOS settings',
  send: (order: Ordered<Given<'bios_difference'>>) => task('bios_difference', order),
  value: ({ differences }: Result<'bios_difference'>) => differences,
});

const applyBios = asking({
  what: 'BIOS settings to be set',
  send: (order: Ordered<Given<'apply_bios'>>) => task('apply_bios', order),
  value: ({ changed }: Result<'apply_bios'>) => changed,
});

const firmwareDifference = asking({
  what: 'the versions of the firmware',
  send: (order: Ordered<Given<'firmware_difference'>>) => task('firmware_difference', order),
  value: ({ differences }: Result<'firmware_difference'>) => differences,
});

const updateFirmware = asking({
  what: 'the firmware to be updated',
  send: (order: Ordered<Given<'update_firmware'>>) => task('update_firmware', order),
  value: ({ changed }: Result<'update_firmware'>) => changed,
});

const applyFirmware = asking({
  what: 'the firmware to be updated',
  send: (order: Ordered<Given<'apply_firmware'>>) => task('apply_firmware', order),
  value: ({ changed }: Result<'apply_firmware'>) => changed,
});

const subscribeEvents = asking({
  what: 'events to be subscribed to',
  send: (order: Ordered<Given<'subscribe_events'>>) => task('subscribe_events', order),
  value: ({ changed }: Result<'subscribe_events'>) => changed,
});

const unsubscribeEvents = asking({
  what: 'a subscription to end',
  send: (order: Ordered<Given<'unsubscribe_events'>>) => task('unsubscribe_events', order),
  value: ({ changed }: Result<'unsubscribe_events'>) => changed,
});

/** Servers whose management processor speaks Redfish. */
export const redfish = half({
  needs: ['disks'],
  functions: {},
  foundationTypes: [
    {
      type: 'RedFish',
      model: 'RedFish/RedFishFoundation',
      doc: 'A server whose management processor speaks Redfish.',
      classes: ['Physical', 'RedFish'],
      locates: 'by-survey',
      console: ({ redfish_sol_port: port }) => fieldText(port, 'ttyS1'),
      bmcAddress: 'redfish_ip_address',
      connection: bmcConnection('redfish'),
      settings: { bios: 'redfish_bios_settings', firmware: 'redfish_firmware' },
      attributes: ({ redfish_ip_address: address }) => ({ redfish_ip_address: address ?? null }),
      fields: { ...bmcFields('redfish'), redfish_sol_port: serialPort(), plot: plotField() },
      functions: {
        power_on: foundationFunctions.external('power_on', power.on),
        power_off: foundationFunctions.external('power_off', power.off),
        power_state: foundationFunctions.external('power_state', power.state),
        wait_for_poweroff: foundationFunctions.external('wait_for_poweroff', power.wait),
        link_test: foundationFunctions.external('link_test', { ...linkTest, receive: { link_test: linkTest.take } }),
        set_boot: foundationFunctions.external('set_boot', { ...setBoot, receive: { set_boot: setBoot.take } }),
        boot_device: foundationFunctions.external('boot_device', {
          ...bootDevice,
          receive: { boot_device: bootDevice.take },
        }),
        insert_media: foundationFunctions.external('insert_media', {
          ...insertMedia,
          receive: { insert_media: insertMedia.take },
        }),
        eject_media: foundationFunctions.external('eject_media', {
          ...ejectMedia,
          receive: { eject_media: ejectMedia.take },
        }),
        inventory: foundationFunctions.external('inventory', { ...inventory, receive: { inventory: inventory.take } }),
        bios_difference: foundationFunctions.external('bios_difference', {
          ...biosDifference,
          receive: { bios_difference: biosDifference.take },
        }),
        apply_bios: foundationFunctions.external('apply_bios', {
          ...applyBios,
          receive: { apply_bios: applyBios.take },
        }),
        firmware_difference: foundationFunctions.external('firmware_difference', {
          ...firmwareDifference,
          receive: { firmware_difference: firmwareDifference.take },
        }),
        update_firmware: foundationFunctions.external('update_firmware', {
          ...updateFirmware,
          receive: { update_firmware: updateFirmware.take },
        }),
        apply_firmware: foundationFunctions.external('apply_firmware', {
          ...applyFirmware,
          receive: { apply_firmware: applyFirmware.take },
        }),
        subscribe_events: foundationFunctions.external('subscribe_events', {
          ...subscribeEvents,
          receive: { subscribe_events: subscribeEvents.take },
        }),
        unsubscribe_events: foundationFunctions.external('unsubscribe_events', {
          ...unsubscribeEvents,
          receive: { unsubscribe_events: unsubscribeEvents.take },
        }),
      },
    },
  ],
});
