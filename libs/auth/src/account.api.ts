import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { Call, Model, Values } from '#api';
import { asText, boolean, dateTime, reference, text } from '#api';
import type { GrantPolicy } from './grant-policy.ts';
import { checkName, checkReach } from './grant-policy.ts';
import { service } from './service.ts';
import type { Sessions } from './sessions.ts';
import { keepSuperusers } from './superusers.ts';
import type { User, UserTraits } from './user.ts';
import { user } from './user.ts';
import type { UserRow } from './users.ts';
import { users } from './users.ts';

const string = { type: { kind: 'String' } } as const;
const permission = { grant: 'Auth.change_account' };

/** What was said about a user, in the words of the inside; nothing is an empty list. */
const traits = (values: Values): Partial<UserTraits> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => ['superuser', 'enabled', 'groups', 'permissions'].includes(name))
      .map(([name, value]) => [name, value ?? (name === 'groups' || name === 'permissions' ? [] : false)]),
  );

/** A user of this name whom the caller may manage. */
async function managed(work: UnitOfWork, key: string | number, { caller }: Pick<Call, 'caller'>): Promise<User> {
  const name = String(key);
  const found = await work.load(user, name);
  if (!found) throw refuse('', 'NOT_FOUND', 'there is no such user');
  await checkReach(work, caller, name, found);
  return found;
}

/** Users, for those who manage them. Not shown over CInP, whose `Auth/User` has no objects. */
export function accountModel(granting: GrantPolicy, sessions: Sessions): Model<UserRow> {
  const check = async (
    work: UnitOfWork,
    has: UserTraits,
    wanted: Partial<UserTraits>,
    { caller }: Call,
  ): Promise<void> => {
    if (wanted.superuser && !has.superuser && !caller.principal?.superuser) {
      work.fault('superuser', 'BEYOND_OWN', 'only superusers make superusers');
    }
    granting.checkAdded(work, caller, has.permissions, wanted.permissions ?? []);
    await granting.checkJoined(work, caller, has.groups, wanted.groups ?? []);
  };
  return {
    path: 'Auth/Account',
    doc: 'Somebody who can log in.',
    protocols: ['rest'],
    idField: 'name',
    fields: {
      name: text(150, { mode: 'RC', required: true }),
      superuser: boolean({ default: false, doc: 'May do everything.' }),
      enabled: boolean({ default: true, doc: 'May log in.' }),
      groups: reference('Auth/Group', { list: true, default: [] }),
      permissions: text(200, { list: true, default: [], doc: 'Their own; those of their groups come on top.' }),
      has_password: boolean({ mode: 'RO', doc: 'Whether a password was ever set.' }),
      updated: dateTime({ mode: 'RO' }),
      created: dateTime({ mode: 'RO' }),
    },
    rows: users,
    present: ({ credential, ...row }, name) => ({ ...row, name, has_password: credential !== null }),
    create: async (work, values, call) => {
      const name = asText(values['name']);
      checkName(work, name);
      if (await work.load(service, name)) work.fault('name', 'TAKEN', 'Service with this Name already exists.');
      const wanted = traits(values) as UserTraits;
      await check(work, { superuser: false, enabled: false, groups: [], permissions: [] }, wanted, call);
      await work.decide(user, name, { type: 'CreateUser', data: { name, ...wanted, credential: null } });
      await keepSuperusers(work, name);
      return name;
    },
    update: async (work, name, values, call) => {
      const wanted = traits(values);
      await check(work, await managed(work, name, call), wanted, call);
      await work.decide(user, name, { type: 'ChangeUser', data: wanted });
      await keepSuperusers(work, String(name));
    },
    // Nothing refers to a user, so there is nobody to look for.
    deletion: {
      close: async (work, name, call) => void (await managed(work, name, call)),
      users: async () => [],
      reopen: async () => undefined,
      remove: async (work, name) => {
        await work.decide(user, name, { type: 'DeleteUser', data: {} });
        await keepSuperusers(work, String(name));
      },
    },
    actions: {
      setPassword: {
        doc: 'Sets the password, of at least 8 characters, and ends all sessions.',
        parameters: { password: string },
        permission,
        run: {
          freely: (name, { password }, call) =>
            sessions.setPassword(asText(name), asText(password), call, (work) => managed(work, asText(name), call)),
        },
      },
      closeSessions: {
        doc: 'Ends all sessions.',
        parameters: {},
        permission,
        run: {
          within: async (work, name, _, call) => {
            await managed(work, name, call);
            await work.decide(user, name, { type: 'CloseSessions', data: {} });
          },
        },
      },
      permissions: {
        static: true,
        doc: 'The names of all permissions that can be granted.',
        parameters: {},
        returns: { ...string, list: true },
        permission: { grant: 'Auth.view_account' },
        run: { freely: async () => granting.all },
      },
    },
  };
}
