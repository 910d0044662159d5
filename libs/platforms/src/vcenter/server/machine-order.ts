import type { Json, JsonMap } from '#kernel';
import type { KnownFoundation, ParametersOf } from '#platform';
import type { GivenParameters } from '#platform/server';
import type { CallContext } from '#tscript';
import { ExecutionError, ParameterError } from '#tscript';
import { foundationText } from '../../machine/connection-of.ts';
import { diskSize, vmName, vmSize, vmSpec } from '../../machine/create-vm.ts';
import type { FoundationInterface } from '../../machine/interfaces.ts';
import { interfacesOf } from '../../machine/interfaces.ts';
import { settingsOf, textSettings, vmSpecOf } from '../../machine/vm-spec.ts';
import type { VcenterContract } from '../contract.ts';
import { placeOf } from './place.ts';

/** What an agent is ordered to make. */
export type VcenterOrder = ParametersOf<VcenterContract, 'create'>;
type Vm = VcenterOrder['vm'];

/** Settings of a structure for each way of making a machine, as the specification has them. */
const OVA = ['vcenter_property_map', 'vcenter_deployment_option', 'vcenter_ip_protocol'];
const TEMPLATE = [
  'vcenter_hostname',
  'vcenter_domain',
  'vcenter_dnsserver_list',
  'vcenter_dnssuffix_list',
  'vcenter_property_map',
];
const SCRATCH = [
  'vcenter_virtual_exec_usage',
  'vcenter_virtual_mmu_usage',
  'vcenter_virtual_vhv',
  'vcenter_network_interface_class',
  'vcenter_property_map',
];

/** What a machine is to be: as an OVA, a template or from scratch, whichever its configuration says. */
export function specOf(known: KnownFoundation): JsonMap {
  const source = settingsOf(known, ['ova', 'template', 'disk_provisioning']);
  const { ova = null, template = null } = source;
  return {
    ...source,
    ...(ova === null ? {} : settingsOf(known, OVA)),
    ...(template === null
      ? { vcenter_guest_id: 'otherGuest', ...vmSpecOf(known, ['vcenter_guest_id', ...SCRATCH]) }
      : vmSpecOf(known, TEMPLATE)),
  };
}

/** The machine as it is ordered. @throws ParameterError for one that can not be made */
export function orderOf(
  { host, datastore, vm_spec: given }: GivenParameters<VcenterContract['functions']['create']>,
  context: CallContext,
): VcenterOrder {
  const spec = vmSpec(given);
  const { connection, datacenter, cluster } = placeOf(context);
  const name = vmName(foundationText(context, 'locator') ?? '');
  const common = { datacenter, cluster, name, host, datastore, ...vmSize(spec) };
  const interfaces = interfacesOf(context);
  const { ova = null, template = null } = spec;
  if (ova !== null) return { connection, vm: { ...common, ...ofOva(spec, interfaces) } };
  if (template !== null) return { connection, vm: { ...common, ...ofTemplate(spec, interfaces) } };
  return { connection, vm: { ...common, ...fromScratch(spec, interfaces) } };
}

type Made = Pick<Vm, 'boot_order' | 'interface_list'> & Partial<Vm>;

const ofOva = (spec: JsonMap, interfaces: readonly FoundationInterface[]): Made => ({
  ...textSettings(spec, {
    ova: 'ova',
    disk_provisioning: 'disk_provisioning',
    deployment_option: 'vcenter_deployment_option',
    ip_protocol: 'vcenter_ip_protocol',
  }),
  ...propertiesOf(spec),
  boot_order: ['hdd'],
  interface_list: interfaces.map(attached),
});

const ofTemplate = (spec: JsonMap, interfaces: readonly FoundationInterface[]): Made => ({
  ...textSettings(spec, { template: 'template', hostname: 'vcenter_hostname', domain: 'vcenter_domain' }),
  ...textsOf(spec, 'dnsserver_list'),
  ...textsOf(spec, 'dnssuffix_list'),
  ...propertiesOf(spec),
  boot_order: ['hdd'],
  interface_list: interfaces.map((one) => ({ ...attached(one), ...addressOn(one) })),
});

const fromScratch = (spec: JsonMap, interfaces: readonly FoundationInterface[]): Made => {
  const { type = 'E1000' } = textSettings(spec, { type: 'vcenter_network_interface_class' });
  const { provisioning = 'thin' } = textSettings(spec, { provisioning: 'disk_provisioning' });
  const nested = spec['vcenter_virtual_vhv'] ?? null;
  return {
    ...textSettings(spec, {
      guest_id: 'vcenter_guest_id',
      virtual_exec_usage: 'vcenter_virtual_exec_usage',
      virtual_mmu_usage: 'vcenter_virtual_mmu_usage',
    }),
    ...(nested === null ? {} : { virtual_vhv: flag('vcenter_virtual_vhv', nested) }),
    ...propertiesOf(spec),
    boot_order: ['net', 'hdd'],
    disk_list: [{ name: 'sda', size: diskSize(spec), type: provisioning }],
    interface_list: interfaces.map((one) => ({ ...attached(one), type })),
  };
};

const attached = ({ name, physicalLocation, network }: FoundationInterface) => ({
  name,
  physical_location: physicalLocation,
  network,
});

/** The address that a guest of a template gets on an interface. @throws ExecutionError where it has none */
function addressOn({ name, addresses: [first] }: FoundationInterface) {
  const { address, netmask, gateway } = textSettings(first ?? {}, {
    address: 'address',
    netmask: 'netmask',
    gateway: 'gateway',
  });
  if (address === undefined || netmask === undefined) {
    throw new ExecutionError(`interface "${name}" has no address: a machine of a template is given one on each`);
  }
  return { address, netmask, ...(gateway === undefined ? {} : { gateway }) };
}

function propertiesOf({ vcenter_property_map: given = null }: JsonMap): Pick<Vm, 'property_map'> {
  if (given === null) return {};
  if (typeof given === 'object' && !Array.isArray(given)) return { property_map: given as JsonMap };
  throw new ParameterError('vm_spec.vcenter_property_map', 'must be a map');
}

function textsOf(spec: JsonMap, name: 'dnsserver_list' | 'dnssuffix_list'): Partial<Vm> {
  const given = spec[`vcenter_${name}`] ?? null;
  if (given === null) return {};
  const list = Array.isArray(given) ? (given as readonly Json[]) : [];
  if (Array.isArray(given) && list.every((one) => typeof one === 'string')) return { [name]: list };
  throw new ParameterError(`vm_spec.vcenter_${name}`, 'must be a list of texts');
}

function flag(name: string, given: Json): boolean {
  if (typeof given === 'boolean') return given;
  throw new ParameterError(`vm_spec.${name}`, 'must be true or false');
}
