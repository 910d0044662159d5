import type { Asked, Command, Tools } from './command.ts';
import { listOf, Misuse, nameOf, table, told } from './command.ts';
import type { Values } from './rest-client.ts';

const MANY = Number.POSITIVE_INFINITY;

const SUPERUSER = { type: 'boolean', does: 'being a superuser, who may do everything' } as const;
const groupOption = (does: string) =>
  ({ type: 'string', multiple: true, does, completes: { model: 'Auth/Group' } }) as const;

const accountOf = (name: string): string => `Auth/Account/${encodeURIComponent(name)}`;
const groupOf = (name: string): string => `Auth/Group/${encodeURIComponent(name)}`;

const listIn = (object: Values, field: string): string[] => (object[field] ?? []) as string[];
const more = (object: Values, field: string, names: readonly string[]): string[] => [
  ...new Set([...listIn(object, field), ...names]),
];
const less = (object: Values, field: string, names: readonly string[]): string[] =>
  listIn(object, field).filter((name) => !names.includes(name));

const newPassword = (name: string, { asker }: Tools): Promise<string> => asker.askNew(`New password of ${name}`);
const setPassword = (name: string, password: string, { client }: Tools): Promise<unknown> =>
  client.call(`${accountOf(name)}/setPassword`, { password });

const switched = (enabled: boolean, does: string): Command => ({
  usage: 'NAME',
  does,
  names: [1, 1],
  run: async (asked, { client }) => {
    await client.change(accountOf(nameOf(asked)), () => ({ enabled }));
    return told(`${nameOf(asked)} is ${enabled ? 'enabled' : 'disabled'}`);
  },
});

/** Gives to a user, or takes away: permissions, groups, being a superuser. */
const userRights = (give: boolean, does: string): Command => ({
  usage: 'NAME [PERMISSION…] [--group GROUP]… [--superuser]',
  does,
  names: [1, MANY],
  options: { group: groupOption(give ? 'put into this group' : 'take out of this group'), superuser: SUPERUSER },
  run: async (asked, { client }) => {
    const [name = '', ...permissions] = asked.names;
    const groups = listOf(asked, 'group');
    const { superuser } = asked.options;
    if (permissions.length + groups.length === 0 && !superuser)
      throw new Misuse('say what: permissions, --group, --superuser');
    const change = give ? more : less;
    await client.change(accountOf(name), (user) => ({
      permissions: change(user, 'permissions', permissions),
      groups: change(user, 'groups', groups),
      ...(superuser ? { superuser: give } : {}),
    }));
    return told(`${give ? 'granted to' : 'revoked from'} ${name}`);
  },
});

/** Commands about users. */
export const users: Readonly<Record<string, Command>> = {
  'user list': {
    usage: '',
    does: 'list users',
    names: [0, 0],
    run: async (_, { client }) =>
      table(await client.list('Auth/Account'), {
        NAME: ({ name }) => name,
        STATE: ({ enabled, has_password: has }) => (enabled ? (has ? 'enabled' : 'no password') : 'disabled'),
        GROUPS: ({ groups }) => groups,
        PERMISSIONS: ({ superuser, permissions }) => (superuser ? 'superuser' : permissions),
      }),
  },
  'user add': {
    usage: 'NAME [--group GROUP]… [--permission PERMISSION]… [--superuser] [--no-password]',
    does: 'add a user; asks for the password',
    names: [1, 1],
    options: {
      group: groupOption('a group to be in'),
      permission: { type: 'string', multiple: true, does: 'a permission to have (contractor permission list)' },
      superuser: SUPERUSER,
      'no-password': { type: 'boolean', does: 'ask for none; who has none cannot log in' },
    },
    run: async (asked, tools) => {
      const name = nameOf(asked);
      const password = asked.options['no-password'] ? undefined : await newPassword(name, tools);
      await tools.client.create('Auth/Account', {
        name,
        groups: listOf(asked, 'group'),
        permissions: listOf(asked, 'permission'),
        superuser: asked.options['superuser'] === true,
      });
      if (password !== undefined) await setPassword(name, password, tools);
      return told(`added ${name}`, { name });
    },
  },
  'user enable': switched(true, 'let a user log in again'),
  'user disable': switched(false, 'keep a user out; ends all their sessions'),
  'user set-password': {
    usage: 'NAME',
    does: 'set a password; ends all sessions of the user',
    names: [1, 1],
    run: async (asked, tools) => {
      await setPassword(nameOf(asked), await newPassword(nameOf(asked), tools), tools);
      return told(`the password of ${nameOf(asked)} is set`);
    },
  },
  'user unlink': {
    usage: 'NAME',
    does: 'let somebody else sign in by OpenID Connect as this user; ends all their sessions',
    names: [1, 1],
    run: async (asked, { client }) => {
      await client.call(`${accountOf(nameOf(asked))}/unlink`);
      return told(`${nameOf(asked)} is known by no identity of the provider any more`);
    },
  },
  'user grant': userRights(true, 'give permissions, put into groups'),
  'user revoke': userRights(false, 'take permissions away, take out of groups'),
  'user delete': {
    usage: 'NAME',
    does: 'delete a user; ends all their sessions',
    names: [1, 1],
    run: async (asked, { client }) => {
      await client.delete(accountOf(nameOf(asked)));
      return told(`deleted ${nameOf(asked)}`);
    },
  },
  'user erase': {
    usage: 'NAME',
    does: 'delete a user, and destroy what tells who it was: for good, also in the log and in everything they did',
    names: [1, 1],
    run: async (asked, { client }) => {
      const erased = String(await client.call('Auth/Account/erase', { name: nameOf(asked) }));
      return told(`erased; told from now on as "${erased}"`, { erased });
    },
  },
};

const groupRights = (give: boolean, does: string): Command => ({
  usage: 'NAME PERMISSION…',
  does,
  names: [2, MANY],
  run: async ({ names: [name = '', ...permissions] }, { client }) => {
    const change = give ? more : less;
    await client.change(groupOf(name), (group) => ({ permissions: change(group, 'permissions', permissions) }));
    return told(`${give ? 'granted to' : 'revoked from'} ${name}`);
  },
});

/** Commands about groups and permissions. */
export const groups: Readonly<Record<string, Command>> = {
  'group list': {
    usage: '',
    does: 'list groups',
    names: [0, 0],
    run: async (_, { client }) =>
      table(await client.list('Auth/Group'), {
        NAME: ({ name }) => name,
        PERMISSIONS: ({ permissions }) => permissions,
      }),
  },
  'group add': {
    usage: 'NAME [PERMISSION…]',
    does: 'add a group',
    names: [1, MANY],
    run: async ({ names: [name = '', ...permissions] }: Asked, { client }) => {
      await client.create('Auth/Group', { name, permissions });
      return told(`added ${name}`, { name });
    },
  },
  'group grant': groupRights(true, 'give permissions to all who are in it'),
  'group revoke': groupRights(false, 'take permissions away from all who are in it'),
  'group delete': {
    usage: 'NAME',
    does: 'delete a group nobody is in',
    names: [1, 1],
    run: async (asked, { client }) => {
      await client.delete(groupOf(nameOf(asked)));
      return told(`deleted ${nameOf(asked)}`);
    },
  },
  'permission list': {
    usage: '',
    does: 'list everything that can be granted',
    names: [0, 0],
    run: async (_, { client }) => {
      const names = (await client.ask('Auth/Account/permissions')) as string[];
      return told(names.join('\n'), names);
    },
  },
};
