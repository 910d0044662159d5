import { identitiesOf, otherWith } from '#building';
import type { JsonMap } from '#kernel';
import type { View } from '#read-store';

const MAC = 'mac:';

/**
 * What is to be told of a machine that has a MAC which an interface of another foundation has too: whoever knows machines by
 * their MACs, as DHCP does, takes one for the other. Nothing where there is none.
 */
export async function sharedMac(view: View, locator: string, infoMap: JsonMap | null): Promise<string> {
  for (const one of identitiesOf(infoMap)) {
    if (!one.startsWith(MAC)) continue;
    const mac = one.slice(MAC.length);
    const other = await otherWith(view, mac, locator);
    if (other !== undefined) return `; its MAC ${mac} is that of ${other} too`;
  }
  return '';
}
