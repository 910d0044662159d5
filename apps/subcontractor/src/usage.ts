/** How the subcontractor is started, with the names of its settings. */
export const usage = (
  settings: readonly string[],
): string => `Usage: npm run subcontractor -- [options] [foreground | status | stop]
       node dist/apps/subcontractor/src/main.js [options] [foreground | status | stop]

  foreground      serves its sites until it is stopped; so does no command at all
  status          says how the one that runs is getting on; --json as JSON
  stop            stops the one that runs, and waits until it has ended

  -c, --config FILE   the configuration file; /etc/subcontractor.conf where it is there
  -p, --pid FILE      writes the number of the process into this file
  -i, --info          log level info
  -d, --debug         log level debug
  -h, --help          this text
  -V, --version       the version

It is set up by the environment, on top of the settings file (the one CONTRACTOR_SETTINGS names, or contractor.env in the
working directory), on top of the configuration file. README.md says what each setting means:

${settings.map((name) => `  ${name}\n`).join('')}
Exit codes: 0 it was stopped; 1 it failed, or was stopped at once; 2 a setting or an argument cannot be used.
status: 0 it runs and is connected; 1 it runs and is not connected for all its sites; 3 none runs. stop: 0 it has ended;
1 it goes on; 3 none runs.
`;
