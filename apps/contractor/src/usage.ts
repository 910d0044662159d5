import { settingNames } from '#runtime/settings';
import { settingsTables } from './settings.ts';

/** How the server is started. */
export const USAGE = `Usage: npm start [-- --demo]
       node dist/apps/contractor/src/main.js [--demo | --help | --version]

Starts the server. It is set up by the environment, on top of the settings file: the one CONTRACTOR_SETTINGS names, or
contractor.env in the working directory. README.md says what each setting means.

--demo fills an empty data directory with a demonstration: a site with addresses, and a dozen simulated servers that are
built while one watches. A data directory that is in use stays as it is.

${settingNames(settingsTables)
  .map((name) => `  ${name}\n`)
  .join('')}
Exit codes: 0 it was stopped; 1 it failed; 2 a setting or an argument cannot be used.
`;
