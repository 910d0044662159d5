import type { Row } from '../model/types.ts';

/** Who has a permission: users and services of their own, users by a group, superusers without any. */
export interface Holders {
  readonly users: readonly string[];
  readonly groups: readonly string[];
  readonly services: readonly string[];
}

const NOBODY: Holders = { users: [], groups: [], services: [] };

/** Who was granted each permission, by its name. */
export function holdersOf(
  users: readonly Row[],
  groups: readonly Row[],
  services: readonly Row[],
): (permission: string) => Holders {
  const found = new Map<string, { users: string[]; groups: string[]; services: string[] }>();
  const note = (rows: readonly Row[], kind: keyof Holders): void => {
    for (const row of rows) {
      for (const permission of (row['permissions'] ?? []) as readonly string[]) {
        const known = found.get(permission) ?? { users: [], groups: [], services: [] };
        known[kind].push(String(row['name']));
        found.set(permission, known);
      }
    }
  };
  note(users, 'users');
  note(groups, 'groups');
  note(services, 'services');
  return (permission) => found.get(permission) ?? NOBODY;
}
