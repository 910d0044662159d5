import type { Permission } from './model.ts';

/** Somebody with a session. */
export interface Person {
  readonly name: string;
  readonly superuser: boolean;
  readonly permissions: ReadonlySet<string>;
  /** Which session, for logging out: the hash of its token. */
  readonly session: string;
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
