import type { Principal } from '#kernel';
import type { AccessToken } from './access-token.ts';

/** Who asks with a token of a user: its scope, of what the user may do now. */
export function scopedPrincipal(
  owner: Principal,
  { name, permissions, readOnly, sites }: AccessToken,
  session: string,
): Principal {
  const whole = permissions.length === 0;
  return {
    name: owner.name,
    superuser: owner.superuser && whole,
    permissions: whole
      ? owner.permissions
      : new Set(permissions.filter((one) => owner.superuser || owner.permissions.has(one))),
    session,
    token: { name, readOnly },
    ...(sites.length === 0 ? {} : { serviceScope: { sites, modules: ['*'] } }),
  };
}
