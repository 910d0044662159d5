import {
  boolean,
  choice,
  json,
  list,
  mapOf,
  nullable,
  optional,
  platformContract,
  record,
  settingDifference,
  settingsTask,
  text,
  withDefault,
} from '#platform';
import { connection } from '../bmc/connection.ts';
import { waitParameters } from '../machine/contract.ts';

/** What is asked for: `soft_off` asks the operating system, and leaves the rest to it. */
const wanted = choice('on', 'off', 'soft_off');
/** What a machine boots next; `none` is what its own settings say. */
const device = choice('none', 'pxe', 'http', 'disk', 'cdrom', 'usb', 'bios', 'diag');
/** As what it boots; left out: as it does. */
const mode = optional(choice('uefi', 'legacy'));
/** A kind of medium. */
const medium = choice('cd', 'usb');
/** BIOS settings by name; a value is text, a number, true or false. */
const settings = mapOf(json());

/** The longest time that firmware is updated, in milliseconds. */
const UPDATE_MS = 4 * 3_600_000;

const boot = { device, persistent: boolean() };
/** A setting that is not as wanted; `pending` is what it will be after the next start, null where nothing waits. */
const difference = record({ name: text(), wanted: json(), found: json(), pending: json() });
const component = record({ id: text(), name: text(), version: nullable(text()), updateable: boolean() });

/** Servers whose management processor speaks Redfish. */
export const redfishContract = platformContract({
  name: 'redfish',
  tasks: {
    /** Whether the service can be reached and tells the power state. */
    link_test: { repeat: 'safe', parameters: { connection }, result: { success: boolean() } },
    /** Sets the power unless it is as wanted already; the result is what is seen afterwards. */
    set_power: { repeat: 'safe', parameters: { connection, state: wanted }, result: { state: text() } },
    power_state: { repeat: 'safe', parameters: { connection }, result: { state: text() } },
    /** Says what is booted next, and reads it back. */
    set_boot: { repeat: 'safe', parameters: { connection, ...boot, mode }, result: boot },
    boot_device: { repeat: 'safe', parameters: { connection }, result: boot },
    /** Puts the image at a URL into a virtual drive, in the place of another one; it is seen there afterwards. */
    insert_media: {
      repeat: 'safe',
      parameters: { connection, image: text(), medium },
      result: { changed: boolean() },
    },
    /** Takes what is in the virtual drive out of it; it is empty afterwards. */
    eject_media: { repeat: 'safe', parameters: { connection, medium }, result: { changed: boolean() } },
    /** What the machine is, and the versions of what runs in it. */
    inventory: {
      repeat: 'safe',
      parameters: { connection },
      result: {
        manufacturer: nullable(text()),
        model: nullable(text()),
        serial_number: nullable(text()),
        uuid: nullable(text()),
        bios_version: nullable(text()),
        bmc_version: nullable(text()),
        firmware: list(component),
      },
    },
    /** BIOS settings that are not as wanted, or will not be so after the next start. */
    bios_difference: {
      repeat: 'safe',
      parameters: { connection, settings },
      result: { differences: list(difference) },
    },
    /** Has BIOS settings that are not as wanted wait for the next start; they are seen to wait afterwards. */
    apply_bios: {
      repeat: 'safe',
      parameters: { connection, settings },
      result: { changed: list(text()) },
    },
    /** Components whose firmware is not of the version that is wanted. */
    firmware_difference: {
      repeat: 'safe',
      parameters: { connection, firmware: settings },
      result: { differences: list(settingDifference) },
    },
    /**
     * Updates the firmware of a component from the image at a URL, unless it is as wanted; updates that are at work are waited
     * for, and one of the same image is not begun again. The version is seen afterwards.
     */
    update_firmware: {
      repeat: 'safe',
      maxMs: UPDATE_MS,
      parameters: { connection, name: text(), version: text(), image: text() },
      result: { changed: boolean() },
    },
    /** The same for all components that are declared with an image, one after the other. */
    apply_firmware: {
      repeat: 'safe',
      maxMs: UPDATE_MS,
      parameters: { connection, firmware: settings },
      result: { changed: list(text()) },
    },
    /** Everything that is not as a blueprint declares it. */
    settings: settingsTask({ connection, bios: settings, firmware: settings }),
    /** Has events sent to a URL, unless they are already. */
    subscribe_events: {
      repeat: 'safe',
      parameters: { connection, destination: text(), context: text() },
      result: { subscription: text(), changed: boolean() },
    },
    /** Has no more events sent to a URL. */
    unsubscribe_events: {
      repeat: 'safe',
      parameters: { connection, destination: text() },
      result: { changed: boolean() },
    },
  },
  functions: {},
  foundationFunctions: {
    link_test: {},
    power_on: {},
    power_off: {},
    power_state: {},
    wait_for_poweroff: waitParameters,
    set_boot: { device, persistent: withDefault(boolean(), false), mode },
    boot_device: {},
    insert_media: { image: text(), medium: withDefault(medium, 'cd') },
    eject_media: { medium: withDefault(medium, 'cd') },
    inventory: {},
    bios_difference: { settings },
    apply_bios: { settings },
    firmware_difference: { firmware: settings },
    update_firmware: { name: text(), version: text(), image: text() },
    apply_firmware: { firmware: settings },
    subscribe_events: { destination: text(), context: withDefault(text(), 'contractor') },
    unsubscribe_events: { destination: text() },
  },
});

export type RedfishContract = typeof redfishContract;
