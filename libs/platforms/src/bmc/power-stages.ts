import { powerState, waitForPoweroff } from '../machine/power-state.ts';
import { power, type PowerWanted } from '../machine/power.ts';
import { type BmcConnection, bmcConnectionOf } from './asking.ts';

export interface PowerTasks<Soft extends string, S, L> {
  /** What the agent is told to have the operating system asked. */
  readonly soft: Soft;
  /** Makes the task that switches. */
  readonly set: (connection: BmcConnection, state: PowerWanted<Soft>) => S;
  /** Makes the task that looks. */
  readonly look: (connection: BmcConnection) => L;
}

/** The stages of the functions by which a machine with a management processor is switched. */
export const powerStages = <Soft extends string, S, L>({ soft, set, look }: PowerTasks<Soft, S, L>) => {
  const switching = { id: bmcConnectionOf, soft, send: set };
  const looking = { id: bmcConnectionOf, send: look };
  return {
    on: power('on', switching),
    off: power('off', switching),
    state: powerState(looking),
    wait: waitForPoweroff(looking),
  };
};
