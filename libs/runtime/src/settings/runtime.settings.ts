import { defineSettings, setting } from './define-settings.ts';
import { choice, directory, integer, url } from './parsers.ts';

/** As the client of PostgreSQL reads it: behind a user, the host may be left out. */
const isPostgresUrl = (text: string): boolean => URL.canParse(text) || URL.canParse(text.replace('@/', '@host/'));

/** How much a program writes about what it does. */
export const logLevelSetting = setting('CONTRACTOR_LOG_LEVEL', choice('error', 'warn', 'info', 'debug'), {
  default: 'info',
  doc: 'how much is written to standard output: `error`, `warn`, `info` or `debug`',
});

/** Where the data is, and what is written about it. */
export const runtimeSettings = defineSettings('runtime', {
  data: setting('CONTRACTOR_DATA', directory(), { default: './data', doc: 'directory of everything embedded' }),
  /** Undefined: an embedded PostgreSQL. */
  databaseUrl: setting('DATABASE_URL', url(['postgres:', 'postgresql:'], isPostgresUrl), {
    unset: 'embedded',
    doc: 'PostgreSQL 15 or newer for log and read models',
  }),
  /** Each duty of the one server that has it keeps one; the others are shared. */
  databaseConnections: setting('DATABASE_CONNECTIONS', integer(10, 1000), {
    default: '20',
    doc: 'how many connections to PostgreSQL a server has at most, 10 to 1000',
  }),
  logLevel: logLevelSetting,
});
