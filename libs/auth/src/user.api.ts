import type { Model } from '#api';
import { ANONYMOUS, asText } from '#api';
import type { Sessions } from './sessions.ts';

const string = { type: { kind: 'String' } } as const;

/** Logging in and out. Users themselves are not objects of CInP. */
export const userModel = (sessions: Sessions): Model => ({
  path: 'Auth/User',
  doc: 'Logging in and out.',
  fields: {},
  actions: {
    login: {
      static: true,
      doc: 'Opens a session; the answer is its token.',
      parameters: { username: string, password: string },
      returns: string,
      permission: 'anybody',
      run: { freely: (_, { username, password }, call) => sessions.login(asText(username), asText(password), call) },
    },
    logout: {
      static: true,
      doc: 'Ends the session of the caller.',
      parameters: {},
      permission: 'anybody',
      run: { freely: (_, __, call) => sessions.logout(call) },
    },
    whoami: {
      static: true,
      doc: 'The name of the caller.',
      parameters: {},
      returns: string,
      permission: 'anybody',
      run: { freely: async (_, __, { caller }) => caller.principal?.name ?? ANONYMOUS },
    },
    changePassword: {
      static: true,
      doc: 'Changes the password of the caller and ends all their sessions.',
      parameters: { password: string, current_password: { ...string, default: null } },
      permission: 'session',
      run: {
        freely: (_, { password, current_password: current }, call) =>
          sessions.changePassword(asText(password), current === null ? null : asText(current), call),
      },
    },
  },
});
