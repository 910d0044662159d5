import { numberReference, reference, text } from '#api';
import { credentialsOf } from '#platform';
import { createVm } from '../machine/create-vm.ts';
import { destroy } from '../machine/destroy.ts';
import { interfaceMap, setInterfaceMacs } from '../machine/interfaces.ts';
import { power } from '../machine/power.ts';
import { powerState, waitForPoweroff } from '../machine/power-state.ts';
import { execute, exportMachine, markAsTemplate } from './server/guest.ts';
import { createDatastore, datastoreList, hostList, networkList } from './server/listings.ts';
import { orderOf, specOf, type VcenterOrder } from './server/machine-order.ts';
import { machineAtHand as id, type VcenterMachine } from './server/place.ts';
import { vcenterSide } from './server/side.ts';

const { task, functions, foundationFunctions, half } = vcenterSide;

const create = functions.external(
  'create',
  createVm({
    order: orderOf,
    create: (order: VcenterOrder) => task('create', order),
    rollback: (order: VcenterOrder) => task('create_rollback', order),
    idOf: ({ uuid }: { readonly uuid: string }) => uuid,
  }),
);

const setPower = {
  id,
  soft: 'soft_off' as const,
  send: (its: VcenterMachine, state: 'on' | 'off' | 'soft_off') => task('set_power', { ...its, state }),
};
const look = { id, send: (its: VcenterMachine) => task('power_state', its) };

/** Virtual machines of vCenter and of ESX hosts. */
export const vcenter = half({
  functions: {
    host_list: hostList,
    datastore_list: datastoreList,
    network_list: networkList,
    create_datastore: createDatastore,
    create,
  },
  foundationTypes: [
    {
      type: 'VCenter',
      model: 'VCenter/VCenterFoundation',
      doc: 'A virtual machine of a vCenter or an ESX host.',
      classes: ['VM', 'VCenter'],
      locates: 'with-complex',
      complexField: 'vcenter_complex',
      machineId: 'vcenter_uuid',
      fields: {
        vcenter_complex: reference('VCenter/VCenterComplex', { required: true }),
        vcenter_uuid: text(36, { mode: 'RO', doc: 'The instance UUID; null until it was made.' }),
      },
      values: { vcenter_vmspec: specOf },
      attributes: (own, complex) => ({
        _vcenter_uuid: own['vcenter_uuid'] ?? null,
        _vcenter_complex: own['vcenter_complex'] ?? null,
        _vcenter_datacenter: complex['vcenter_datacenter'] ?? null,
        _vcenter_cluster: complex['vcenter_cluster'] ?? null,
      }),
      functions: {
        power_on: foundationFunctions.external('power_on', power('on', setPower)),
        power_off: foundationFunctions.external('power_off', power('off', setPower)),
        power_state: foundationFunctions.external('power_state', powerState(look)),
        wait_for_poweroff: foundationFunctions.external('wait_for_poweroff', waitForPoweroff(look)),
        destroy: foundationFunctions.external('destroy', destroy({ id, send: (its) => task('destroy', its) })),
        get_interface_map: foundationFunctions.external(
          'get_interface_map',
          interfaceMap({ id, send: (its) => task('get_interface_map', its) }),
        ),
        set_interface_macs: foundationFunctions.inline('set_interface_macs', setInterfaceMacs),
        execute,
        mark_as_template: markAsTemplate,
        export: exportMachine,
      },
    },
  ],
  complexTypes: [
    {
      type: 'VCenter',
      model: 'VCenter/VCenterComplex',
      doc: 'A cluster of a vCenter, or an ESX host by itself.',
      fields: {
        vcenter_host: numberReference('Building/Structure', {
          required: true,
          doc: 'Set to VCenter or the ESX host, if ESX host, leave members empty.',
        }),
        vcenter_username: text(50, { required: true }),
        vcenter_password: text(50, {
          required: true,
          doc: '_VAULT_ to look both up in the vault of the agent: the username is then the path.',
        }),
        vcenter_datacenter: text(50, { required: true, doc: 'Set to "ha-datacenter" for ESX hosts.' }),
        vcenter_cluster: text(50, {
          required: true,
          doc: 'Set to the hostname (ie: "localhost.") for ESX hosts.',
        }),
      },
      patterns: {
        vcenter_datacenter: /^[a-zA-Z0-9][a-zA-Z0-9_-]*$/,
        vcenter_cluster: /^[a-zA-Z0-9][a-zA-Z0-9_\-.]*$/,
      },
      host: { field: 'vcenter_host', suffices: true },
      connection: (own, host) => ({
        host,
        credentials: credentialsOf(own['vcenter_username'] ?? null, own['vcenter_password'] ?? null),
        datacenter: own['vcenter_datacenter'] ?? null,
        cluster: own['vcenter_cluster'] ?? null,
      }),
      lists: ({ host = null, credentials = null, datacenter = null }) => ({
        connection: { host, credentials },
        datacenter,
      }),
      carries: { type: 'VCenter', blueprint: 'vcenter-vm-base' },
    },
  ],
});
