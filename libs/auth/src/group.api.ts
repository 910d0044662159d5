import { dateTime, defineModel, text } from '#api';
import { ChangeGroup, CreateGroup, DeleteGroup } from './group.commands.ts';
import { groups } from './groups.ts';
import { MAX_NAME_LENGTH } from './names.ts';
import { users } from './users.ts';

export const groupFields = {
  name: text(MAX_NAME_LENGTH, { mode: 'RC', required: true }),
  permissions: text(200, { list: true, default: [] }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

/** Groups, for those who manage them. */
export const groupModel = defineModel({
  path: 'Auth/Group',
  doc: 'Permissions under a name, for all users who are in it.',
  protocols: ['rest'],
  idField: 'name',
  fields: groupFields,
  rows: groups,
  sites: 'none',
  present: (row, name) => ({ ...row, name }),
  create: (values) => new CreateGroup(values),
  update: (name, values) => new ChangeGroup(name, values),
  deletion: {
    command: (names) => new DeleteGroup(names),
    users: async (view, name) =>
      (await view.list(users)).rows
        .filter(({ row }) => row.groups.includes(String(name)))
        .map(({ key }) => `Account ${key}`),
  },
});
