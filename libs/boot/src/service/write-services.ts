import { replaceChanged, ToldFile } from '#dhcp/agent';
import { chronyConfiguration } from './chrony-configuration.ts';
import { squidConfiguration } from './squid-configuration.ts';
import type { BootOptions } from './boot-options.ts';

/** The password of a proxy may stand in it: nobody else may read it. */
const SQUID_MODE = 0o600;

/** Writes the configurations of services beside, where they have changed. @throws Error where one cannot be written or told */
export type WriteServices = (subnets: readonly string[]) => Promise<void>;

/** The services beside, for which configurations are written. */
export function servicesBeside({ squid, chrony, log }: Pick<BootOptions, 'squid' | 'chrony' | 'log'>): WriteServices {
  const toSquid = squid && new ToldFile({ ...squid, mode: SQUID_MODE });
  return async (subnets) => {
    if (chrony && (await replaceChanged(chrony.file, chronyConfiguration(subnets, chrony.servers)))) {
      log.info('the configuration of chrony has changed; it has to be started again', { file: chrony.file });
    }
    if (squid && (await toSquid?.write(squidConfiguration(subnets, squid.settings)))) {
      log.info('the configuration of Squid has changed', { file: squid.file });
    }
  };
}
