import { reference, text } from '#api';
import type { Json } from '#kernel';
import type { ParametersOf } from '#platform';
import { serverSide } from '#platform/server';
import type { CallContext } from '#tscript';
import { connectionOf, foundationText, foundationValue } from '../machine/connection-of.ts';
import { createVm, diskSize, vmName, vmSize, vmSpec } from '../machine/create-vm.ts';
import { destroy } from '../machine/destroy.ts';
import { interfaceMap, interfacesOf, setInterfaceMacs } from '../machine/interfaces.ts';
import { power } from '../machine/power.ts';
import { powerState, waitForPoweroff } from '../machine/power-state.ts';
import { textSettings, vmSpecOf } from '../machine/vm-spec.ts';
import { libvirtContract, type LibvirtContract } from './contract.ts';

const { task, functions, foundationFunctions, half } = serverSide(libvirtContract);

type Order = ParametersOf<LibvirtContract, 'create'>;
type Machine = ParametersOf<LibvirtContract, 'destroy'>;

/** The machine as it is ordered. @throws ParameterError for one that can not be made */
function orderOf({ vm_spec: given }: { readonly vm_spec: Json }, context: CallContext): Order {
  foundationValue(context, 'libvirt_complex');
  const spec = vmSpec(given);
  return {
    connection: connectionOf<Order['connection']>(context),
    vm: {
      name: vmName(foundationText(context, 'locator') ?? ''),
      ...vmSize(spec),
      disk_list: [{ name: 'sda', size: diskSize(spec) }],
      interface_list: interfacesOf(context).map(({ name, network }) => ({ name, network })),
      boot_order: ['network', 'hd'],
      ...textSettings(spec, { pool: 'libvirt_pool', machine: 'libvirt_machine' }),
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
  uuid: foundationText(context, 'libvirt_uuid'),
  name: foundationText(context, 'locator') ?? '',
});
const setPower = {
  id,
  soft: 'soft_off' as const,
  send: (its: Machine, state: 'on' | 'off' | 'soft_off') => task('set_power', { ...its, state }),
};
const look = { id, send: (its: Machine) => task('power_state', its) };

/** A call that asks for the screen of a machine. */
interface AskingConsole {
  readonly id: Machine;
  readonly address: string | null;
}

const consoleAddress = foundationFunctions.external('console_address', {
  setup: (_, context): AskingConsole => ({ id: id(context), address: null }),
  done: ({ address }) => address !== null,
  message: () => 'Waiting for the address of the console',
  task: ({ id: its }) => task('console_address', its),
  receive: { console_address: (state, { address }) => ({ ...state, address }) },
  value: ({ address }) => address,
});

/** Virtual machines of libvirt. */
export const libvirt = half({
  functions: { create },
  foundationTypes: [
    {
      type: 'LibVirt',
      model: 'LibVirt/LibVirtFoundation',
      doc: 'A virtual machine of libvirt.',
      classes: ['VM', 'LibVirt'],
      locates: 'with-complex',
      complexField: 'libvirt_complex',
      machineId: 'libvirt_uuid',
      inSiteOfComplex: true,
      fields: {
        libvirt_complex: reference('LibVirt/LibVirtComplex', { required: true }),
        libvirt_uuid: text(36, { mode: 'RO', doc: 'What libvirt knows it by; null until it was made.' }),
      },
      values: { libvirt_vmspec: (known) => vmSpecOf(known, ['libvirt_pool', 'libvirt_machine']) },
      attributes: (own) => ({
        _libvirt_uuid: own['libvirt_uuid'] ?? null,
        _libvirt_complex: own['libvirt_complex'] ?? null,
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
        console_address: consoleAddress,
      },
    },
  ],
  complexTypes: [
    {
      type: 'LibVirt',
      model: 'LibVirt/LibVirtComplex',
      doc: 'A host of libvirt: its one member, which is reached by its primary address.',
      fields: {},
      maxMembers: 1,
      connection: (_own, host) => ({ host }),
      lists: (connection) => ({ connection }),
      carries: { type: 'LibVirt', blueprint: 'libvirt-vm-base' },
    },
  ],
});
