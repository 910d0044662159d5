import type { Caller, UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { Key } from '#read-store';
import { checkReach } from './grant-policy.ts';
import type { Service } from './service.ts';
import { service } from './service.ts';
import type { User } from './user.ts';
import { user } from './user.ts';

/** A user of this name whom the caller may manage. @throws Refusal where there is none */
export async function managedUser(work: UnitOfWork, key: Key, caller: Caller | undefined): Promise<User> {
  const found = await work.load(user, key);
  if (!found) throw refuse('', 'NOT_FOUND', 'there is no such user');
  await checkReach(work, caller, String(key));
  return found;
}

/** A service of this name that the caller may manage. @throws Refusal where there is none */
export async function managedService(work: UnitOfWork, key: Key, caller: Caller | undefined): Promise<Service> {
  const found = await work.load(service, key);
  if (!found) throw refuse('', 'NOT_FOUND', 'there is no such service');
  await checkReach(work, caller, String(key));
  return found;
}
