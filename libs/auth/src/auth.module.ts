import type { Principal } from '#kernel';
import type { Room } from '#runtime';
import { accountModel } from './account.api.ts';
import { closeExpiredSessions, eraseReplacedPasswords } from './credential-cleanup.ts';
import { firstUser } from './first-user.ts';
import { GrantPolicy } from './grant-policy.ts';
import { groupModel } from './group.api.ts';
import { groups } from './groups.ts';
import { Identities } from './identities.ts';
import type { LoginTries } from './login-limit.ts';
import { LoginLimit } from './login-limit.ts';
import { openSessions } from './open-sessions.ts';
import { Passwords } from './passwords.ts';
import { serviceModel } from './service.api.ts';
import { services } from './services.ts';
import { sessionModel } from './session.api.ts';
import { Sessions } from './sessions.ts';
import { userModel } from './user.api.ts';
import { users } from './users.ts';

/** Users, groups, service identities and sessions. `made` is told the administrator's password when one is made, once. */
export const authRoom = (options: {
  readonly adminPassword: string | undefined;
  readonly loginTries: LoginTries;
  readonly made: (user: { readonly name: string; readonly password: string }) => void;
}): Room & { identify(name: string, token: string): Promise<Principal | undefined> } => {
  let identities: Identities | undefined;
  return {
    name: 'auth',
    rows: [users, groups, services, openSessions],
    furnish: (ground) => {
      const passwords = new Passwords(ground.pool);
      const sessions = new Sessions(passwords, new LoginLimit(options.loginTries));
      const granting = new GrantPolicy();
      identities = new Identities(ground);
      return {
        api: [
          userModel(sessions),
          accountModel(granting, sessions),
          groupModel(granting),
          serviceModel(granting, sessions),
          sessionModel,
        ],
        complete: (catalogue) => granting.learn(catalogue),
        processes: [
          {
            name: 'first user',
            start: async () => {
              await passwords.start();
              const user = await firstUser(ground, passwords, options.adminPassword);
              if (user) options.made(user);
            },
            stop: async () => undefined,
          },
        ],
        listeners: [identities, eraseReplacedPasswords(passwords), closeExpiredSessions(ground)],
      };
    },
    identify: (name, token) => identities?.identify(name, token) ?? Promise.resolve(undefined),
  };
};
