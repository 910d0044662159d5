import { hangUp, replaceChanged } from '#dhcp/agent';
import { chronyConfiguration } from './chrony-configuration.ts';
import { squidConfiguration } from './squid-configuration.ts';
import type { BootOptions } from './boot-options.ts';

/** The password of a proxy may stand in it: nobody else may read it. */
const SQUID_MODE = 0o600;

/** Writes the configurations of services beside, where they have changed. @throws Error where one cannot be written or told */
export async function writeServices(
  { squid, chrony, log }: Pick<BootOptions, 'squid' | 'chrony' | 'log'>,
  subnets: readonly string[],
): Promise<void> {
  if (squid && (await replaceChanged(squid.file, squidConfiguration(subnets, squid.settings), SQUID_MODE))) {
    log.info('the configuration of Squid has changed', { file: squid.file });
    if (squid.pidFile !== undefined) await hangUp(squid.pidFile);
  }
  if (chrony && (await replaceChanged(chrony.file, chronyConfiguration(subnets, chrony.servers)))) {
    log.info('the configuration of chrony has changed; it has to be started again', { file: chrony.file });
  }
}
