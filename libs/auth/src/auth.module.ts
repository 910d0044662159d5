import type { Room } from '#runtime';
import { Passwords } from './passwords.ts';
import { Sessions } from './sessions.ts';
import { userModel } from './user.api.ts';
import { sessions, users } from './users.ts';

/** Users and sessions. `made` is told the administrator's password when one is made, once. */
export const authRoom = (options: {
  readonly adminPassword: string | undefined;
  readonly made: (user: { readonly name: string; readonly password: string }) => void;
}): Room & { sessions(): Sessions } => {
  let opened: Sessions | undefined;
  return {
    name: 'auth',
    rows: [users, sessions],
    furnish: (ground) => {
      const passwords = new Passwords(ground.pool);
      const mine = new Sessions(ground, passwords);
      opened = mine;
      return {
        api: [userModel(mine)],
        processes: [
          {
            name: 'first user',
            start: async () => {
              await passwords.start();
              const user = await mine.firstUser(options.adminPassword);
              if (user) options.made(user);
            },
            stop: async () => undefined,
          },
        ],
      };
    },
    sessions: () => {
      if (!opened) throw new Error('the auth room is not furnished yet');
      return opened;
    },
  };
};
