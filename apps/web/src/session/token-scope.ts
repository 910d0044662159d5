import type { Row } from '../model/types.ts';

/** How many permissions are named before it is said how many there are. */
const NAMED = 3;

/** What a token is for, in words. */
export function scopeOf(row: Row): string {
  const permissions = (row['permissions'] ?? []) as readonly string[];
  const sites = (row['sites'] ?? []) as readonly string[];
  const what =
    permissions.length === 0
      ? 'Everything you may do'
      : permissions.length > NAMED
        ? `${permissions.length} permissions`
        : permissions.join(', ');
  return [
    what,
    ...(row['read_only'] === true ? ['reading only'] : []),
    ...(sites.length === 0 ? [] : [`at ${sites.join(', ')}`]),
  ].join(' · ');
}
