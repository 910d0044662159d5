import { checkAddress, checkDatabase, checkDataDirectory } from '#runtime';
import { BadSetting, BadSettings } from '#runtime/settings';
import type { Settings } from './settings.ts';

/**
 * Checks what the settings lead to before anything is made: the address, the data directory where it is needed, and the
 * database where one is named.
 * @throws BadSettings naming every setting that cannot be used
 */
export async function checkStart({ http, runtime, secrets }: Settings): Promise<void> {
  const needsDirectory = runtime.databaseUrl === undefined || secrets.secretKey === undefined;
  const checks = await Promise.allSettled([
    checkAddress(http),
    needsDirectory ? checkDataDirectory(runtime.data) : undefined,
    runtime.databaseUrl === undefined ? undefined : checkDatabase(runtime.databaseUrl),
  ]);
  const faults = checks.flatMap((check): BadSetting[] => {
    if (check.status === 'fulfilled') return [];
    if (check.reason instanceof BadSetting) return [check.reason];
    throw check.reason;
  });
  if (faults.length > 0) throw new BadSettings(faults);
}
