import { readFile } from 'node:fs/promises';
import type { SiteSubnet } from '../subnets/site-subnet.ts';
import { readSubnets } from '../subnets/site-subnet.ts';
import { replaceFile } from './replace-file.ts';

/** What was last served well, IPv4 and IPv6; undefined: nothing yet. */
export interface ServedWell {
  readonly dhcp4: readonly SiteSubnet[] | undefined;
  readonly dhcp6: readonly SiteSubnet[] | undefined;
}

export const NOTHING_YET: ServedWell = { dhcp4: undefined, dhcp6: undefined };

/** Reads what was kept. @throws Error where the file is there and says nothing that can be read */
export async function readCache(file: string): Promise<ServedWell> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return NOTHING_YET;
  const kept = JSON.parse(text) as Readonly<Record<keyof ServedWell, unknown>>;
  const of = (value: unknown) => (value === undefined || value === null ? undefined : readSubnets(value));
  return { dhcp4: of(kept.dhcp4), dhcp6: of(kept.dhcp6) };
}

/** Keeps what is served well, in the place of what was; nobody else may read it, since it has every `config_uuid`. */
export async function writeCache(file: string, { dhcp4, dhcp6 }: ServedWell): Promise<void> {
  await replaceFile(file, JSON.stringify({ dhcp4: dhcp4 ?? null, dhcp6: dhcp6 ?? null }), 0o600);
}
