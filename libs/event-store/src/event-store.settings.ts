import { choice, defineSettings, setting, url } from '#runtime/settings';

const KURRENTDB_SCHEMES = ['kurrentdb:', 'kurrentdb+discover:', 'esdb:', 'esdb+discover:'];

/** Several hosts make it a connection string that is no URL; its client checks it. */
const isKurrentdbUrl = (): boolean => true;

/** Where the log is. */
export const eventStoreSettings = defineSettings(
  'event-store',
  {
    eventStore: setting('EVENT_STORE', choice('postgres', 'kurrentdb'), {
      default: 'postgres',
      doc: 'where the log is: `postgres` or `kurrentdb`',
    }),
    kurrentdbUrl: setting('KURRENTDB_URL', url(KURRENTDB_SCHEMES, isKurrentdbUrl), {
      unset: 'none',
      doc: 'connection string of KurrentDB, 26.1 or newer ([docs/kurrentdb.md](docs/kurrentdb.md))',
    }),
  },
  (values, refuse) => {
    if (values.eventStore === 'kurrentdb' && values.kurrentdbUrl === undefined) {
      refuse('KURRENTDB_URL', undefined, 'must be set when EVENT_STORE is kurrentdb');
    }
    return values;
  },
);
