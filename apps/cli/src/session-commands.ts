import type { Command } from './command.ts';
import { listOf, Misuse, table, told } from './command.ts';

/** Commands about one's own session. */
export const ownSession: Readonly<Record<string, Command>> = {
  login: {
    usage: '[NAME]',
    does: 'log in; asks for the password (or the token of a service)',
    names: [0, 1],
    run: async ({ names }, { client, asker, user, keep }) => {
      const name = names[0] ?? user ?? 'root';
      const password = await asker.ask(`Password of ${name}`);
      const token = await client.anybody().call('Auth/User/login', { username: name, password });
      await keep({ user: name, token: String(token) });
      return told(`logged in as ${name}`, { user: name });
    },
  },
  logout: {
    usage: '',
    does: 'end the session',
    names: [0, 0],
    run: async (_, { client, keep }) => {
      await client.call('Auth/User/logout');
      await keep(undefined);
      return told('logged out');
    },
  },
  whoami: {
    usage: '',
    does: 'say who is logged in',
    names: [0, 0],
    run: async (_, { client }) => {
      const name = String(await client.call('Auth/User/whoami'));
      return told(name, { user: name });
    },
  },
  password: {
    usage: '',
    does: 'change your own password; ends all your sessions',
    names: [0, 0],
    run: async (_, { client, asker, keep }) => {
      const current = await asker.ask('Current password');
      const password = await asker.askNew('New password');
      await client.call('Auth/User/changePassword', { password, current_password: current });
      await keep(undefined);
      return told('changed; log in again');
    },
  },
};

/** Commands about the sessions of others. */
export const sessions: Readonly<Record<string, Command>> = {
  'session list': {
    usage: '[USER]',
    does: 'list open sessions',
    names: [0, 1],
    run: async ({ names: [user] }, { client }) => {
      const query: Record<string, string> = user === undefined ? {} : { filter: 'user', user };
      return table(await client.list('Auth/Session', query), {
        ID: ({ id }) => id,
        USER: ({ user }) => user,
        FROM: ({ source }) => source,
        OPENED: ({ opened }) => opened,
        EXPIRES: ({ expires }) => expires,
      });
    },
  },
  'session revoke': {
    usage: 'ID… | --user USER',
    does: 'end sessions, or all of a user',
    names: [0, Number.POSITIVE_INFINITY],
    options: { user: { type: 'string', does: 'all sessions of this user', completes: { model: 'Auth/Account' } } },
    run: async (asked, { client }) => {
      const [user] = listOf(asked, 'user');
      if ((user === undefined) === (asked.names.length === 0)) throw new Misuse('say which sessions, or --user');
      if (user !== undefined) await client.call(`Auth/Account/${encodeURIComponent(user)}/closeSessions`);
      for (const id of asked.names) await client.delete(`Auth/Session/${encodeURIComponent(id)}`);
      return told(`revoked ${user === undefined ? asked.names.join(', ') : `all sessions of ${user}`}`);
    },
  },
};
