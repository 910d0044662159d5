import type { AgentParametersOf } from '#platform';
import type { AskedMacs } from '../machine/asked-macs.ts';
import type { VcenterContract } from './contract.ts';
import { clusterNamed, datacenterNamed, hostNamed, machineFolder, propertiesOf } from './inventory.ts';
import { macsOf, powerOf, taskIn } from './machines.ts';
import type { Properties, Ref, Vim } from './session.ts';
import { refsOf } from './session.ts';

type Asked<T extends 'host_list' | 'datastore_list' | 'network_list'> = Omit<
  AgentParametersOf<VcenterContract, T>,
  'connection'
>;

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const numberAt = (properties: Properties, path: string): number | undefined => {
  const text = properties[path]?.text;
  return text === undefined || text === '' ? undefined : Number(text);
};

/** Hosts of a cluster that have the memory left, the best first: those with most of theirs free. */
export async function listHosts(vim: Vim, asked: Asked<'host_list'>): Promise<readonly string[]> {
  const { datacenter, cluster, min_memory: memory, cpu_scaler: byCpu, memory_scaler: byMemory } = asked;
  const { hosts } = await clusterNamed(vim, await datacenterNamed(vim, datacenter), cluster);
  const all = await vim.read(
    hosts,
    'name',
    'summary.hardware.memorySize',
    'summary.hardware.numCpuCores',
    'summary.hardware.cpuMhz',
    'summary.quickStats.overallMemoryUsage',
    'summary.quickStats.overallCpuUsage',
  );
  return [...all.values()]
    .flatMap((its) => {
      const total = (numberAt(its, 'summary.hardware.memorySize') ?? 0) / MIB;
      const used = numberAt(its, 'summary.quickStats.overallMemoryUsage');
      const busy = numberAt(its, 'summary.quickStats.overallCpuUsage');
      const mhz =
        (numberAt(its, 'summary.hardware.numCpuCores') ?? 0) * (numberAt(its, 'summary.hardware.cpuMhz') ?? 0);
      // A host that tells no figures is not connected.
      if (used === undefined || busy === undefined || total - used < memory) return [];
      const score = byMemory * ((total - used) / total) + byCpu * (mhz === 0 ? 0 : (mhz - busy) / mhz);
      return [{ name: its['name']?.text ?? '', score }];
    })
    .toSorted((one, other) => other.score - one.score)
    .map(({ name }) => name);
}

async function hostOf(vim: Vim, { datacenter, cluster, host }: Asked<'network_list'>): Promise<Ref> {
  const found = await clusterNamed(vim, await datacenterNamed(vim, datacenter), cluster);
  const first = found.hosts[0];
  if (host !== null) return hostNamed(vim, found, host);
  if (!first) throw new Error(`cluster "${cluster}" at ${vim.host} has no hosts`);
  return first;
}

/** Those of some names that a pattern matches from their beginning; an empty one matches all. */
async function matching(names: readonly string[], pattern: string | null): Promise<readonly string[]> {
  if (pattern === null || pattern === '') return names;
  // It takes time in proportion to the text, whatever the pattern.
  const { RE2JS } = await import('re2js');
  const compiled = RE2JS.compile(pattern);
  return names.filter((name) => compiled.matcher(name).lookingAt());
}

/** Datastores of a host that have the room left. */
export async function listDatastores(vim: Vim, asked: Asked<'datastore_list'>): Promise<readonly string[]> {
  const { datastore } = await propertiesOf(vim, await hostOf(vim, asked), 'datastore');
  const all = await vim.read(refsOf(datastore), 'name', 'summary.freeSpace');
  const names = [...all.values()]
    .filter((its) => (numberAt(its, 'summary.freeSpace') ?? 0) >= asked.min_free_space * GIB)
    .map((its) => its['name']?.text ?? '');
  return matching(names, asked.name_regex);
}

/** Networks of a host. */
export async function listNetworks(vim: Vim, asked: Asked<'network_list'>): Promise<readonly string[]> {
  const { network } = await propertiesOf(vim, await hostOf(vim, asked), 'network');
  const names: string[] = [];
  const all = refsOf(network);
  for (const type of new Set(all.map((one) => one.type))) {
    const its = await vim.read(
      all.filter((one) => one.type === type),
      'name',
    );
    names.push(...[...its.values()].map((one) => one['name']?.text ?? ''));
  }
  return matching(names, asked.name_regex);
}

/** Machines and templates of a datacenter, by one call, and one for each whose MACs are asked for. */
export async function listMachines(vim: Vim, datacenter: string, macs: AskedMacs) {
  const folder = await machineFolder(vim, await datacenterNamed(vim, datacenter));
  const paths = ['name', 'config.instanceUuid', 'config.annotation', 'config.template', 'runtime.powerState'];
  const listed = [];
  for (const [id, its] of await vim.readBelow(folder, 'VirtualMachine', ...paths)) {
    const uuid = its['config.instanceUuid']?.text ?? '';
    listed.push({
      id: uuid,
      name: its['name']?.text ?? '',
      power: its['config.template']?.text === 'true' ? 'template' : powerOf(its['runtime.powerState']?.text ?? ''),
      macs: await macs(uuid, () => macsOf(vim, { type: 'VirtualMachine', id })),
      task: taskIn(its['config.annotation']?.text ?? ''),
    });
  }
  return listed;
}
