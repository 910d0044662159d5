import { reference, text } from '#api';
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
import { virtualboxContract, type VirtualboxContract } from './contract.ts';

const { task, functions, foundationFunctions, half } = serverSide(virtualboxContract);

type Order = ParametersOf<VirtualboxContract, 'create'>;
type Machine = ParametersOf<VirtualboxContract, 'destroy'>;

/** How many network adapters a machine has. */
const MAX_ADAPTERS = 4;
/** The adapter that most guests know. */
const USUAL_ADAPTER = 'I82540EM';

/** The machine as it is ordered. @throws ParameterError for one that can not be made */
function orderOf({ vm_spec: given }: { readonly vm_spec: Json }, context: CallContext): Order {
  foundationValue(context, 'virtualbox_complex');
  const spec = vmSpec(given);
  const { adapter = USUAL_ADAPTER, ...guest } = textSettings(spec, {
    adapter: 'virtualbox_network_adapter_type',
    guest_type: 'virtualbox_guest_type',
  });
  return {
    connection: connectionOf<Order['connection']>(context),
    vm: {
      name: vmName(foundationText(context, 'locator') ?? ''),
      ...vmSize(spec),
      disk_list: [{ name: 'sda', size: diskSize(spec) }],
      interface_list: interfacesOf(context)
        .slice(0, MAX_ADAPTERS)
        .map(({ name, network }, index) => ({ name, index, network, type: 'host', adapter_type: adapter })),
      boot_order: ['net', 'hdd'],
      ...guest,
    },
  };
}

const create = functions.external(
  'create',
  createVm({
    order: orderOf,
    create: (order: Order) => task('create', order),
    rollback: (order: Order) => task('create_rollback', order),
    idOf: ({ uuid }: { readonly uuid: string }) => uuid,
  }),
);

/** The machine at hand. */
const id = (context: CallContext): Machine => ({
  connection: connectionOf<Machine['connection']>(context),
  uuid: foundationText(context, 'virtualbox_uuid'),
  name: foundationText(context, 'locator') ?? '',
});
const setPower = {
  id,
  soft: 'soft_off' as const,
  send: (its: Machine, state: 'on' | 'off' | 'soft_off') => task('set_power', { ...its, state }),
};
const look = { id, send: (its: Machine) => task('power_state', its) };

/** Virtual machines of VirtualBox. */
export const virtualbox = half({
  functions: { create },
  foundationTypes: [
    {
      type: 'VirtualBox',
      model: 'VirtualBox/VirtualBoxFoundation',
      doc: 'A virtual machine of VirtualBox.',
      classes: ['VM', 'VirtualBox'],
      locates: 'with-complex',
      complexField: 'virtualbox_complex',
      machineId: 'virtualbox_uuid',
      inSiteOfComplex: true,
      fields: {
        virtualbox_complex: reference('VirtualBox/VirtualBoxComplex', { required: true }),
        virtualbox_uuid: text(36, { mode: 'RO', doc: 'What VirtualBox knows it by; null until it was made.' }),
      },
      values: {
        virtualbox_vmspec: (known) => ({
          virtualbox_guest_type: 'Other',
          ...vmSpecOf(known, ['virtualbox_guest_type', 'virtualbox_network_adapter_type']),
        }),
      },
      attributes: (own) => ({
        _virtualbox_uuid: own['virtualbox_uuid'] ?? null,
        _virtualbox_complex: own['virtualbox_complex'] ?? null,
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
      type: 'VirtualBox',
      model: 'VirtualBox/VirtualBoxComplex',
      doc: 'A host that runs VirtualBox and its web service: its only member.',
      fields: {
        virtualbox_username: text(50, { required: true }),
        virtualbox_password: text(50, {
          required: true,
          doc: '_VAULT_ to look both up in the vault of the agent: the username is then the path.',
        }),
      },
      maxMembers: 1,
      connection: ({ virtualbox_username: username = null, virtualbox_password: password = null }, host) => ({
        host,
        credentials: credentialsOf(username, password),
      }),
      lists: (connection) => ({ connection }),
      carries: { type: 'VirtualBox', blueprint: 'virtualbox-vm-base' },
    },
  ],
});
