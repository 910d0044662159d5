import type { Permission } from './model.ts';

/** Where a service identity may work: names of sites and modules; `*` stands for all of them. */
export interface Serves {
  readonly sites: readonly string[];
  readonly modules: readonly string[];
}

/** Somebody with a session. */
export interface Person {
  readonly name: string;
  readonly superuser: boolean;
  readonly permissions: ReadonlySet<string>;
  /** Which session, for logging out: the hash of its token. */
  readonly session: string;
  /** Set for service identities; users are not bound to places. */
  readonly serves?: Serves;
}

/** Who is asking. */
export interface Caller {
  /** Undefined: anonymous. */
  readonly person?: Person;
  /** Source address of the connection. */
  readonly source: string;
}

/** Name of a caller without a session. */
export const ANONYMOUS = 'AnonymousUser';

/** Whether the caller may do what needs this permission. */
export function may(caller: Caller, permission: Permission): boolean {
  if (permission === 'anybody') return true;
  const { person } = caller;
  if (!person) return false;
  return permission === 'session' || person.superuser || person.permissions.has(permission.grant);
}

/** Whether the caller may work at a site, and with these modules. */
export function mayServe({ person }: Caller, site: string, modules: readonly string[] = []): boolean {
  const { sites, modules: known } = person?.serves ?? EVERYWHERE;
  return within(sites, site) && modules.every((module) => within(known, module));
}

const EVERYWHERE: Serves = { sites: ['*'], modules: ['*'] };

const within = (names: readonly string[], name: string): boolean => names.includes('*') || names.includes(name);
