import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentParametersOf } from '#platform';
import { settledPower, type PowerPatience } from '../bmc/settled-power.ts';
import type { Bmc } from './bmc.ts';
import type { IpmiContract } from './contract.ts';
import { CommandRefused, LoginRefused } from './faults.ts';

type Wanted = AgentParametersOf<IpmiContract, 'set_power'>['state'];

/** `on`, `off`, or what the BMC says where it is neither. */
export async function powerState(bmc: Bmc, tries?: number): Promise<string> {
  const output = await bmc.run(['chassis', 'power', 'status'], tries === undefined ? {} : { tries });
  const [line = ''] = output.trim().split('\n');
  const [, state] = /^Chassis Power is (on|off)$/i.exec(line.trim()) ?? [];
  return state?.toLowerCase() ?? `unknown "${line.trim()}"`;
}

/**
 * Sets the power, unless it is as wanted: what `ipmitool` says of it proves nothing. Where a BMC refuses to ask the operating
 * system, nothing is done, and what comes next is the server's to say. @returns what is seen afterwards
 */
export async function setPower(bmc: Bmc, state: Wanted, patience?: PowerPatience): Promise<string> {
  const wanted = state === 'on' ? 'on' : 'off';
  const before = await powerState(bmc);
  if (before === wanted) return before;
  const gently = state === 'shutdown';
  const look = () => powerState(bmc);
  try {
    await bmc.run(['chassis', 'power', gently ? 'soft' : state]);
  } catch (error) {
    if (!(gently && error instanceof CommandRefused)) throw error;
    return look();
  }
  return settledPower({ wanted, gently, look, signal: bmc.signal }, patience);
}

type LinkTest = Omit<AgentParametersOf<IpmiContract, 'link_test'>, 'connection'>;

/**
 * Asks for the power state again and again, and weighs each answer against those before.
 * @returns a score from 0 to 1, as soon as it is below the threshold @throws LoginRefused: that is no question of the link
 */
export async function linkTest(bmc: Bmc, { count, scaler, threshold, delay }: LinkTest): Promise<number> {
  let score = 1;
  for (let n = 1; n <= count; n += 1) {
    const answered = await powerState(bmc, 1).then(
      () => 1,
      (error: unknown) => {
        if (error instanceof LoginRefused || bmc.signal.aborted) throw error;
        return 0;
      },
    );
    score = score * scaler + (1 - scaler) * answered;
    if (score < threshold) return score;
    if (n < count) await sleep(delay * 1000, undefined, { signal: bmc.signal });
  }
  return score;
}
