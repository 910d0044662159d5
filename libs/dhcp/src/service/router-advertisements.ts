import type { Logger } from '#kernel';
import type { KeaMap } from '../kea/kea-json.ts';
import type { Interfaces } from '../kea/local-links.ts';
import { interfacesBySubnet, ownAddresses } from '../kea/local-links.ts';
import { radvdConfiguration } from '../kea/radvd-configuration.ts';
import type { SiteSubnet } from '../subnets/site-subnet.ts';
import { hangUp } from './hang-up.ts';
import { replaceChanged } from './replace-file.ts';

/** A radvd whose configuration is written here. */
export interface RouterAdvertisements {
  /** Its configuration. */
  readonly file: string;
  /** The file with the number of its process, which is told to read its configuration; undefined: nobody is told. */
  readonly pidFile: string | undefined;
}

/** Writes what radvd is to advertise, where it has changed, and has it read that. */
export async function advertise(
  { file, pidFile }: RouterAdvertisements,
  subnets: readonly SiteSubnet[],
  running: KeaMap | undefined,
  interfaces: Interfaces,
  log: Logger,
): Promise<void> {
  const text = radvdConfiguration(subnets, interfacesBySubnet(subnets, interfaces, running), ownAddresses(interfaces));
  try {
    if (!(await replaceChanged(file, text))) return;
    if (pidFile !== undefined) await hangUp(pidFile);
    log.info('router advertisements are set up', { file });
  } catch (error) {
    log.warn('radvd cannot be told what to advertise', { file, reason: (error as Error).message });
  }
}
