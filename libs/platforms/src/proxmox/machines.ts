import type { ProxmoxApi } from './api.ts';

/** The tag of machines that were made for foundations: no other machine is ever cleared away. */
export const OWN_TAG = 'contractor';

/** The tag by which the machine of a task is found again. */
export const taskTag = (task: string): string => `task-${task.toLowerCase().replaceAll(/[^a-z0-9_.+-]/g, '-')}`;

/** A machine as the list of a cluster tells of it. */
export interface Machine {
  readonly vmid: number;
  readonly name: string;
  readonly node: string;
  readonly tags: readonly string[];
}

interface Resource {
  readonly type: string;
  readonly vmid: number;
  readonly name?: string;
  readonly node: string;
  readonly tags?: string;
}

/** The virtual machines of a cluster, in one call. */
export async function machinesOf(api: ProxmoxApi): Promise<readonly Machine[]> {
  const resources = await api.get<readonly Resource[]>('/cluster/resources?type=vm');
  return resources
    .filter(({ type }) => type === 'qemu')
    .map(({ vmid, name = '', node, tags = '' }) => ({
      vmid,
      name,
      node,
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
  if (status === 'stopped') return 'off';
  return status === 'running' ? 'on' : `unknown "${status}"`;
}

/** Does away with a machine, switched off before. */
export async function removeMachine(api: ProxmoxApi, machine: Machine): Promise<void> {
  if ((await stateOf(api, machine)) !== 'off') {
    await api.finish(await api.send<string>('POST', `${pathOf(machine)}/status/stop`));
  }
  await api.finish(await api.send<string>('DELETE', pathOf(machine), { purge: 1 }));
}
