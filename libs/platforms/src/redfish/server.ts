import type { Json } from '#kernel';
import type { ResultOf } from '#platform';
import { serverSide } from '#platform/server';
import { asking, sent, taken } from '../bmc/asking.ts';
import { bmcConnection, bmcFields, fieldText, plotField, serialPort } from '../bmc/fields.ts';
import { powerStages } from '../bmc/power-stages.ts';
import { givenValues } from '../given-values.ts';
import { redfishContract, type RedfishContract } from './contract.ts';

const { task, foundationFunctions, half } = serverSide(redfishContract);

type Result<T extends keyof RedfishContract['tasks']> = ResultOf<RedfishContract, T>;

const linkTest = foundationFunctions.external('link_test', {
  ...asking<object, Result<'link_test'>>('the test of the link to the management processor'),
  task: (state, context) => task('link_test', sent(state, context)),
  receive: { link_test: taken },
  value: ({ result }) => result?.success,
});

const stages = powerStages({
  soft: 'soft_off',
  set: (connection, state) => task('set_power', { connection, state }),
  look: (connection) => task('power_state', { connection }),
});

type Boot = Result<'boot_device'>;

const setBoot = foundationFunctions.external('set_boot', {
  ...asking<Boot & { readonly mode: 'uefi' | 'legacy' | undefined }, Boot>('what is booted next to be set'),
  task: (state, context) => task('set_boot', givenValues(sent(state, context))),
  receive: { set_boot: taken },
  value: ({ result }) => result,
});

const bootDevice = foundationFunctions.external('boot_device', {
  ...asking<object, Boot>('what is booted next'),
  task: (state, context) => task('boot_device', sent(state, context)),
  receive: { boot_device: taken },
  value: ({ result }) => result,
});

type Medium = 'cd' | 'usb';

const insertMedia = foundationFunctions.external('insert_media', {
  ...asking<{ readonly image: string; readonly medium: Medium }, Result<'insert_media'>>('an image to be put in'),
  task: (state, context) => task('insert_media', sent(state, context)),
  receive: { insert_media: taken },
  value: ({ result }) => result?.changed,
});

const ejectMedia = foundationFunctions.external('eject_media', {
  ...asking<{ readonly medium: Medium }, Result<'eject_media'>>('an image to be taken out'),
  task: (state, context) => task('eject_media', sent(state, context)),
  receive: { eject_media: taken },
  value: ({ result }) => result?.changed,
});

const inventory = foundationFunctions.external('inventory', {
  ...asking<object, Result<'inventory'>>('the inventory'),
  task: (state, context) => task('inventory', sent(state, context)),
  receive: { inventory: taken },
  value: ({ result }) => result,
});

interface Bios {
  readonly settings: Readonly<Record<string, Json>>;
}

const biosDifference = foundationFunctions.external('bios_difference', {
  ...asking<Bios, Result<'bios_difference'>>('the BIOS settings'),
  task: (state, context) => task('bios_difference', sent(state, context)),
  receive: { bios_difference: taken },
  value: ({ result }) => result?.differences,
});

const applyBios = foundationFunctions.external('apply_bios', {
  ...asking<Bios, Result<'apply_bios'>>('BIOS settings to be set'),
  task: (state, context) => task('apply_bios', sent(state, context)),
  receive: { apply_bios: taken },
  value: ({ result }) => result?.changed,
});

const subscribeEvents = foundationFunctions.external('subscribe_events', {
  ...asking<{ readonly destination: string; readonly context: string }, Result<'subscribe_events'>>(
    'events to be subscribed to',
  ),
  task: (state, context) => task('subscribe_events', sent(state, context)),
  receive: { subscribe_events: taken },
  value: ({ result }) => result?.changed,
});

const unsubscribeEvents = foundationFunctions.external('unsubscribe_events', {
  ...asking<{ readonly destination: string }, Result<'unsubscribe_events'>>('a subscription to end'),
  task: (state, context) => task('unsubscribe_events', sent(state, context)),
  receive: { unsubscribe_events: taken },
  value: ({ result }) => result?.changed,
});

/** Servers whose management processor speaks Redfish. */
export const redfish = half({
  functions: {},
  foundationTypes: [
    {
      type: 'RedFish',
      model: 'RedFish/RedFishFoundation',
      doc: 'A server whose management processor speaks Redfish.',
      classes: ['Physical', 'RedFish'],
      locates: 'by-survey',
      console: ({ redfish_sol_port: port }) => fieldText(port, 'ttyS1'),
      connection: bmcConnection('redfish'),
      attributes: ({ redfish_ip_address: address }) => ({ redfish_ip_address: address ?? null }),
      fields: { ...bmcFields('redfish'), redfish_sol_port: serialPort(), plot: plotField() },
      functions: {
        link_test: linkTest,
        power_on: foundationFunctions.external('power_on', stages.on),
        power_off: foundationFunctions.external('power_off', stages.off),
        power_state: foundationFunctions.external('power_state', stages.state),
        wait_for_poweroff: foundationFunctions.external('wait_for_poweroff', stages.wait),
        set_boot: setBoot,
        boot_device: bootDevice,
        insert_media: insertMedia,
        eject_media: ejectMedia,
        inventory,
        bios_difference: biosDifference,
        apply_bios: applyBios,
        subscribe_events: subscribeEvents,
        unsubscribe_events: unsubscribeEvents,
      },
    },
  ],
});
