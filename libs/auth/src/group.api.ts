import type { Model } from '#api';
import { asText, dateTime, text } from '#api';
import type { GrantPolicy } from './grant-policy.ts';
import { checkName } from './grant-policy.ts';
import { group } from './group.ts';
import type { GroupRow } from './groups.ts';
import { groups } from './groups.ts';
import { users } from './users.ts';

const names = (value: unknown): readonly string[] => (value ?? []) as readonly string[];

/** Groups, for those who manage them. */
export const groupModel = (granting: GrantPolicy): Model<GroupRow> => ({
  path: 'Auth/Group',
  doc: 'Permissions under a name, for all users who are in it.',
  protocols: ['rest'],
  idField: 'name',
  fields: {
    name: text(150, { mode: 'RC', required: true }),
    permissions: text(200, { list: true, default: [] }),
    updated: dateTime({ mode: 'RO' }),
    created: dateTime({ mode: 'RO' }),
  },
  rows: groups,
  present: (row, name) => ({ ...row, name }),
  create: async (work, values, { caller }) => {
    const name = asText(values['name']);
    const permissions = names(values['permissions']);
    checkName(work, name);
    granting.checkAdded(work, caller, [], permissions);
    await work.decide(group, name, { type: 'DefineGroup', data: { name, permissions } });
    return name;
  },
  update: async (work, name, values, { caller }) => {
    if (!('permissions' in values)) return;
    const permissions = names(values['permissions']);
    const found = await work.load(group, name);
    if (found.stage === 'active') granting.checkAdded(work, caller, found.value.permissions, permissions);
    await work.decide(group, name, { type: 'ChangeGroup', data: { permissions } });
  },
  deletion: {
    close: async (work, name) => void (await work.decide(group, name, { type: 'CloseGroup', data: {} })),
    reopen: async (work, name) => void (await work.decide(group, name, { type: 'ReopenGroup', data: {} })),
    remove: async (work, name) => void (await work.decide(group, name, { type: 'DeleteGroup', data: {} })),
    users: async (view, name) =>
      (await view.list(users)).rows
        .filter(({ row }) => row.groups.includes(String(name)))
        .map(({ key }) => `Account ${key}`),
  },
});
