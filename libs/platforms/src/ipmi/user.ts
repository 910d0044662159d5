import type { Json, Secret } from '#kernel';
import type { AgentParametersOf } from '#platform';
import type { Bmc } from './bmc.ts';
import type { IpmiContract } from './contract.ts';
import { CommandRefused, LoginRefused } from './faults.ts';

type Privilege = AgentParametersOf<IpmiContract, 'set_user'>['privilege'];

/** A user as wanted; it keeps the password and the privilege that are not said. */
type User = Omit<AgentParametersOf<IpmiContract, 'set_user'>, 'connection' | 'password' | 'privilege'> & {
  readonly password?: Secret | undefined;
  readonly privilege?: Privilege | undefined;
};

/** Commands of the network function of applications (IPMI 2.0, 22.26 to 22.30). */
const APP = 0x06;
const SET_ACCESS = 0x43;
const GET_ACCESS = 0x44;
const SET_NAME = 0x45;
const GET_NAME = 0x46;
const SET_PASSWORD = 0x47;

/** What is done with a password. */
const ENABLE = 0x01;
const SET = 0x02;

const MAX_NAME = 16;
const MAX_PASSWORD = 20;

const PRIVILEGES = { user: 2, operator: 3, administrator: 4 } as const;

/**
 * Makes a user of a BMC what is wanted; what is so already is left. Whether the password is right only a login tells: BMCs
 * hold passwords for right that they are asked to test. Nobody is let in before the password is set.
 * @returns whether there was something to do
 * @throws Error where a user who may not log in is to have a password without a privilege, or a privilege without a password
 */
export async function setUser(bmc: Bmc, user: User): Promise<boolean> {
  const { channel, user_id: id, name, password } = user;
  checkRoom('name', name, MAX_NAME);
  if (password) checkRoom('password', password.reveal(), MAX_PASSWORD);
  const access = await accessOf(bmc, channel, id);
  checkLetIn(user, access);
  const privilege = user.privilege ?? privilegeIn(access);
  const named = await setName(bmc, id, name);
  const known = password && access === privilege ? await isKnown(bmc, user, privilege) : false;
  if (password && !known) await setPassword(bmc, user, password);
  const allowed = privilege !== undefined && (await setAccess(bmc, user, privilege));
  if (!password || known) return named || allowed;
  if (privilege !== undefined && (await bmc.letsIn({ username: name, password }, privilege.toUpperCase()))) return true;
  throw new Error(`password: the BMC took it for user ${id}, and does not let "${name}" in`);
}

const privilegeIn = (access: string | null): Privilege | undefined =>
  Object.keys(PRIVILEGES).find((one) => one === access) as Privilege | undefined;

/** @throws Error where what is declared of a user who may not log in leaves open by which password, or as what, he may */
function checkLetIn({ user_id: id, password, privilege }: User, access: string | null): void {
  if (password && privilege === undefined && privilegeIn(access) === undefined) {
    throw new Error(
      `privilege: user ${id} may not log in, and his password cannot be tried: his privilege has to be said`,
    );
  }
  if (!password && privilege !== undefined && access === null) {
    throw new Error(`password: user ${id} may not log in, and is not let in without a password that is said`);
  }
}

/** Whether the password is right already; who is not let in for another reason may never have had one. */
async function isKnown(bmc: Bmc, { name, password }: User, privilege: Privilege | undefined): Promise<boolean> {
  if (!password || privilege === undefined) return false;
  return bmc.letsIn({ username: name, password }, privilege.toUpperCase()).catch((error: unknown) => {
    if (error instanceof LoginRefused) return false;
    throw error;
  });
}

async function setPassword(bmc: Bmc, { user_id: id, name }: User, password: Secret): Promise<void> {
  const bytes = padded(password.reveal(), MAX_PASSWORD);
  await bmc.raw([APP, SET_PASSWORD, 0x80 | id, SET, ...bytes], { secret: true });
  if (name === bmc.username) bmc.relogin({ password });
}

async function setName(bmc: Bmc, id: number, name: string): Promise<boolean> {
  const wanted = padded(name, MAX_NAME);
  const before = await nameOf(bmc, id);
  if (before.equals(wanted)) return false;
  await bmc.raw([APP, SET_NAME, id, ...wanted]);
  if (textIn(before) === bmc.username) bmc.relogin({ username: name });
  if (!(await nameOf(bmc, id)).equals(wanted)) {
    throw new Error(`name: the BMC took it for user ${id}, and has another one afterwards`);
  }
  return true;
}

/** Nothing, where there was never one. */
const nameOf = (bmc: Bmc, id: number): Promise<Buffer> =>
  bmc.raw([APP, GET_NAME, id]).catch((error: unknown) => {
    if (error instanceof CommandRefused && error.code !== null) return Buffer.alloc(0);
    throw error;
  });

/** What of a user of a BMC is not as wanted, each by its name. Whether its password is right only a login tells. */
export async function userDifference(
  bmc: Bmc,
  user: User,
): Promise<readonly { readonly name: string; readonly wanted: Json; readonly found: Json }[]> {
  const { channel, user_id: id, name, password } = user;
  checkRoom('name', name, MAX_NAME);
  const found: { name: string; wanted: Json; found: Json }[] = [];
  const now = textIn(await nameOf(bmc, id));
  if (now !== name) found.push({ name: `user ${id} name`, wanted: name, found: now });
  const access = await accessOf(bmc, channel, id);
  const privilege = user.privilege ?? privilegeIn(access);
  if (user.privilege !== undefined && access !== user.privilege) {
    found.push({ name: `user ${id} privilege`, wanted: user.privilege, found: access });
  }
  // Who is not there, or may not do it, is not let in anyway.
  if (found.length > 0 || !password) return found;
  if (privilege !== undefined && (await isKnown(bmc, user, privilege))) return [];
  return [{ name: `user ${id} password`, wanted: 'that which is declared', found: 'another one' }];
}

const textIn = (bytes: Buffer): string | null => bytes.toString().replace(/\0.*$/s, '') || null;

/** What a user may do over a channel; null: nothing, as it is disabled, or may not send messages of IPMI. */
async function accessOf(bmc: Bmc, channel: number, id: number): Promise<string | null> {
  const [, count = 0, , access = 0] = await bmc.raw([APP, GET_ACCESS, channel, id]);
  if (count >> 6 === 2 || (access & 0x10) === 0) return null;
  const number = access & 0x0f;
  return Object.entries(PRIVILEGES).find(([, one]) => one === number)?.[0] ?? `privilege ${number}`;
}

/** Lets a user in with a privilege; he is enabled only where his password is known to be the one that is said. */
async function setAccess(bmc: Bmc, { channel, user_id: id, password }: User, privilege: Privilege): Promise<boolean> {
  const isSet = async (): Promise<boolean> => (await accessOf(bmc, channel, id)) === privilege;
  if (await isSet()) return false;
  await bmc.raw([APP, SET_ACCESS, 0x80 | 0x10 | channel, id, PRIVILEGES[privilege], 0]);
  if (password) await bmc.raw([APP, SET_PASSWORD, id, ENABLE]);
  if (await isSet()) return true;
  throw new Error(`privilege: the BMC took it for user ${id}, and has another one afterwards`);
}

/** A text in so many bytes, the rest of which are 0. */
function padded(text: string, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.write(text);
  return bytes;
}

function checkRoom(field: string, text: string, max: number): void {
  const length = Buffer.byteLength(text);
  if (length < 1 || length > max) throw new Error(`${field}: must be from 1 to ${max} bytes long, and is ${length}`);
}
