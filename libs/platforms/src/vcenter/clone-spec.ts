import type { Xml, XmlElement } from '../xml/xml.ts';
import { element } from '../xml/xml.ts';
import type { VcenterVm } from './contract.ts';
import { propertiesOf } from './inventory.ts';
import { networkBacking } from './networks.ts';
import type { Place } from './place.ts';
import { guestProperties } from './properties.ts';
import type { Ref, Vim } from './session.ts';
import { refElement, typed } from './session.ts';

const NIC = /^Virtual(?:E1000|E1000e|PCNet32|Vmxnet|Vmxnet2|Vmxnet3)$/;
const typeOf = (device: Xml): string => device.attribute('type')?.split(':').at(-1) ?? '';

/** What a machine becomes that is a copy of a template: on its networks, with its addresses. */
export async function cloneSpec(
  vim: Vim,
  vm: VcenterVm,
  { template, place, annotation }: { readonly template: Ref; readonly place: Place; readonly annotation: string },
): Promise<XmlElement> {
  const { 'config.hardware.device': devices } = await propertiesOf(vim, template, 'config.hardware.device');
  const nics = (devices?.all() ?? []).filter((device) => NIC.test(typeOf(device)));
  if (nics.length !== vm.interface_list.length) {
    const has = `${nics.length} interfaces, and the foundation has ${vm.interface_list.length}`;
    throw new Error(`template "${vm.template}" has ${has}`);
  }
  return element('spec', [
    element('location', [
      refElement('datastore', place.datastore),
      refElement('pool', place.pool),
      refElement('host', place.host),
    ]),
    element('template', false),
    element('config', [
      element('annotation', annotation),
      element('numCPUs', vm.cpu_count),
      element('memoryMB', vm.memory_size),
      await Promise.all(nics.map((nic, n) => attached(vim, place.host, nic, vm.interface_list[n]?.network ?? ''))),
      guestProperties(vm),
    ]),
    customization(vm),
    element('powerOn', false),
  ]);
}

/** An adapter of the template, attached to another network. */
async function attached(vim: Vim, host: Ref, nic: Xml, network: string): Promise<XmlElement> {
  return element('deviceChange', [
    element('operation', 'edit'),
    typed('device', typeOf(nic), [
      element('key', nic.at('key')?.text ?? ''),
      nic.at('deviceInfo')?.copy('deviceInfo'),
      await networkBacking(vim, host, network),
      element('connectable', [
        element('startConnected', true),
        element('allowGuestControl', true),
        element('connected', false),
      ]),
      element('controllerKey', nic.at('controllerKey')?.text ?? ''),
      element('unitNumber', nic.at('unitNumber')?.text ?? ''),
      element('addressType', 'generated'),
    ]),
  ]);
}

/** What a Linux guest is told of itself. @throws Error where something of it is missing */
function customization(vm: VcenterVm): XmlElement {
  const { hostname, domain, dnsserver_list: servers, dnssuffix_list: suffixes } = vm;
  if (hostname === undefined || domain === undefined || servers === undefined || suffixes === undefined) {
    const needed = 'vcenter_hostname, vcenter_domain, vcenter_dnsserver_list and vcenter_dnssuffix_list';
    throw new Error(`a machine of a template needs ${needed} in its configuration`);
  }
  return element('customization', [
    typed('identity', 'CustomizationLinuxPrep', [
      typed('hostName', 'CustomizationFixedName', element('name', hostname)),
      element('domain', domain),
    ]),
    element('globalIPSettings', [
      suffixes.map((one) => element('dnsSuffixList', one)),
      servers.map((one) => element('dnsServerList', one)),
    ]),
    vm.interface_list.map(({ address = '', netmask = '', gateway }) =>
      element('nicSettingMap', [
        element('adapter', [
          typed('ip', 'CustomizationFixedIp', element('ipAddress', address)),
          element('subnetMask', netmask),
          gateway === undefined ? undefined : element('gateway', gateway),
        ]),
      ]),
    ),
  ]);
}
