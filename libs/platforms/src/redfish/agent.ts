import type { AgentHalf, AgentParametersOf, TaskContext } from '#platform';
import type { PowerPatience } from '../bmc/settled-power.ts';
import { applyBios, biosDifference } from './bios.ts';
import { bootDevice, setBoot } from './boot.ts';
import type { RedfishClient, RedfishSettings } from './client.ts';
import { NotReached, withRedfish } from './client.ts';
import { redfishContract, type RedfishContract } from './contract.ts';
import { subscribeEvents, unsubscribeEvents } from './events.ts';
import type { UpdatePatience } from './firmware.ts';
import { applyFirmware, firmwareDifference, updateFirmware, wantedFirmware } from './firmware.ts';
import { inventory } from './inventory.ts';
import { ejectMedia, insertMedia } from './media.ts';
import { powerState, setPower } from './power.ts';

type Connected = Pick<AgentParametersOf<RedfishContract, 'power_state'>, 'connection'>;

/** The agent half of redfish: every task logs in for itself. */
export function redfish(
  settings: RedfishSettings & { readonly patience?: PowerPatience; readonly updating?: UpdatePatience } = {},
): AgentHalf<RedfishContract> {
  const using = <R>(
    { connection }: Connected,
    context: TaskContext,
    act: (client: RedfishClient) => Promise<R>,
  ): Promise<R> => withRedfish(connection, context, settings, act);
  return {
    contract: redfishContract,
    tasks: {
      link_test: async (order, context) => {
        try {
          await using(order, context, powerState);
          return { success: true };
        } catch (error) {
          if (!(error instanceof NotReached)) throw error;
          context.debug('not reached', { error: error.message });
          return { success: false };
        }
      },
      set_power: async (order, context) =>
        using(order, context, async (client) => ({
          state: await setPower(client, order.state, context, settings.patience),
        })),
      power_state: (order, context) => using(order, context, async (client) => ({ state: await powerState(client) })),
      set_boot: (order, context) => using(order, context, (client) => setBoot(client, order)),
      boot_device: (order, context) => using(order, context, bootDevice),
      insert_media: (order, context) =>
        using(order, context, async (client) => ({ changed: await insertMedia(client, order.image, order.medium) })),
      eject_media: (order, context) =>
        using(order, context, async (client) => ({ changed: await ejectMedia(client, order.medium) })),
      inventory: (order, context) => using(order, context, inventory),
      bios_difference: (order, context) =>
        using(order, context, async (client) => ({ differences: await biosDifference(client, order.settings) })),
      apply_bios: (order, context) =>
        using(order, context, async (client) => ({ changed: await applyBios(client, order.settings) })),
      firmware_difference: (order, context) =>
        using(order, context, async (client) => ({
          differences: await firmwareDifference(client, wantedFirmware(order.firmware)),
        })),
      update_firmware: (order, context) =>
        using(order, context, async (client) => ({
          changed: await updateFirmware(client, order, context.signal, settings.updating),
        })),
      apply_firmware: (order, context) =>
        using(order, context, async (client) => ({
          changed: await applyFirmware(client, wantedFirmware(order.firmware), context.signal, settings.updating),
        })),
      settings: (order, context) =>
        using(order, context, async (client) => ({
          difference_list: [
            ...(await biosDifference(client, order.bios)).map((one) => ({ kind: 'bios' as const, ...one })),
            ...(await firmwareDifference(client, wantedFirmware(order.firmware))),
          ],
        })),
      subscribe_events: (order, context) =>
        using(order, context, (client) => subscribeEvents(client, order.destination, order.context)),
      unsubscribe_events: (order, context) =>
        using(order, context, async (client) => ({ changed: await unsubscribeEvents(client, order.destination) })),
    },
    observe: {},
  };
}
