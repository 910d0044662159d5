import type { Command } from './command.ts';
import { told } from './command.ts';

/** The user that the first start of a server makes. */
const ADMINISTRATOR = 'root';

/** The command ends with the program that it became. */
const forever = <R>(): Promise<R> => new Promise<R>(() => undefined);

/** Commands on the machine of a server: programs that it starts, and what is done to data of a server that does not run. */
export const offline: Readonly<Record<string, Command>> = {
  serve: {
    usage: '',
    does: 'start the server, set up by the environment and the settings file, until it is told to stop',
    names: [0, 0],
    local: true,
    run: async () => {
      const { run } = await import('../../contractor/src/run.ts');
      // The server stops on Ctrl-C by itself, and takes its time.
      process.removeAllListeners('SIGINT');
      await run([]);
      return forever();
    },
  },
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
