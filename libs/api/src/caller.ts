import type { Caller, ServiceScope } from '#kernel';
import type { Permission } from './model.ts';

/** Name of a caller without a session. */
export const ANONYMOUS = 'AnonymousUser';

/** Whether the caller may do what needs this permission. */
export function may(caller: Caller, permission: Permission): boolean {
  if (permission === 'anybody') return true;
  const { principal } = caller;
  if (!principal) return false;
  if (permission === 'session') return !principal.booted;
  return principal.superuser || principal.permissions.has(permission.grant);
}

/** Whether the caller may work at a site, and with these modules. */
export function canServe({ principal }: Caller, site: string, modules: readonly string[] = []): boolean {
  const { sites, modules: known } = principal?.serviceScope ?? EVERYWHERE;
  return within(sites, site) && modules.every((module) => within(known, module));
}

const EVERYWHERE: ServiceScope = { sites: ['*'], modules: ['*'] };

const within = (names: readonly string[], name: string): boolean => names.includes('*') || names.includes(name);

/** The sites that a caller is bound to; undefined: none, it may work everywhere. */
export function boundTo({ principal }: Caller): readonly string[] | undefined {
  const sites = principal?.serviceScope?.sites;
  return sites === undefined || sites.includes('*') ? undefined : sites;
}
