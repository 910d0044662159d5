import type { AskedMacs } from '../machine/asked-macs.ts';
import type { ProxmoxApi } from './api.ts';
import { ProxmoxError } from './api.ts';

/** The tag of machines that were made for foundations: no other machine is ever cleared away. */
export const OWN_TAG = 'contractor';

const TASK_TAG = 'task-';

/** The tag by which the machine of a task is found again. */
export const taskTag = (task: string): string => `${TASK_TAG}${task.toLowerCase().replaceAll(/[^a-z0-9_.+-]/g, '-')}`;

/** A machine as the list of a cluster tells of it. */
export interface Machine {
  readonly vmid: number;
  /** Empty where its node does not tell it. */
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
  /** Not there until its node has told the cluster of the machine, which each does every ten seconds. */
  readonly name?: string;
  readonly node: string;
  readonly tags?: string;
  readonly status: string;
  readonly template?: number;
}

/** The virtual machines of a cluster, in one call, and one for each that the cluster has no name of yet. */
export async function machinesOf(api: ProxmoxApi): Promise<readonly Machine[]> {
  const resources = await api.get<readonly Resource[]>('/cluster/resources?type=vm');
  const away = new Set<string>();
  const machines: Machine[] = [];
  for (const { type, vmid, name, node, tags = '', status, template } of resources) {
    if (type !== 'qemu') continue;
    machines.push({
      vmid,
      name: name ?? (await nameOf(api, { node, vmid }, away)),
      node,
      status,
      isTemplate: template === 1,
      tags: tags.split(/[;, ]+/).filter((tag) => tag !== ''),
    });
  }
  return machines;
}

/** From here on, a status says that the node of what is asked for can not be reached: 595, 596, 599. */
const NODE_AWAY = 595;

/**
 * The name of a machine by its configuration; empty where there is none to be read.
 * @param away nodes that can not be reached, which are asked once
 */
async function nameOf(api: ProxmoxApi, machine: Pick<Machine, 'node' | 'vmid'>, away: Set<string>): Promise<string> {
  if (away.has(machine.node)) return '';
  try {
    return (await api.get<{ readonly name?: string }>(`${pathOf(machine)}/config`)).name ?? '';
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    if (error.status >= NODE_AWAY) away.add(machine.node);
    return '';
  }
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

/** Whether a machine is that of a task: it has its mark and its name, unless that can not be read at the moment. */
export const isOfTask = ({ name, tags }: Machine, its: string, task: string): boolean =>
  tags.includes(OWN_TAG) && tags.includes(taskTag(task)) && (name === its || name === '');

/** @throws Error where a machine has another name than it is known by: ids of machines that are gone are given to new ones */
export function refuseOther(api: ProxmoxApi, { vmid, name }: Machine, its: string): void {
  if (name === its) return;
  const found = name === '' ? 'does not tell its name' : `is "${name}" and not "${its}"`;
  throw new Error(`machine ${vmid} at ${api.host} ${found}: it is left alone`);
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

/** What is noted of who made a machine, to be read by people too. */
export const descriptionOf = (name: string, { job, task }: Maker): string =>
  `Made by Contractor for the foundation "${name}" (job ${job}, task ${task}).`;

/** A job, and the task of it that makes a machine. */
export interface Maker {
  readonly job: number;
  readonly task: string;
}

/**
 * Does away with what a job has left of a machine.
 * @throws Error where it is on and another job has made it, or none is noted: then it is more than what was left
 */
export async function undoMachine(api: ProxmoxApi, machine: Machine, job: number): Promise<void> {
  if ((await stateOf(api, machine)) !== 'off') {
    const { description = '' } = await api.get<{ readonly description?: string }>(`${pathOf(machine)}/config`);
    const [, maker] = / \(job (\d+), task /.exec(description) ?? [];
    if (maker !== String(job)) {
      const whose = maker === undefined ? 'no job is noted as its maker' : `job ${maker} has made it`;
      const what = `machine ${machine.vmid} "${machine.name}" at ${api.host} is not off, and ${whose}`;
      throw new Error(`${what}: it is left alone, stop it where it is not wanted`);
    }
  }
  await removeMachine(api, machine);
}

/** Does away with a machine, switched off before. */
export async function removeMachine(api: ProxmoxApi, machine: Machine): Promise<void> {
  if ((await stateOf(api, machine)) !== 'off') {
    await api.finish(await api.send<string>('POST', `${pathOf(machine)}/status/stop`));
  }
  await api.finish(await api.send<string>('DELETE', pathOf(machine), { purge: 1 }));
}
