import type { AgentHalf, AgentParametersOf, TaskContext } from '#platform';
import type { PowerPatience } from '../bmc/settled-power.ts';
import { Bmc, type IpmiSettings } from './bmc.ts';
import { applyBmc, bmcDifference } from './bmc-settings.ts';
import { bootDevice, setBoot } from './boot.ts';
import { ipmiContract, type IpmiContract } from './contract.ts';
import { serialOverLan, setLan } from './lan.ts';
import { linkTest, powerState, setPower } from './power.ts';
import { eventLog, sensors } from './readings.ts';
import { setUser } from './user.ts';

type Connected = Pick<AgentParametersOf<IpmiContract, 'power_state'>, 'connection'>;

/** The agent half of ipmi. */
export function ipmi(settings: IpmiSettings & { readonly patience?: PowerPatience } = {}): AgentHalf<IpmiContract> {
  const bmcOf = ({ connection }: Connected, context: TaskContext) => Bmc.of(connection, context, settings);
  return {
    contract: ipmiContract,
    tasks: {
      link_test: async (order, context) => ({ score: await linkTest(await bmcOf(order, context), order) }),
      set_power: async (order, context) => ({
        state: await setPower(await bmcOf(order, context), order.state, settings.patience),
      }),
      power_state: async (order, context) => ({ state: await powerState(await bmcOf(order, context)) }),
      set_boot: async (order, context) => setBoot(await bmcOf(order, context), order),
      boot_device: async (order, context) => bootDevice(await bmcOf(order, context)),
      sensors: async (order, context) => ({ sensors: await sensors(await bmcOf(order, context)) }),
      event_log: async (order, context) => ({ entries: await eventLog(await bmcOf(order, context), order.count) }),
      set_user: async (order, context) => ({ changed: await setUser(await bmcOf(order, context), order) }),
      set_lan: async (order, context) => ({ changed: await setLan(await bmcOf(order, context), order) }),
      bmc_difference: async (order, context) => ({
        differences: await bmcDifference(await bmcOf(order, context), order.settings),
      }),
      apply_bmc: async (order, context) => ({
        changed: await applyBmc(await bmcOf(order, context), order.settings),
      }),
      settings: async (order, context) => ({
        difference_list: await bmcDifference(await bmcOf(order, context), order.bmc),
      }),
      serial_over_lan: async (order, context) => serialOverLan(await bmcOf(order, context), order.channel),
    },
    observe: {},
  };
}
