import type { Permission } from './model.ts';

/** Where a service identity may work: names of sites and modules; `*` stands for all of them. */
export interface ServiceScope {
  readonly sites: readonly string[];
  readonly modules: readonly string[];
}

/** Somebody with a session. */
export interface Principal {
  readonly name: string;
  readonly superuser: boolean;
  readonly permissions: ReadonlySet<string>;
  /** Which session, for logging out: the hash of its token. */
  readonly session: string;
  /** Set for service identities; users are not bound to places. */
  readonly serviceScope?: ServiceScope;
}

/** Who is asking. */
export interface Caller {
  /** Undefined: anonymous. */
  readonly principal?: Principal;
  /** Source address of the connection. */
  readonly source: string;
}

/** Name of a caller without a session. */
export const ANONYMOUS = 'AnonymousUser';

/** Whether the caller may do what needs this permission. */
export function may(caller: Caller, permission: Permission): boolean {
  if (permission === 'anybody') return true;
  const { principal } = caller;
  if (!principal) return false;
  return permission === 'session' || principal.superuser || principal.permissions.has(permission.grant);
}

/** Whether the caller may work at a site, and with these modules. */
export function canServe({ principal }: Caller, site: string, modules: readonly string[] = []): boolean {
  const { sites, modules: known } = principal?.serviceScope ?? EVERYWHERE;
  return within(sites, site) && modules.every((module) => within(known, module));
}

const EVERYWHERE: ServiceScope = { sites: ['*'], modules: ['*'] };

const within = (names: readonly string[], name: string): boolean => names.includes('*') || names.includes(name);
