import { randomUUID } from 'node:crypto';
import type { AppContext } from '#runtime';
import { BadSetting } from '#runtime/settings';
import type { Passwords } from './passwords.ts';
import { isShort, LENGTH_RULE } from './passwords.ts';
import { isThereSuperuser, keepSuperusers } from './superusers.ts';
import { newToken } from './tokens.ts';
import { user } from './user.ts';

/** Name of the administrator that the first start makes. */
const NAME = 'root';

/**
 * Makes the administrator where nobody may do everything yet; of several servers that start at once, one does.
 * @returns the name and password to tell the operator once; undefined where there was nothing to do
 * @throws BadSetting where the password that was chosen is too short
 */
export async function firstUser(
  { execute }: Pick<AppContext, 'execute'>,
  passwords: Pick<Passwords, 'keep' | 'erase'>,
  password: string | undefined,
): Promise<{ name: string; password: string } | undefined> {
  const request = randomUUID();
  const metadata = { actor: 'system', request, correlation: request };
  if ((await execute(metadata, isThereSuperuser)).value) return undefined;
  if (password !== undefined && isShort(password)) throw new BadSetting('CONTRACTOR_ADMIN_PASSWORD', '…', LENGTH_RULE);
  const chosen = password ?? newToken().slice(0, 20);
  const credential = await passwords.keep(chosen);
  const { value: made } = await execute(metadata, async (work) => {
    if (await isThereSuperuser(work)) return false;
    const traits = { superuser: true, enabled: true, groups: [], permissions: [] };
    await work.decide(user, NAME, { type: 'CreateUser', data: { name: NAME, ...traits, credential } });
    await keepSuperusers(work, NAME);
    return true;
  });
  if (made) return { name: NAME, password: chosen };
  await passwords.erase(credential);
  return undefined;
}
