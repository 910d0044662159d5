import type { AskedMacs } from '../machine/asked-macs.ts';
import type { ProxmoxApi } from './api.ts';

/** The tag of machines that were made for foundations: no other machine is ever cleared away. */
export const OWN_TAG = 'contractor';

const TASK_TAG = 'task-';

/** The tag by which the machine of a task is found again. */
export const taskTag = (task: string): string => `${TASK_TAG}${task.toLowerCase().replaceAll(/[^a-z0-9_.+-]/g, '-')}`;

/** A machine as the list of a cluster tells of it. */
export interface Machine {
  readonly vmid: number;
  readonly name: string;
  readonly node: string;
  readonly tags: readonly string[];
  /** `running`, `stopped`, or `unknown` where its node is away. */
  readonly status: string;
  readonly isTemplate: boolean;
}

interface Resource {
  readonly type: string;
  readonly vmid: number;
  readonly name?: string;
  readonly node: string;
  readonly tags?: string;
  readonly status: string;
  readonly template?: number;
}

/** The virtual machines of a cluster, in one call. */
export async function machinesOf(api: ProxmoxApi): Promise<readonly Machine[]> {
  const resources = await api.get<readonly Resource[]>('/cluster/resources?type=vm');
  return resources
    .filter(({ type }) => type === 'qemu')
    .map(({ vmid, name = '', node, tags = '', status, template }) => ({
      vmid,
      name,
      node,
      status,
      isTemplate: template === 1,
      tags: tags.split(/[;, ]+/).filter((tag) => tag !== ''),
    }));
}

/** What a machine is known by; without an id, by its name, where it was made for a foundation. */
export interface MachineId {
  readonly id: number | null;
  readonly name: string;
}

/** A machine, where it is there. */
export async function findMachine(api: ProxmoxApi, { id, name }: MachineId): Promise<Machine | undefined> {
  const all = await machinesOf(api);
  if (id !== null) return all.find(({ vmid }) => vmid === id);
  return all.find((one) => one.name === name && one.tags.includes(OWN_TAG));
}

/** A machine that has to be there. @throws Error where it is not */
export async function theMachine(api: ProxmoxApi, its: MachineId): Promise<Machine> {
  const found = await findMachine(api, its);
  if (found) return found;
  const which = its.id === null ? `"${its.name}"` : `${its.id} "${its.name}"`;
  throw new Error(`there is no machine ${which} at ${api.host}: was it removed by hand?`);
}

/** Where the API has a machine. */
export const pathOf = ({ node, vmid }: Pick<Machine, 'node' | 'vmid'>): string =>
  `/nodes/${encodeURIComponent(node)}/qemu/${vmid}`;

/** Whether it is on, in the words of tasks. */
export async function stateOf(api: ProxmoxApi, machine: Machine): Promise<string> {
  const { status } = await api.get<{ status: string }>(`${pathOf(machine)}/status/current`);
  return powerOf(status);
}

const powerOf = (status: string): string =>
  status === 'stopped' ? 'off' : status === 'running' ? 'on' : `unknown "${status}"`;

/** The MACs of a machine, in the order of its interfaces. */
export async function macsOf(api: ProxmoxApi, machine: Machine): Promise<readonly string[]> {
  const config = await api.get<Readonly<Record<string, unknown>>>(`${pathOf(machine)}/config`);
  return Object.keys(config)
    .filter((key) => /^net\d+$/.test(key))
    .toSorted((one, other) => Number(one.slice(3)) - Number(other.slice(3)))
    .map((key) => {
      const text = String(config[key]);
      const [, mac] = /(?:^|,)[a-z0-9-]+=((?:[\da-f]{2}:){5}[\da-f]{2})(?:,|$)/i.exec(text) ?? [];
      if (mac === undefined) throw new Error(`${key} of machine ${machine.vmid} at ${api.host} has no MAC: ${text}`);
      return mac;
    });
}

/** The machines of a cluster, by one call, and one for each whose MACs are asked for. */
export async function listMachines(api: ProxmoxApi, macs: AskedMacs) {
  const listed = [];
  for (const machine of await machinesOf(api)) {
    const { vmid, name, tags, status, isTemplate } = machine;
    const task = tags.find((tag) => tag.startsWith(TASK_TAG));
    listed.push({
      id: String(vmid),
      name,
      power: isTemplate ? 'template' : powerOf(status),
      macs: await macs(String(vmid), () => macsOf(api, machine)),
      task: task === undefined ? null : task.slice(TASK_TAG.length),
    });
  }
  return listed;
}

/** Does away with a machine, switched off before. */
export async function removeMachine(api: ProxmoxApi, machine: Machine): Promise<void> {
  if ((await stateOf(api, machine)) !== 'off') {
    await api.finish(await api.send<string>('POST', `${pathOf(machine)}/status/stop`));
  }
  await api.finish(await api.send<string>('DELETE', pathOf(machine), { purge: 1 }));
}
