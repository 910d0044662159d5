import path from 'node:path';
import { setUpBind } from './bind-setup.ts';
import type { Command } from './command.ts';
import { told } from './command.ts';

/** Where Debian has BIND's configuration. */
const ETC = '/etc/bind';

/** Commands about DNS. */
export const dns: Readonly<Record<string, Command>> = {
  'dns bind-setup': {
    usage: '[--user USER] [--directory DIR] [--etc DIR]',
    does:
      `make BIND on this machine ready for zones: a directory for them (${ETC}/contractor), the line in its configuration ` +
      'that includes them, and its rndc for USER, whom the server runs as; as root, and as often as you like',
    names: [0, 0],
    options: { user: { type: 'string' }, directory: { type: 'string' }, etc: { type: 'string' } },
    run: async ({ options }) => {
      const etc = path.resolve(typeof options['etc'] === 'string' ? options['etc'] : ETC);
      const given = options['directory'];
      const directory = typeof given === 'string' ? path.resolve(given) : path.join(etc, 'contractor');
      const user = typeof options['user'] === 'string' ? options['user'] : undefined;
      const changes = await setUpBind({ etc, directory, user });
      const settings = [
        `BIND_ZONE_DIRECTORY=${directory}`,
        'BIND_SERVER=127.0.0.1',
        `BIND_RNDC_KEY=${path.join(etc, 'rndc.key')}`,
      ];
      return told(
        [...(changes.length > 0 ? changes : ['BIND is set up already']), 'settings of the server:', ...settings].join(
          '\n',
        ),
        { changes, settings },
      );
    },
  },
};
