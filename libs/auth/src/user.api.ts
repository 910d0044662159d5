import { ANONYMOUS, defineModel, parameter, staticAction } from '#api';
import { Secret } from '#kernel';
import { ChangePassword } from './password.commands.ts';
import { Login, Logout } from './session.commands.ts';

/** Logging in and out. Users themselves are not objects of CInP. */
export const userModel = defineModel({
  path: 'Auth/User',
  doc: 'Logging in and out.',
  fields: {},
  actions: {
    login: staticAction({
      doc: 'Opens a session; the answer is its token.',
      parameters: { username: parameter.text(), password: parameter.text() },
      returns: parameter.text(),
      permission: 'anybody',
      sites: 'none',
      ignoresSession: true,
      command: ({ username, password }) => new Login(username ?? '', new Secret(password ?? '')),
    }),
    logout: staticAction({
      doc: 'Ends the session of the caller.',
      parameters: {},
      permission: 'anybody',
      sites: 'none',
      command: () => new Logout(),
    }),
    whoami: staticAction({
      doc: 'The name of the caller.',
      parameters: {},
      returns: parameter.text(),
      permission: 'anybody',
      sites: 'none',
      query: async (_, { caller }) => caller.principal?.name ?? ANONYMOUS,
    }),
    changePassword: staticAction({
      doc: 'Changes the password of the caller and ends all their sessions.',
      parameters: { password: parameter.text(), current_password: parameter.text({ default: null }) },
      permission: 'session',
      sites: 'none',
      command: ({ password, current_password: current }) =>
        new ChangePassword(new Secret(password ?? ''), current === null ? null : new Secret(current)),
    }),
  },
});
