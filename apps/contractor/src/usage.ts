import { parseArgs } from 'node:util';
import { settingNames } from '#runtime/settings';
import { settingsTables } from './settings.ts';

/** What is asked for on the command line of the server. */
export type Asked = 'start' | 'help' | 'version' | { readonly fault: string };

/** Reads the arguments: there are none but those that ask for help. */
export function readArguments(args: readonly string[]): Asked {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'V' } },
    });
    return values.help ? 'help' : values.version ? 'version' : 'start';
  } catch (error) {
    return { fault: (error as Error).message.split('. ')[0] ?? '' };
  }
}

/** How the server is started. */
export const USAGE = `Usage: npm start
       node dist/apps/contractor/src/main.js [--help | --version]

Starts the server. It is set up by the environment, on top of the settings file: the one CONTRACTOR_SETTINGS names, or
contractor.env in the working directory. README.md says what each setting means:

${settingNames(settingsTables)
  .map((name) => `  ${name}\n`)
  .join('')}
Exit codes: 0 it was stopped; 1 it failed; 2 a setting or an argument cannot be used.
`;
