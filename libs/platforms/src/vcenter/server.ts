import { numberReference, reference, text } from '#api';
import type { Json, JsonMap } from '#kernel';
import type { KnownFoundation, ParametersOf, SealedText } from '#platform';
import { credentialsOf } from '#platform';
import type { GivenParameters } from '#platform/server';
import { serverSide } from '#platform/server';
import type { CallContext } from '#tscript';
import { ExecutionError, NotDefined, ParameterError, toJson } from '#tscript';
import { connectionOf, foundationText, foundationValue } from '../machine/connection-of.ts';
import { createVm, diskSize, vmName, vmSize, vmSpec } from '../machine/create-vm.ts';
import { destroy } from '../machine/destroy.ts';
import type { FoundationInterface } from '../machine/interfaces.ts';
import { interfaceMap, interfacesOf, setInterfaceMacs } from '../machine/interfaces.ts';
import { power } from '../machine/power.ts';
import { powerState, waitForPoweroff } from '../machine/power-state.ts';
import { settingsOf, textSettings, vmSpecOf } from '../machine/vm-spec.ts';
import { vcenterContract, type VcenterContract } from './contract.ts';

const { task, functions, foundationFunctions, half } = serverSide(vcenterContract);

type Order = ParametersOf<VcenterContract, 'create'>;
type Vm = Order['vm'];
type Connection = Order['connection'];
type Machine = ParametersOf<VcenterContract, 'destroy'>;

/** The part of a vCenter in which the complex at hand is. */
interface Place {
  readonly connection: Connection;
  readonly datacenter: string;
  readonly cluster: string;
}

function placeOf(context: CallContext): Place {
  foundationValue(context, 'vcenter_complex');
  // The part is told beside the connection, and is none of its parameters.
  const { datacenter, cluster, ...connection } = connectionOf<Connection & Omit<Place, 'connection'>>(context);
  return { connection, datacenter, cluster };
}

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
function specOf(known: KnownFoundation): JsonMap {
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
function orderOf(
  { host, datastore, vm_spec: given }: GivenParameters<VcenterContract['functions']['create']>,
  context: CallContext,
): Order {
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

/** A call whose value is a list that the agent finds out. */
interface Listing<O> {
  readonly order: O;
  readonly found: readonly string[] | null;
}

/** The stages of a function that asks for a list. */
const listing = <G, O, R>(what: string, orderFrom: (given: G, context: CallContext) => O, send: (order: O) => R) => ({
  setup: (given: G, context: CallContext): Listing<O> => ({ order: orderFrom(given, context), found: null }),
  done: ({ found }: Listing<O>): boolean => found !== null,
  message: (): string => `Waiting for the list of ${what}`,
  task: ({ order }: Listing<O>): R => send(order),
  value: ({ found }: Listing<O>): readonly string[] | null => found,
});

type Asking<N extends 'host_list' | 'datastore_list' | 'network_list'> = ParametersOf<VcenterContract, N>;
type Given<N extends keyof VcenterContract['functions']> = GivenParameters<VcenterContract['functions'][N]>;

const hostList = functions.external('host_list', {
  ...listing(
    'hosts',
    (given: Given<'host_list'>, context): Asking<'host_list'> => ({ ...placeOf(context), ...given }),
    (order) => task('host_list', order),
  ),
  receive: { host_list: (state, { host_list: found }) => ({ ...state, found }) },
});
const datastoreList = functions.external('datastore_list', {
  ...listing(
    'datastores',
    (given: Given<'datastore_list'>, context): Asking<'datastore_list'> => ({ ...placeOf(context), ...given }),
    (order) => task('datastore_list', order),
  ),
  receive: { datastore_list: (state, { datastore_list: found }) => ({ ...state, found }) },
});
const networkList = functions.external('network_list', {
  ...listing(
    'networks',
    (given: Given<'network_list'>, context): Asking<'network_list'> => ({ ...placeOf(context), ...given }),
    (order) => task('network_list', order),
  ),
  receive: { network_list: (state, { network_list: found }) => ({ ...state, found }) },
});

interface CreatingDatastore {
  readonly order: ParametersOf<VcenterContract, 'create_datastore'>;
  readonly done: boolean;
}

/** The host that a datastore is made on: the structure's own, by its configuration. @throws ParameterError where it says none */
function hostByConfig({ read }: CallContext): string {
  try {
    const host = toJson(read('config', 'vcenter_hostname'));
    if (typeof host === 'string' && host !== '') return host;
  } catch (thrown) {
    if (!(thrown instanceof NotDefined)) throw thrown;
  }
  throw new ParameterError('vcenter_hostname', 'is not in the configuration: it names the host');
}

const createDatastore = functions.external('create_datastore', {
  setup({ name, model }, context): CreatingDatastore {
    const { connection, datacenter } = placeOf(context);
    return { order: { connection, datacenter, host: hostByConfig(context), name, model }, done: false };
  },
  done: ({ done }) => done,
  message: ({ order: { name } }) => `Waiting for datastore "${name}" to be created`,
  task: ({ order }) => task('create_datastore', order),
  receive: { create_datastore: (state, { done }) => ({ ...state, done }) },
  value: () => null,
});

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
function id(context: CallContext): Machine {
  const { connection } = placeOf(context);
  const uuid = foundationText(context, 'vcenter_uuid');
  return { connection, uuid, name: foundationText(context, 'locator') ?? '' };
}
const setPower = {
  id,
  soft: 'soft_off' as const,
  send: (its: Machine, state: 'on' | 'off' | 'soft_off') => task('set_power', { ...its, state }),
};
const look = { id, send: (its: Machine) => task('power_state', its) };

interface Execution {
  readonly order: ParametersOf<VcenterContract, 'execute'>;
  readonly expected: number;
  /** How it ended: the exit code, or why it did not run. */
  readonly ended: { readonly rc?: number | undefined; readonly error?: string | undefined } | null;
}

/** A command as an argument of a shell. A secret in it stays a reference, and is not looked into. */
function quoted(command: SealedText): SealedText {
  const escaped = (plain: string): string => plain.replaceAll(/[\\"$`]/g, (one) => `\\${one}`);
  if (typeof command === 'string') return `-c "${escaped(command)}"`;
  const parts = '$text' in command ? (command.$text as Extract<SealedText, { $text: unknown }>['$text']) : [command];
  const inside = parts.map((part) => (typeof part === 'string' ? escaped(part) : part));
  return { $text: ['-c "', ...inside, '"'] } as SealedText;
}

const execute = foundationFunctions.external('execute', {
  setup({ username, password, command, dir, timeout, expected_rc: expected }, context): Execution {
    const guest = { username, password, program: '/bin/sh', args: quoted(command), dir, timeout };
    return { order: { ...id(context), ...guest }, expected, ended: null };
  },
  done: ({ expected, ended }) => ended?.rc === expected,
  run(state) {
    const { order, expected, ended } = state;
    if (ended === null) return state;
    const why = ended.error ?? `it ended with exit code ${ended.rc}, and not with ${expected}`;
    // A reset runs the command again.
    throw new ExecutionError(`the command in "${order.name}": ${why}`).keeping({ ...state, ended: null });
  },
  message: ({ order: { name } }) => `Waiting for the command in "${name}"`,
  task: ({ order }) => task('execute', order),
  receive: { execute: (state, { rc, error }) => ({ ...state, ended: { rc, error } }) },
  value: () => true,
});

interface Marking {
  readonly order: ParametersOf<VcenterContract, 'mark_as_template'>;
  readonly done: boolean;
}

const markAsTemplate = foundationFunctions.external('mark_as_template', {
  setup: ({ as_template }, context): Marking => ({ order: { ...id(context), as_template }, done: false }),
  done: ({ done }) => done,
  message: ({ order }) => `Waiting for the machine to be ${order.as_template ? 'a template' : 'no template any more'}`,
  task: ({ order }) => task('mark_as_template', order),
  receive: { mark_as_template: (state) => ({ ...state, done: true }) },
  value: () => null,
});

interface Exporting {
  readonly order: ParametersOf<VcenterContract, 'export'>;
  readonly location: string | null;
}

const exportMachine = foundationFunctions.external('export', {
  setup: ({ url }, context): Exporting => ({ order: { ...id(context), url }, location: null }),
  done: ({ location }) => location !== null,
  message: () => 'Waiting for the machine to be exported',
  task: ({ order }) => task('export', order),
  receive: { export: (state, { location }) => ({ ...state, location }) },
  value: ({ location }) => location,
});

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
      carries: { type: 'VCenter', blueprint: 'vcenter-vm-base' },
    },
  ],
});
