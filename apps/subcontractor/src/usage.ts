import { parseArgs } from 'node:util';

/** What is asked for on the command line of the subcontractor. */
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

/** How the subcontractor is started, with the names of its settings. */
export const usage = (settings: readonly string[]): string => `Usage: npm run subcontractor
       node dist/apps/subcontractor/src/main.js [--help | --version]

Starts a subcontractor. It is set up by the environment, on top of the settings file: the one CONTRACTOR_SETTINGS names,
or contractor.env in the working directory. README.md says what each setting means:

${settings.map((name) => `  ${name}\n`).join('')}
Exit codes: 0 it was stopped; 1 it failed, or was stopped at once; 2 a setting or an argument cannot be used.
`;
