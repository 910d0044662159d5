import type { XmlContent } from '../xml/xml.ts';
import { element } from '../xml/xml.ts';
import type { VcenterVm } from './contract.ts';
import { typed } from './session.ts';

/** Properties that a guest reads by the tools of VMware; undefined where there are none. */
export function guestProperties({ property_map: map = {} }: Pick<VcenterVm, 'property_map'>): XmlContent {
  const entries = Object.entries(map);
  if (entries.length === 0) return undefined;
  return typed('vAppConfig', 'VmConfigSpec', [
    entries.map(([id, value], key) =>
      element('property', [
        element('operation', 'add'),
        element('info', [
          element('key', key),
          element('id', id),
          element('type', 'string'),
          element('userConfigurable', true),
          element('value', textOf(value)),
        ]),
      ]),
    ),
    element('ovfEnvironmentTransport', 'com.vmware.guestInfo'),
  ]);
}

/** A value of a property as text. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
