import type { SettingDifference } from '#platform';
import type { AgentParametersOf } from '#platform';
import type { Bmc } from './bmc.ts';
import type { IpmiContract } from './contract.ts';
import { lanDifference, setLan } from './lan.ts';
import { setUser, userDifference } from './user.ts';

/** What a blueprint declares of a BMC: its LAN, and its users. */
export type BmcSettings = AgentParametersOf<IpmiContract, 'apply_bmc'>['settings'];

/** The channel of a LAN where nothing else is said. */
const CHANNEL = 1;

const usersOf = ({ users = [] }: BmcSettings) => users.map(({ channel = CHANNEL, ...user }) => ({ channel, ...user }));

const lanOf = ({ lan }: BmcSettings) => lan && { ...lan, channel: lan.channel ?? CHANNEL };

/** What of a BMC is not as it is declared. Passwords are tried, and never told. */
export async function bmcDifference(bmc: Bmc, settings: BmcSettings): Promise<readonly SettingDifference[]> {
  const lan = lanOf(settings);
  const found = lan ? [...(await lanDifference(bmc, lan))] : [];
  for (const user of usersOf(settings)) found.push(...(await userDifference(bmc, user)));
  return found.map((one) => ({ kind: 'bmc' as const, ...one, pending: null }));
}

/**
 * Makes a BMC what is declared of it, its users first: with its LAN it may be elsewhere. What is so already is left.
 * @returns the names of what was not as declared
 */
export async function applyBmc(bmc: Bmc, settings: BmcSettings): Promise<readonly string[]> {
  const names = (await bmcDifference(bmc, settings)).map(({ name }) => name);
  if (names.length === 0) return [];
  for (const user of usersOf(settings)) await setUser(bmc, user);
  const lan = lanOf(settings);
  if (lan) await setLan(bmc, lan);
  return names;
}
