import type { Values } from '#api';
import type { Key } from '#read-store';

/** Draws one of some values. */
export type Draw = <T>(from: readonly T[]) => T;

/** Draws by these numbers, one after the other and from the beginning again. */
export function drawBy(numbers: readonly number[]): Draw {
  let at = 0;
  return (from) => from[(numbers[at++ % numbers.length] ?? 0) % Math.max(1, from.length)]!;
}

/** The keys of the objects there are of a model, by its path. */
export type KeysOf = (path: string) => readonly Key[];

const NAMES = ['aa', 'bb', 'cc', 'dd'];
const SITES = ['aa', 'bb', 'cc'];
/** Configuration values, some of which are worked out from what is attached to a machine. */
const TEXTS = [...NAMES, '{{ _fqdn }}', '{{ _primary_address }} {{ aa }}'];
const MACS = ['52:54:00:00:00:01', '52:54:00:00:00:02', '52:54:00:00:00:03', '52:54:00:00:00:04'];

/** Values of a new object of each model; where a part of them is drawn, of a change of one. */
export const RANDOM_VALUES: Readonly<Record<string, (draw: Draw, keys: KeysOf) => Values>> = {
  'Survey/Plot': (draw, keys) => ({
    name: draw(NAMES),
    corners: draw(NAMES),
    parent: draw([null, ...keys('Survey/Plot')]),
  }),
  'Directory/Zone': (draw, keys) => ({
    name: draw(NAMES),
    parent: draw([null, ...keys('Directory/Zone')]),
    ttl: draw([60, 3600]),
    refresh: 1,
    retry: 1,
    expire: 1,
    minimum: 1,
  }),
  'Directory/Entry': (draw, keys) => ({
    zone: draw([null, ...keys('Directory/Zone')]),
    type: 'MX',
    name: draw(NAMES),
    priority: draw([1, 2]),
    weight: null,
    port: null,
    target: draw(NAMES),
  }),
  'Site/Site': (draw, keys) => ({
    name: draw(SITES),
    description: draw(NAMES),
    zone: draw([null, ...keys('Directory/Zone'), ...keys('Directory/Zone')]),
    parent: draw([null, ...keys('Site/Site')]),
    config_values: { [draw(NAMES)]: draw(TEXTS), db_password: draw(NAMES) },
  }),
  'BluePrint/FoundationBluePrint': (draw) => ({
    name: draw(['fa', 'fb']),
    description: draw(NAMES),
    config_values: { [draw(NAMES)]: 1 },
    config_schema: draw([{}, { port: { type: 'integer', default: 22 } }]),
    parent_list: [],
    foundation_type_list: ['Test'],
    validation_template: {},
    physical_interface_names: ['eth0'],
  }),
  'BluePrint/StructureBluePrint': (draw, keys) => ({
    name: draw(['sa', 'sb']),
    description: draw(NAMES),
    config_values: {},
    config_schema: draw([{}, { pin: { type: 'string', secret: true } }]),
    parent_list: [],
    foundation_blueprint_list: keys('BluePrint/FoundationBluePrint'),
  }),
  'BluePrint/Script': (draw) => ({ name: draw(NAMES), description: draw(NAMES), script: draw(['', 'begin()\nend\n']) }),
  'BluePrint/BluePrintScript': (draw, keys) => ({
    blueprint: draw(keys('BluePrint/BluePrint')),
    script: draw(keys('BluePrint/Script')),
    name: draw(['create', 'destroy', 'util']),
  }),
  'BluePrint/PXE': (draw) => ({
    name: draw(NAMES),
    boot_script: draw(TEXTS),
    template: draw(['{{ db_password }}', ...NAMES]),
  }),
  'Utilities/AddressBlock': (draw, keys) => ({
    name: draw(NAMES),
    site: draw(keys('Site/Site')),
    subnet: draw(['10.0.0.0', '10.0.1.0', '10.0.2.0']),
    prefix: draw([24, 28, 29]),
    gateway_offset: draw([null, '1']),
  }),
  'Utilities/Network': (draw, keys) => ({
    name: draw(NAMES),
    site: draw(keys('Site/Site')),
    mtu: draw([null, 1500]),
    address_block_list: draw([[], keys('Utilities/AddressBlock').slice(0, 1)]),
  }),
  'Utilities/NetworkAddressBlock': (draw, keys) => ({
    network: draw(keys('Utilities/Network')),
    address_block: draw(keys('Utilities/AddressBlock')),
    vlan: draw([null, 7]),
  }),
  'Utilities/Networked': (draw, keys) => ({ hostname: draw(NAMES), site: draw(keys('Site/Site')) }),
  'Utilities/Address': (draw, keys) => ({
    address_block: draw(keys('Utilities/AddressBlock')),
    offset: draw(['2', '3', '4', '9']),
    networked: draw([...keys('Utilities/Networked'), ...keys('Building/Structure')]),
    interface_name: draw(['eth0', 'eth1']),
    alias_index: draw([null, 1]),
    pointer: null,
    is_primary: draw([true, false]),
  }),
  'Utilities/ReservedAddress': (draw, keys) => ({
    address_block: draw(keys('Utilities/AddressBlock')),
    offset: draw(['2', '3', '4', '9']),
    reason: draw(NAMES),
  }),
  'Utilities/DynamicAddress': (draw, keys) => ({
    address_block: draw(keys('Utilities/AddressBlock')),
    offset: draw(['2', '3', '4', '9']),
    pxe: draw([null, ...keys('BluePrint/PXE')]),
  }),
  'Test/TestFoundation': (draw, keys) => ({
    locator: draw(NAMES),
    site: draw(keys('Site/Site')),
    blueprint: draw(keys('BluePrint/FoundationBluePrint')),
    id_map: null,
    labels: draw([{}, { rack: 'r1' }]),
    owner: draw([null, 'alice']),
    test_foundation_serial: '1',
  }),
  'Survey/Position': (draw, keys) => ({
    locator: draw(keys('Test/TestFoundation')),
    plot: draw(keys('Survey/Plot')),
    rack: 'r1',
    unit: draw([null, 1, 2, 3]),
    height: draw([1, 2]),
    x: null,
    y: draw([null, 4]),
  }),
  'Survey/IntakeRule': (draw, keys) => ({
    name: draw(NAMES),
    enabled: draw([true, false]),
    order: draw([1, 2]),
    fingerprint: { disks: { min: 2 } },
    blueprint: draw(keys('BluePrint/FoundationBluePrint')),
    foundation_type: 'Test',
    site: draw(keys('Site/Site')),
    locator: draw(['{serial}', 'm{n}']),
    plot: draw([null, ...keys('Survey/Plot')]),
    network: draw([null, ...keys('Utilities/Network')]),
    values: draw([{}, { test_delay_variance: 20 }]),
  }),
  'Building/Structure': (draw, keys) => ({
    hostname: draw(NAMES),
    site: draw(keys('Site/Site')),
    blueprint: draw(keys('BluePrint/StructureBluePrint')),
    foundation: draw(keys('Test/TestFoundation')),
    config_values: { [draw(NAMES)]: draw(TEXTS) },
    labels: draw([{}, { env: 'prod' }]),
    owner: draw([null, 'alice']),
  }),
  'Utilities/RealNetworkInterface': (draw, keys) => ({
    foundation: draw(keys('Test/TestFoundation')),
    name: draw(['eth0', 'eth1']),
    physical_location: draw(['p0', 'p1']),
    network: draw(keys('Utilities/Network')),
    mac: draw([null, ...MACS]),
    is_provisioning: draw([true, false]),
    link_name: null,
    pxe: draw([null, ...keys('BluePrint/PXE')]),
  }),
  'Utilities/AbstractNetworkInterface': (draw, keys) => ({
    structure: draw(keys('Building/Structure')),
    name: draw(['br0', 'br1']),
    network: draw(keys('Utilities/Network')),
  }),
  'Utilities/AggregatedNetworkInterface': (draw, keys) => ({
    structure: draw(keys('Building/Structure')),
    name: draw(['bond0', 'bond1']),
    network: draw(keys('Utilities/Network')),
    primary_interface: draw([...keys('Utilities/RealNetworkInterface'), ...keys('Utilities/AbstractNetworkInterface')]),
    secondary_interfaces: [],
    paramaters: { mode: draw(NAMES) },
  }),
  'Building/Complex': (draw, keys) => ({
    name: draw(['ca', 'cb']),
    site: draw(keys('Site/Site')),
    description: draw(NAMES),
    built_percentage: draw([50, 90]),
    members: draw([[], keys('Building/Structure').slice(0, 1), keys('Building/Structure').slice(0, 2)]),
  }),
  'Building/ComplexStructure': (draw, keys) => ({
    complex: draw(keys('Building/Complex')),
    structure: draw(keys('Building/Structure')),
  }),
  'Building/Dependency': (draw, keys) => ({
    structure: draw(keys('Building/Structure')),
    dependency: draw([null, ...keys('Building/Dependency')]),
    foundation: draw([null, ...keys('Test/TestFoundation')]),
    script_structure: null,
    link: draw(['soft', 'hard']),
    create_script_name: null,
    destroy_script_name: null,
  }),
  'Foreman/Limit': (draw, keys) => ({
    site: draw(keys('Site/Site')),
    complex: null,
    module: null,
    max_jobs: draw([1, 2]),
  }),
  'Foreman/HoldRule': (draw, keys) => ({
    description: draw(NAMES),
    site: draw([null, ...keys('Site/Site')]),
    blueprint: null,
    target_kind: null,
    target: null,
    labels: {},
    scripts: ['destroy'],
    holder: null,
    seconds: draw([60, 120]),
    when_over: draw(['proceed', 'fail']),
  }),
  'Foreman/MaintenanceWindow': (draw, keys) => ({
    site: draw(keys('Site/Site')),
    description: draw(NAMES),
    days: draw([['mon'], ['tue', 'wed']]),
    start: '22:00',
    time_zone: 'UTC',
    minutes: draw([60, 120]),
    starts_at: null,
  }),
};
