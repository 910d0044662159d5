import type { XmlElement } from '../xml/xml.ts';
import { element } from '../xml/xml.ts';
import { networkNamed, propertiesOf } from './inventory.ts';
import type { Ref, Vim } from './session.ts';
import { refElement, refOf, typed } from './session.ts';

/** What attaches an adapter of a machine to a network of its host: a standard one, or a port group of a distributed switch. */
export async function networkBacking(vim: Vim, host: Ref, name: string): Promise<XmlElement> {
  const network = await networkNamed(vim, host, name);
  if (network.type !== 'DistributedVirtualPortgroup') {
    return typed('backing', 'VirtualEthernetCardNetworkBackingInfo', [
      element('deviceName', name),
      refElement('network', network),
    ]);
  }
  const { key, 'config.distributedVirtualSwitch': found } = await propertiesOf(
    vim,
    network,
    'key',
    'config.distributedVirtualSwitch',
  );
  const its = found && (await propertiesOf(vim, refOf(found), 'uuid'));
  if (!key || !its?.['uuid']) throw new Error(`port group "${name}" at ${vim.host} belongs to no switch`);
  return typed('backing', 'VirtualEthernetCardDistributedVirtualPortBackingInfo', [
    element('port', [element('switchUuid', its['uuid'].text), element('portgroupKey', key.text)]),
  ]);
}
