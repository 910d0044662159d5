import type { AgentHalf } from '#platform';
import { settledPower, type PowerPatience } from '../bmc/settled-power.ts';
import { amtContract, type AmtContract } from './contract.ts';
import { powerState, requestPower } from './power.ts';
import { setBoot } from './boot.ts';
import { Wsman, type WsmanSettings } from './wsman.ts';

/** The agent half of amt. */
export function amt(settings: WsmanSettings & { readonly patience?: PowerPatience } = {}): AgentHalf<AmtContract> {
  return {
    contract: amtContract,
    tasks: {
      async set_power({ connection, state }, context) {
        const wsman = await Wsman.of(connection, context, settings);
        const wanted = state === 'on' ? 'on' : 'off';
        const before = await powerState(wsman);
        if (before === wanted) return { state: before };
        await requestPower(wsman, wanted);
        const look = () => powerState(wsman);
        return {
          state: await settledPower({ wanted, gently: false, look, signal: context.signal }, settings.patience),
        };
      },
      power_state: async ({ connection }, context) => ({
        state: await powerState(await Wsman.of(connection, context, settings)),
      }),
      async set_boot({ connection, device }, context) {
        await setBoot(await Wsman.of(connection, context, settings), device);
        return { device };
      },
    },
    observe: {},
  };
}
