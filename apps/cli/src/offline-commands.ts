import type { Command } from './command.ts';
import { told } from './command.ts';

/** The user that the first start of a server makes. */
const ADMINISTRATOR = 'root';

/** Commands on the data of a server that does not run. */
export const offline: Readonly<Record<string, Command>> = {
  'reset-password': {
    usage: '[NAME]',
    does: 'set the password of a user (root) in the data of a server that is stopped; needs no session',
    names: [0, 1],
    run: async ({ names: [name = ADMINISTRATOR] }, { asker, environment }) => {
      const password = await asker.askNew(`New password of ${name}`);
      // The server's code is large: only this command loads it.
      const { resetPasswordOffline } = await import('../../contractor/src/reset-password.ts');
      const { wasDisabled } = await resetPasswordOffline(environment, { name, password });
      return told(`the password of ${name} is set${wasDisabled ? ', and they are enabled again' : ''}`, { user: name });
    },
  },
};
