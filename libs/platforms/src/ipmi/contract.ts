import {
  boolean,
  choice,
  exactRecord,
  integer,
  list,
  nullable,
  number,
  optional,
  platformContract,
  record,
  secret,
  settingDifference,
  settingsTask,
  text,
  withDefault,
} from '#platform';
import { connection } from '../bmc/connection.ts';
import { waitParameters } from '../machine/contract.ts';

const needs = [{ program: 'ipmitool', package: 'ipmitool' }];

/** What is asked for: `shutdown` asks the operating system, and leaves the rest to it. */
const wanted = choice('on', 'off', 'shutdown');
/** What a machine boots next; `none` is what its own settings say. */
const device = choice('none', 'pxe', 'disk', 'cdrom', 'bios', 'safe', 'diag', 'floppy');
/** Channels of a BMC that may be a LAN. */
const channel = integer({ min: 1, max: 15 });
const user_id = integer({ min: 1, max: 63 });
const privilege = choice('user', 'operator', 'administrator');
/** Where a LAN interface has its address from. */
const source = choice('static', 'dhcp');

const boot = { device, persistent: boolean(), efi: boolean() };
/** The same as the BMC has it; `in_force`: it says that it counts for the next start. */
const flags = { ...boot, in_force: boolean() };
const user = { channel, user_id, name: text(), password: secret(), privilege };
/**
 * Users and LAN of a BMC, as a blueprint declares them; what is left out stays as it is. Who may not log in yet is let in only
 * with both a password and a privilege.
 */
const bmcSettings = exactRecord({
  lan: optional(
    exactRecord({
      channel: optional(channel),
      source: optional(source),
      address: optional(text()),
      netmask: optional(text()),
      gateway: optional(text()),
      vlan: optional(nullable(integer({ min: 1, max: 4094 }))),
    }),
  ),
  users: optional(
    list(
      exactRecord({
        user_id,
        name: text(),
        password: optional(secret()),
        privilege: optional(privilege),
        channel: optional(channel),
      }),
    ),
  ),
});
const lan = {
  channel,
  source,
  address: optional(text()),
  netmask: optional(text()),
  gateway: optional(text()),
  /** Null: untagged. Left out: as it is. */
  vlan: optional(nullable(integer({ min: 1, max: 4094 }))),
};

/**
 * A reading of a sensor; null where it has none now. A status such as `ok`, `lnr` or `nr` for the thresholds, `ns` for none.
 */
const reading = record({ name: text(), value: nullable(number()), unit: text(), status: text() });
/** An entry of the system event log, as the BMC tells it. */
const entry = record({ id: text(), at: text(), sensor: text(), event: text(), direction: text() });

/** Servers with a BMC that speaks IPMI 2.0 over the LAN, by `ipmitool`. */
export const ipmiContract = platformContract({
  name: 'ipmi',
  tasks: {
    /**
     * Asks for the power state again and again and gives a score from 0 to 1; a failed query counts 0. It ends early where
     * the score falls below the threshold.
     */
    link_test: {
      repeat: 'safe',
      parameters: {
        connection,
        count: integer({ min: 1, max: 1000 }),
        scaler: number({ min: 0, max: 1 }),
        threshold: number({ min: 0, max: 1 }),
        /** Seconds between two queries. */
        delay: number({ min: 0, max: 60 }),
      },
      result: { score: number({ min: 0, max: 1 }) },
      needs,
    },
    /** Sets the power unless it is as wanted already; the result is what is seen afterwards. */
    set_power: { repeat: 'safe', parameters: { connection, state: wanted }, result: { state: text() }, needs },
    power_state: { repeat: 'safe', parameters: { connection }, result: { state: text() }, needs },
    /** Says what is booted next, and reads it back. */
    set_boot: { repeat: 'safe', parameters: { connection, ...boot }, result: flags, needs },
    boot_device: { repeat: 'safe', parameters: { connection }, result: flags, needs },
    sensors: { repeat: 'safe', parameters: { connection }, result: { sensors: list(reading) }, needs },
    /** The newest entries of the system event log, the oldest of them first. */
    event_log: {
      repeat: 'safe',
      parameters: { connection, count: integer({ min: 1, max: 500 }) },
      result: { entries: list(entry) },
      needs,
    },
    /** Makes a user of the BMC what is wanted, where it is not; the result is whether there was something to do. */
    set_user: { repeat: 'safe', parameters: { connection, ...user }, result: { changed: boolean() }, needs },
    /** Makes the LAN settings of the BMC what is wanted, where they are not; the same. */
    set_lan: { repeat: 'safe', parameters: { connection, ...lan }, result: { changed: boolean() }, needs },
    /** What of the LAN and the users of the BMC is not as declared. */
    bmc_difference: {
      repeat: 'safe',
      parameters: { connection, settings: bmcSettings },
      result: { differences: list(settingDifference) },
      needs,
    },
    /** Makes the LAN and the users of the BMC what is declared; the result names what was not. */
    apply_bmc: {
      repeat: 'safe',
      parameters: { connection, settings: bmcSettings },
      result: { changed: list(text()) },
      needs,
    },
    /** The same as `bmc_difference`, for those who look without a job. */
    settings: { ...settingsTask({ connection, bmc: bmcSettings }), needs },
    /** Where the serial console is to be had over the LAN. */
    serial_over_lan: {
      repeat: 'safe',
      parameters: { connection, channel },
      result: { enabled: boolean(), address: text(), port: integer({ min: 1, max: 65_535 }), bit_rate: text() },
      needs,
    },
  },
  functions: {},
  foundationFunctions: {
    link_test: {},
    power_on: {},
    power_off: {},
    power_state: {},
    wait_for_poweroff: waitParameters,
    set_boot: {
      device,
      persistent: withDefault(boolean(), false),
      efi: withDefault(boolean(), false),
    },
    boot_device: {},
    sensors: {},
    event_log: { count: withDefault(integer({ min: 1, max: 500 }), 50) },
    set_bmc_user: {
      user_id,
      name: text(),
      password: secret(),
      privilege: withDefault(privilege, 'administrator'),
      channel: withDefault(channel, 1),
    },
    set_bmc_lan: {
      source: withDefault(source, 'static'),
      address: optional(text()),
      netmask: optional(text()),
      gateway: optional(text()),
      vlan: optional(nullable(integer({ min: 1, max: 4094 }))),
      channel: withDefault(channel, 1),
    },
    serial_over_lan: { channel: withDefault(channel, 1) },
    bmc_difference: { settings: bmcSettings },
    apply_bmc: { settings: bmcSettings },
  },
});

export type IpmiContract = typeof ipmiContract;
