import type { ReadModel } from '#read-store';
import { change, gone, rule } from '#read-store';
import { withName, withoutName } from './difference.ts';

/** A group as it is shown. */
export interface GroupRow {
  readonly permissions: readonly string[];
  readonly created: string;
  readonly updated: string;
}

type Permission = { readonly permission: string };

/** Groups by name. */
export const groups: ReadModel<GroupRow> = {
  name: 'groups',
  version: 1,
  key: 'text',
  history: true,
  indexes: {},
  on: {
    GroupDefined: rule<GroupRow, { permissions: readonly string[] }>((_, { data, at }) => ({
      ...data,
      created: at,
      updated: at,
    })),
    GroupPermissionGranted: change<GroupRow, Permission>((row, { data, at }) => ({
      ...row,
      permissions: withName(row.permissions, data.permission),
      updated: at,
    })),
    GroupPermissionRevoked: change<GroupRow, Permission>((row, { data, at }) => ({
      ...row,
      permissions: withoutName(row.permissions, data.permission),
      updated: at,
    })),
    GroupDeleted: gone(),
  },
};
