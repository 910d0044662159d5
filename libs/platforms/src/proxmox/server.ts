import { integer, numberReference, reference, text } from '#api';
import type { Json } from '#kernel';
import type { ParametersOf } from '#platform';
import { credentialsOf } from '#platform';
import { serverSide } from '#platform/server';
import type { CallContext } from '#tscript';
import { connectionOf, foundationText, foundationValue } from '../machine/connection-of.ts';
import { createVm, diskSize, vmName, vmSize, vmSpec } from '../machine/create-vm.ts';
import { destroy } from '../machine/destroy.ts';
import { interfaceMap, interfacesOf, setInterfaceMacs } from '../machine/interfaces.ts';
import { power } from '../machine/power.ts';
import { powerState, waitForPoweroff } from '../machine/power-state.ts';
import { textSettings, vmSpecOf } from '../machine/vm-spec.ts';
import { proxmoxContract, type ProxmoxContract } from './contract.ts';

const { task, functions, foundationFunctions, half } = serverSide(proxmoxContract);

type Order = ParametersOf<ProxmoxContract, 'create'>;
type Machine = ParametersOf<ProxmoxContract, 'destroy'>;

/** The machine as it is ordered. @throws ParameterError for one that can not be made */
function orderOf({ vm_spec: given }: { readonly vm_spec: Json }, context: CallContext): Order {
  foundationValue(context, 'proxmox_complex');
  const spec = vmSpec(given);
  return {
    connection: connectionOf<Order['connection']>(context),
    vm: {
      name: vmName(foundationText(context, 'locator') ?? ''),
      ...vmSize(spec),
      interface_list: interfacesOf(context).map(({ name, network }) => ({ name, network })),
      disk_list: [{ name: 'sda', size: diskSize(spec) }],
      boot_order: ['net0', 'scsi0'],
      ...textSettings(spec, { node: 'proxmox_node', storage: 'proxmox_storage', ostype: 'proxmox_ostype' }),
    },
  };
}

const create = functions.external(
  'create',
  createVm({
    order: orderOf,
    create: (order: Order) => task('create', order),
    rollback: (order: Order) => task('create_rollback', order),
    idOf: ({ id }: { readonly id: string }) => id,
  }),
);

/** The machine at hand. */
const id = (context: CallContext): Machine => ({
  connection: connectionOf<Machine['connection']>(context),
  id: foundationValue(context, 'proxmox_id') as number | null,
  name: foundationText(context, 'locator') ?? '',
});
const setPower = {
  id,
  soft: 'soft_off' as const,
  send: (its: Machine, state: 'on' | 'off' | 'soft_off') => task('set_power', { ...its, state }),
};
const look = { id, send: (its: Machine) => task('power_state', its) };

/** Virtual machines of Proxmox VE. */
export const proxmox = half({
  functions: { create },
  foundationTypes: [
    {
      type: 'Proxmox',
      model: 'Proxmox/ProxmoxFoundation',
      doc: 'A virtual machine of Proxmox VE.',
      classes: ['VM', 'Proxmox'],
      locates: 'with-complex',
      complexField: 'proxmox_complex',
      machineId: 'proxmox_id',
      isNamedByLocator: true,
      fields: {
        proxmox_complex: reference('Proxmox/ProxmoxComplex', { required: true }),
        proxmox_id: integer({ mode: 'RO', doc: 'What Proxmox knows it by; null until it was made.' }),
      },
      values: {
        proxmox_vmspec: (known) => vmSpecOf(known, ['proxmox_node', 'proxmox_storage', 'proxmox_ostype']),
      },
      attributes: (own) => ({
        _proxmox_id: own['proxmox_id'] ?? null,
        _proxmox_complex: own['proxmox_complex'] ?? null,
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
      },
    },
  ],
  complexTypes: [
    {
      type: 'Proxmox',
      model: 'Proxmox/ProxmoxComplex',
      doc: 'A host of Proxmox VE, or a cluster that is reached by one.',
      fields: {
        proxmox_host: numberReference('Building/Structure', {
          required: true,
          doc: 'Set to the Proxmox host; may be shared by several complexes.',
        }),
        proxmox_username: text(50, { required: true, doc: 'With its realm, as in root@pam.' }),
        proxmox_password: text(50, {
          required: true,
          doc: 'Or the value of an API token, where the username names one; _VAULT_ to look both up, the username is then the path.',
        }),
      },
      host: { field: 'proxmox_host' },
      connection: ({ proxmox_username: username = null, proxmox_password: password = null }, host) => ({
        host,
        credentials: credentialsOf(username, password),
      }),
      lists: (connection) => ({ connection }),
      carries: { type: 'Proxmox', blueprint: 'proxmox-vm-base' },
    },
  ],
});
