/** How the subcontractor is started, with the names of its settings. */
export const usage = (settings: readonly string[]): string => `Usage: npm run subcontractor
       node dist/apps/subcontractor/src/main.js [--help | --version]

Starts a subcontractor. It is set up by the environment, on top of the settings file: the one CONTRACTOR_SETTINGS names,
or contractor.env in the working directory. README.md says what each setting means:

${settings.map((name) => `  ${name}\n`).join('')}
Exit codes: 0 it was stopped; 1 it failed, or was stopped at once; 2 a setting or an argument cannot be used.
`;
