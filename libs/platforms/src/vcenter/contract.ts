import type { AgentParametersOf } from '#platform';
import {
  boolean,
  credentials,
  integer,
  json,
  list,
  listTask,
  mapOf,
  nullable,
  number,
  optional,
  platformContract,
  record,
  secret,
  text,
  withDefault,
} from '#platform';
import { rollbackResult, vmFunctions, vmTasks } from '../machine/contract.ts';

/** How the SOAP API of a vCenter or an ESX host is reached: over HTTPS, at port 443 unless the host says another. */
const connection = record({ host: text(), credentials: credentials() });
const place = { connection, datacenter: text(), cluster: text() };

/** A property that a guest is given: text, a number or a flag. */
const properties = optional(mapOf(json()));

/** A virtual machine as it is ordered: of an OVA, of a template, or from scratch. */
const vm = record({
  datacenter: text(),
  cluster: text(),
  name: text(),
  host: text(),
  datastore: text(),
  cpu_count: integer({ min: 1 }),
  /** In MiB. */
  memory_size: integer({ min: 1 }),
  /** `net`, `hdd`. */
  boot_order: list(text()),
  interface_list: list(
    record({
      name: text(),
      physical_location: text(),
      network: text(),
      /** Kind of the adapter, from scratch. */
      type: optional(text()),
      /** Of a template. */
      address: optional(text()),
      netmask: optional(text()),
      gateway: optional(text()),
    }),
  ),
  /** From scratch; sizes are in GiB. */
  disk_list: optional(list(record({ name: text(), size: integer({ min: 1 }), type: text() }))),
  guest_id: optional(text()),
  virtual_exec_usage: optional(text()),
  virtual_mmu_usage: optional(text()),
  virtual_vhv: optional(boolean()),
  property_map: properties,
  /** URL of an OVA. */
  ova: optional(text()),
  disk_provisioning: optional(text()),
  deployment_option: optional(text()),
  ip_protocol: optional(text()),
  /** Name of a template. */
  template: optional(text()),
  hostname: optional(text()),
  domain: optional(text()),
  dnsserver_list: optional(list(text())),
  dnssuffix_list: optional(list(text())),
});

/** A machine that is there. */
const machine = { connection, uuid: nullable(text()), name: text() };

/** How long a command in a guest may take, in seconds. */
const timeout = integer({ min: 1, max: 82_800 });
/** What reaching the host may take besides, in milliseconds. */
const MORE_MS = 120_000;
/** How long making a machine may take, in milliseconds: an OVA is downloaded and uploaded. */
const CREATE_MS = 6 * 3_600_000;

/** Virtual machines of vCenter and of ESX hosts, by their SOAP API. */
export const vcenterContract = platformContract({
  name: 'vcenter',
  tasks: {
    /** Hosts with so much memory (MiB) left, the best first. */
    host_list: {
      repeat: 'safe',
      parameters: {
        ...place,
        min_memory: integer(),
        min_cpu: integer(),
        cpu_scaler: number(),
        memory_scaler: number(),
      },
      result: { host_list: list(text()) },
    },
    /** Datastores of a host with so much left (GiB), whose names a pattern matches from their beginning. */
    datastore_list: {
      repeat: 'safe',
      parameters: { ...place, host: nullable(text()), min_free_space: integer(), name_regex: nullable(text()) },
      result: { datastore_list: list(text()) },
    },
    /** Networks of a host, whose names a pattern matches from their beginning. */
    network_list: {
      repeat: 'safe',
      parameters: { ...place, host: nullable(text()), name_regex: nullable(text()) },
      result: { network_list: list(text()) },
    },
    /** A datastore on the first disk of a host that is of this model; one of this name that is there is taken. */
    create_datastore: {
      repeat: 'safe',
      parameters: { connection, datacenter: text(), host: text(), name: text(), model: text() },
      result: { done: boolean() },
    },
    /** Makes a machine that carries the id of its task: by that, it is found again. */
    create: { repeat: 'observe', maxMs: CREATE_MS, parameters: { connection, vm }, result: { uuid: text() } },
    /** Clears away the machine of this name that was made for it, and its files. */
    create_rollback: { repeat: 'safe', parameters: { connection, vm }, result: rollbackResult },
    ...vmTasks(machine),
    /** Machines and templates of a datacenter. */
    list: listTask({ connection, datacenter: text() }),
    /** Runs a program in the guest. Whether it ran nobody can tell afterwards. */
    execute: {
      repeat: 'ask',
      maxMs: ({ timeout: seconds }) => Number(seconds) * 1000 + MORE_MS,
      parameters: {
        ...machine,
        username: text(),
        password: secret(),
        program: text(),
        args: secret(),
        dir: text(),
        timeout,
      },
      result: { rc: optional(integer()), error: optional(text()) },
    },
    mark_as_template: { repeat: 'safe', parameters: { ...machine, as_template: boolean() }, result: {} },
    /** Writes the machine as an OVA to a URL. */
    export: {
      repeat: 'safe',
      maxMs: CREATE_MS,
      parameters: { ...machine, url: nullable(text()) },
      result: { location: text() },
    },
  },
  functions: {
    host_list: {
      min_memory: integer(),
      min_cpu: integer(),
      cpu_scaler: withDefault(number(), 1),
      memory_scaler: withDefault(number(), 1),
    },
    datastore_list: {
      host: withDefault(nullable(text()), null),
      min_free_space: integer(),
      name_regex: withDefault(nullable(text()), null),
    },
    network_list: {
      host: withDefault(nullable(text()), null),
      name_regex: withDefault(nullable(text()), null),
    },
    create_datastore: { name: text(), model: text() },
    create: { host: text(), datastore: text(), vm_spec: json() },
  },
  foundationFunctions: {
    ...vmFunctions,
    execute: {
      username: text(),
      password: secret(),
      command: secret(),
      dir: withDefault(text(), '/'),
      timeout: withDefault(timeout, 300),
      expected_rc: withDefault(integer(), 0),
    },
    mark_as_template: { as_template: withDefault(boolean(), true) },
    export: { url: withDefault(nullable(text()), null) },
  },
});

export type VcenterContract = typeof vcenterContract;
/** A virtual machine as an agent is given it. */
export type VcenterVm = AgentParametersOf<VcenterContract, 'create'>['vm'];
