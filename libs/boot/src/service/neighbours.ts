import { readFile } from 'node:fs/promises';

/** Where Linux tells which MAC answers at which IPv4 address. */
const TABLE = '/proc/net/arp';
/** An entry that is complete. */
const COMPLETE = 0x2;

/** MACs by address, of machines on the wires of this one; empty where the system does not tell. */
export const neighbours = async (): Promise<ReadonlyMap<string, string>> =>
  readNeighbours(await readFile(TABLE, 'utf8').catch(() => ''));

/** Reads the table of Linux. */
export function readNeighbours(table: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of table.split('\n').slice(1)) {
    const [address = '', , flags = '', mac = ''] = line.trim().split(/\s+/);
    const complete = (Number(flags) & COMPLETE) !== 0;
    if (complete && /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac) && mac !== '00:00:00:00:00:00')
      found.set(address, mac);
  }
  return found;
}
