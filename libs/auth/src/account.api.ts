import { action, boolean, dateTime, defineModel, parameter, reference, staticAction, text } from '#api';
import { ChangeUser, CloseSessions, CreateUser, DeleteUser, UnlinkUser } from './account.commands.ts';
import { Secret } from '#kernel';
import type { People } from '#people';
import { isPersonId, PERSON_PREFIX } from '#people';
import { EraseUser } from './erase-user.commands.ts';
import { MAX_NAME_LENGTH } from './names.ts';
import { SetPassword } from './password.commands.ts';
import { users } from './users.ts';

const permission = { grant: 'Auth.change_account' };

export const accountFields = {
  name: text(MAX_NAME_LENGTH, { mode: 'RC', required: true }),
  superuser: boolean({ default: false, doc: 'May do everything.' }),
  enabled: boolean({ default: true, doc: 'May log in.' }),
  groups: reference('Auth/Group', { list: true, default: [] }),
  permissions: text(200, { list: true, default: [], doc: 'Their own; those of their groups come on top.' }),
  networks: text(50, { list: true, mode: 'RO', doc: 'Blocks of addresses they may log in from; none: any.' }),
  legacy: boolean({ mode: 'RO', doc: 'Whether the password is one that everybody knows.' }),
  linked: boolean({ mode: 'RO', doc: 'Whether they have signed in by the provider of OpenID Connect.' }),
  has_password: boolean({ mode: 'RO', doc: 'Whether a password was ever set.' }),
  pseudonym: text(undefined, {
    mode: 'RO',
    doc: 'What the server calls them in its own output, behind `person.`; null where that is the name.',
  }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

/**
 * Users, for those who manage them. Not shown over CInP, whose `Auth/User` has no objects.
 * @param permissions the names of all permissions there are, in order
 */
export const accountModel = (permissions: () => readonly string[], people: Pick<People, 'inside'>) =>
  defineModel({
    path: 'Auth/Account',
    doc: 'Somebody who can log in.',
    protocols: ['rest'],
    idField: 'name',
    keyOf: (name) => people.inside(name),
    fields: accountFields,
    rows: users,
    sites: 'none',
    present: ({ credential, networks = [], legacy = false, linked = false, ...row }, name) => ({
      ...row,
      name,
      linked,
      networks,
      legacy,
      has_password: credential !== null,
      pseudonym: isPersonId(String(name)) ? String(name).slice(PERSON_PREFIX.length) : null,
    }),
    create: (values) => new CreateUser(values),
    update: (name, values) => new ChangeUser(name, values),
    deletion: { command: (names) => new DeleteUser(names) },
    actions: {
      setPassword: action({
        doc: 'Sets the password, of at least 8 characters, and ends all sessions.',
        parameters: { password: parameter.text() },
        permission,
        command: (name, { password }) => new SetPassword(name, new Secret(password ?? '')),
      }),
      closeSessions: action({
        doc: 'Ends all sessions.',
        parameters: {},
        permission,
        command: (name) => new CloseSessions(name),
      }),
      erase: staticAction({
        doc: 'Deletes a user, unless that was done before, and destroys what tells who it was; the answer is what stands in the place of the name.',
        parameters: { name: parameter.text() },
        returns: parameter.text(),
        permission: { grant: 'Auth.can_erase_account' },
        command: ({ name }) => new EraseUser(name ?? ''),
      }),
      unlink: action({
        doc: 'Lets somebody else sign in by OpenID Connect as this user, who is known by another identity until then.',
        parameters: {},
        permission,
        command: (name) => new UnlinkUser(name),
      }),
      permissions: staticAction({
        doc: 'The names of all permissions that can be granted.',
        parameters: {},
        returns: parameter.text({ list: true }),
        permission: { grant: 'Auth.view_account' },
        sites: 'none',
        query: async () => permissions(),
      }),
    },
  });
