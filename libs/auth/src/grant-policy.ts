import type { Caller, UnitOfWork } from '#kernel';
import type { Catalogue } from '#api';
import { permissionsOf } from '#api';
import { group } from './group.ts';
import type { User } from './user.ts';

/** Name of a user, a group or a service: what can stand in a URI and a header. */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
/** Names that stand in the log for somebody else. */
const TAKEN = new Set(['system', 'AnonymousUser']);

/** Checks the name of somebody new. */
export function checkName(work: UnitOfWork, name: string): void {
  if (name !== '' && !NAME.test(name)) work.fault('name', 'PATTERN', 'Invalid');
  if (TAKEN.has(name)) work.fault('name', 'RESERVED', `"${name}" stands for somebody else`);
}

/**
 * What may be given to whom: only permissions that exist, and nobody gives, or takes over, more than their own. Without
 * the second rule whoever may change accounts could do everything.
 */
export class GrantPolicy {
  #exist: ReadonlySet<string> = new Set();

  /** Learns which permissions there are. */
  learn(catalogue: Catalogue): void {
    this.#exist = permissionsOf(catalogue);
  }

  /** The names of all permissions, in order. */
  get all(): readonly string[] {
    return [...this.#exist];
  }

  /** Checks permissions that are to be added to those somebody has. */
  checkAdded(work: UnitOfWork, caller: Caller, has: readonly string[], wanted: readonly string[]): void {
    const added = wanted.filter((permission) => !has.includes(permission));
    for (const name of added.filter((permission) => !this.#exist.has(permission))) {
      work.fault('permissions', 'UNKNOWN', `there is no permission "${name}"`);
    }
    for (const name of beyond(caller, added)) {
      work.fault('permissions', 'BEYOND_OWN', `you cannot grant "${name}": you do not have it`);
    }
  }

  /** Checks groups somebody is to join. */
  async checkJoined(
    work: UnitOfWork,
    caller: Caller,
    has: readonly string[],
    wanted: readonly string[],
  ): Promise<void> {
    for (const name of wanted.filter((one) => !has.includes(one))) {
      const found = await work.load(group, name);
      if (found.stage !== 'active') work.fault('groups', 'INVALID_VALUE', `there is no group "${name}"`);
      else if (beyond(caller, found.value.permissions).length > 0) {
        work.fault('groups', 'BEYOND_OWN', `you cannot put anybody into "${name}": it may do more than you`);
      }
    }
  }
}

/** Refuses to manage somebody who may do more than the caller. */
export async function checkReach(work: UnitOfWork, caller: Caller, name: string, user: User): Promise<void> {
  const more = user.superuser
    ? caller.principal?.superuser !== true
    : beyond(caller, await effective(work, user)).length > 0;
  if (more) refuseReach(work, name);
}

/** The same for those who have nothing but permissions of their own. */
export function checkReachOver(work: UnitOfWork, caller: Caller, name: string, permissions: readonly string[]): void {
  if (beyond(caller, permissions).length > 0) refuseReach(work, name);
}

function refuseReach(work: UnitOfWork, name: string): void {
  work.fault('', 'BEYOND_OWN', `${name} may do more than you`);
}

async function effective(work: UnitOfWork, { groups, permissions }: User): Promise<string[]> {
  const found = await Promise.all(groups.map((name) => work.load(group, name)));
  return [...permissions, ...found.flatMap((one) => (one.stage === 'active' ? one.value.permissions : []))];
}

/** Those of some permissions that the caller does not have. */
function beyond({ principal }: Caller, permissions: readonly string[]): string[] {
  if (principal?.superuser) return [];
  return permissions.filter((permission) => !principal?.permissions.has(permission));
}
