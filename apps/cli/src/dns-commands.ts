import path from 'node:path';
import { BIND_ETC, bindSettings, setUpBind } from './bind-setup.ts';
import type { Command } from './command.ts';
import { told, valueOf } from './command.ts';

/** Commands about DNS. */
export const dns: Readonly<Record<string, Command>> = {
  'dns bind-setup': {
    usage: '[--user USER] [--directory DIR] [--etc DIR]',
    does:
      `make BIND on this machine ready for zones: a directory for them (${BIND_ETC}/contractor), the line in its configuration ` +
      'that includes them, and its rndc for USER, whom the server runs as; as root, and as often as you like',
    names: [0, 0],
    local: true,
    options: {
      user: { type: 'string', does: 'whom the server runs as' },
      directory: { type: 'string', value: 'DIR', does: `where zones are to be written (${BIND_ETC}/contractor)` },
      etc: { type: 'string', value: 'DIR', does: `where BIND's configuration is (${BIND_ETC})` },
    },
    run: async (asked) => {
      const etc = path.resolve(valueOf(asked, 'etc') ?? BIND_ETC);
      const directory = path.resolve(valueOf(asked, 'directory') ?? path.join(etc, 'contractor'));
      const changes = await setUpBind({ etc, directory, user: valueOf(asked, 'user') });
      const settings = Object.entries(bindSettings(etc, directory)).map(([name, value]) => `${name}=${value}`);
      return told(
        [...(changes.length > 0 ? changes : ['BIND is set up already']), 'settings of the server:', ...settings].join(
          '\n',
        ),
        { changes, settings },
      );
    },
  },
};
