import { Inject, Injectable } from '@nestjs/common';
import type { Caller, UnitOfWork } from '#kernel';
import { ApiCatalogue, permissionsOf } from '#api';
import { group } from './group.ts';
import { service } from './service.ts';
import type { User } from './user.ts';
import { user } from './user.ts';

/**
 * What may be given to whom: only permissions that exist, and nobody gives, or takes over, more than their own. Without
 * the second rule whoever may change accounts could do everything. Contractor itself (a caller that is undefined) is not
 * bound by it.
 */
@Injectable()
export class GrantPolicy {
  readonly #catalogue: ApiCatalogue;
  #known: ReadonlySet<string> | undefined;

  constructor(@Inject(ApiCatalogue) catalogue: ApiCatalogue) {
    this.#catalogue = catalogue;
  }

  /** The permissions there are. */
  get #exist(): ReadonlySet<string> {
    this.#known ??= permissionsOf(this.#catalogue.whole);
    return this.#known;
  }

  /** Checks permissions that are to be added to those somebody has. */
  checkAdded(work: UnitOfWork, caller: Caller | undefined, has: readonly string[], wanted: readonly string[]): void {
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
    caller: Caller | undefined,
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

/**
 * Refuses to manage somebody who may do more than the caller, be it a user or a service; whoever is not there may do
 * nothing.
 */
export async function checkReach(work: UnitOfWork, caller: Caller | undefined, name: string): Promise<void> {
  const found = await work.load(user, name);
  const may = found ? await effective(work, found) : ((await work.load(service, name))?.permissions ?? []);
  const more = found?.superuser ? !isUnbound(caller) : beyond(caller, may).length > 0;
  if (more) work.fault('', 'BEYOND_OWN', `${name} may do more than you`);
}

async function effective(work: UnitOfWork, { groups, permissions }: User): Promise<readonly string[]> {
  const found = await Promise.all(groups.map((name) => work.load(group, name)));
  return [...permissions, ...found.flatMap((one) => (one.stage === 'active' ? one.value.permissions : []))];
}

/** Contractor itself, and superusers. */
const isUnbound = (caller: Caller | undefined): boolean => caller === undefined || caller.principal?.superuser === true;

/** Those of some permissions that the caller does not have. */
function beyond(caller: Caller | undefined, permissions: readonly string[]): string[] {
  if (isUnbound(caller)) return [];
  return permissions.filter((permission) => !caller?.principal?.permissions.has(permission));
}
