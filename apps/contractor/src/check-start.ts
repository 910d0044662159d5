import { kurrentdbEventStore } from '#event-store';
import { checkAddress, checkDatabase, checkDataDirectory, reasonOf } from '#runtime';
import { BadSetting, BadSettings } from '#runtime/settings';
import { keptSecretKey } from '#secrets';
import type { Settings } from './settings.ts';

/**
 * Checks what the settings lead to before anything is made: the address, the data directory and the key in it where they are needed, the
 * database where one is named, and KurrentDB where it is to keep the log.
 * @throws BadSettings naming every setting that cannot be used
 */
export async function checkStart({ http, runtime, secrets, eventStore }: Settings): Promise<void> {
  const needsDirectory = runtime.databaseUrl === undefined || secrets.secretKey === undefined;
  const checks = await Promise.allSettled([
    checkAddress(http),
    http.plainPort === undefined
      ? undefined
      : checkAddress({ host: http.host, port: http.plainPort }, 'CONTRACTOR_HTTP_PORT'),
    needsDirectory ? checkDataDirectory(runtime.data) : undefined,
    secrets.secretKey === undefined ? keptSecretKey(runtime.data) : undefined,
    runtime.databaseUrl === undefined ? undefined : checkDatabase(runtime.databaseUrl),
    eventStore.eventStore === 'kurrentdb' ? checkKurrentdb(eventStore.kurrentdbUrl ?? '') : undefined,
  ]);
  const faults = checks.flatMap((check): BadSetting[] => {
    if (check.status === 'fulfilled') return [];
    if (check.reason instanceof BadSetting) return [check.reason];
    throw check.reason;
  });
  if (faults.length > 0) throw new BadSettings(faults);
}

/** Checks that KurrentDB can keep the log. @throws BadSetting */
async function checkKurrentdb(url: string): Promise<void> {
  try {
    await (await kurrentdbEventStore(url)).close();
  } catch (error) {
    if (error instanceof BadSetting) throw error;
    // What it says of itself names no password: connection strings are not repeated.
    throw new BadSetting('KURRENTDB_URL', '…', reasonOf(error));
  }
}
