import { randomBytes } from 'node:crypto';
import type { Virsh } from './virsh.ts';

/** The beginning of the hardware addresses that QEMU and KVM give. */
const PREFIX = '52:54:00';
export const MAC = /\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/gi;
/** Domains that are asked about by one call. */
export const AT_ONCE = 200;

/** New hardware addresses that nobody has, neither of those that are taken nor one another. */
export function newMacs(
  count: number,
  taken: ReadonlySet<string>,
  random: () => Buffer = () => randomBytes(3),
): string[] {
  const made = new Set<string>();
  while (made.size < count) {
    const mac = [PREFIX, ...[...random()].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
    if (!taken.has(mac)) made.add(mac);
  }
  return [...made];
}

/** The hardware addresses of domains, which are named by their UUIDs. */
export async function macsOf(virsh: Virsh, uuids: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (let n = 0; n < uuids.length; n += AT_ONCE) {
    // One connection for all of them. UUIDs need no quoting, and one that is gone meanwhile is left out: virsh goes on, and
    // its exit code is that of the last, which asks nothing of any domain.
    const commands = [...uuids.slice(n, n + AT_ONCE).map((uuid) => `domiflist ${uuid}`), 'uri'];
    for (const mac of (await virsh([commands.join('; ')])).match(MAC) ?? []) found.add(mac.toLowerCase());
  }
  return found;
}
