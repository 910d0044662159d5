import { element } from '../xml/xml.ts';
import { datacenterNamed, machineByUuid, machineNamed, propertiesOf } from './inventory.ts';
import type { Ref, Vim } from './session.ts';
import { faultName, isRefusal, TaskFailed } from './session.ts';

/** What the annotation of a machine begins with that was made for a foundation, or is being made of an OVA. */
const MADE = 'Made by Contractor, task ';
const BEGUN = 'Being made by Contractor, task ';

/** The annotation of a machine that a task has made, or has begun to make. */
export const annotationOf = (task: string, isBegun = false): string => `${isBegun ? BEGUN : MADE}${task}`;

/** By which task a machine was made, and whether to its end; undefined where it was not made for a foundation. */
export async function makerOf(
  vim: Vim,
  machine: Ref,
): Promise<{ readonly task: string; readonly isComplete: boolean } | undefined> {
  const text = (await propertiesOf(vim, machine, 'config.annotation'))['config.annotation']?.text ?? '';
  if (text.startsWith(MADE)) return { task: text.slice(MADE.length), isComplete: true };
  return text.startsWith(BEGUN) ? { task: text.slice(BEGUN.length), isComplete: false } : undefined;
}

/** The task that made a machine, by its annotation; null: it was not made for a foundation. */
export const taskIn = (annotation: string): string | null =>
  annotation.startsWith(MADE) ? annotation.slice(MADE.length) : null;

/** The instance UUID of a machine. */
export async function uuidOf(vim: Vim, machine: Ref): Promise<string> {
  const uuid = (await propertiesOf(vim, machine, 'config.instanceUuid'))['config.instanceUuid']?.text;
  if (uuid === undefined || uuid === '') throw new Error(`the machine at ${vim.host} has no instance UUID`);
  return uuid;
}

/** What a machine is known by. */
export interface MachineId {
  readonly uuid: string | null;
  readonly name: string;
}

/** A machine, where it is there. */
export const findMachine = async (vim: Vim, { uuid }: Pick<MachineId, 'uuid'>): Promise<Ref | undefined> =>
  uuid === null ? undefined : machineByUuid(vim, uuid);

/** A machine that has to be there. @throws Error where it is not */
export async function theMachine(vim: Vim, { uuid, name }: MachineId): Promise<Ref> {
  const found = await findMachine(vim, { uuid });
  if (found) return found;
  const why = uuid === null ? 'it was never made' : 'was it removed by hand?';
  throw new Error(`there is no machine "${name}" at ${vim.host}: ${why}`);
}

/** Whether a machine is on, in the words of tasks. */
export async function stateOf(vim: Vim, machine: Ref): Promise<string> {
  const state = (await propertiesOf(vim, machine, 'runtime.powerState'))['runtime.powerState']?.text ?? '';
  return powerOf(state);
}

/** What vCenter says of the power of a machine, in the words of tasks. */
export function powerOf(state: string): string {
  if (state === 'poweredOff' || state === 'suspended') return 'off';
  return state === 'poweredOn' ? 'on' : `unknown "${state}"`;
}

/** Has the power of a machine changed; one that has it already is fine, and so is one that refuses to shut itself down. */
export async function switchTo(vim: Vim, machine: Ref, state: 'on' | 'off' | 'soft_off'): Promise<void> {
  try {
    if (state === 'on') await vim.finish('PowerOnVM_Task', machine);
    else if (state === 'off') await vim.finish('PowerOffVM_Task', machine);
    else await vim.call('ShutdownGuest', machine);
  } catch (error) {
    const fault = error instanceof TaskFailed ? error.fault : faultName(error);
    if (fault === 'InvalidPowerState') return;
    if (state !== 'soft_off' || !isRefusal(error)) throw error;
    // Without VMware tools nothing in the guest can ever be asked.
    if (fault === 'ToolsUnavailable') await switchTo(vim, machine, 'off');
  }
}

/** Does away with a machine and its files, switched off before. */
export async function removeMachine(vim: Vim, machine: Ref): Promise<void> {
  if ((await stateOf(vim, machine)) !== 'off') await switchTo(vim, machine, 'off');
  await vim.finish('Destroy_Task', machine);
}

/** Does away with the machine of a name, where it was made for a foundation. */
export async function removeOwn(vim: Vim, datacenter: string, name: string): Promise<void> {
  await datacenterNamed(vim, datacenter);
  const machine = await machineNamed(vim, datacenter, name);
  if (machine && (await makerOf(vim, machine)) !== undefined) await removeMachine(vim, machine);
}

const NICS = /^Virtual(?:E1000|E1000e|PCNet32|Vmxnet|Vmxnet2|Vmxnet3)$/;
const [FIRST_NIC, LAST_NIC] = [4000, 4064];

/** The MACs of a machine, in the order of its adapters. */
export async function macsOf(vim: Vim, machine: Ref): Promise<readonly string[]> {
  const { 'config.hardware.device': devices } = await propertiesOf(vim, machine, 'config.hardware.device');
  return (devices?.all() ?? [])
    .filter((device) => NICS.test(device.attribute('type')?.split(':').at(-1) ?? ''))
    .map((device) => ({ key: Number(device.at('key')?.text), mac: device.at('macAddress')?.text ?? '' }))
    .filter(({ key, mac }) => key >= FIRST_NIC && key <= LAST_NIC && mac !== '')
    .toSorted((one, other) => one.key - other.key)
    .map(({ mac }) => mac);
}

/** Makes a machine a template, or a template a machine again; an ESX host by itself has no templates. */
export async function markAsTemplate(vim: Vim, machine: Ref, asTemplate: boolean): Promise<void> {
  if (vim.isEsx) return;
  const is = (await propertiesOf(vim, machine, 'config.template'))['config.template']?.text === 'true';
  if (is === asTemplate) return;
  if (asTemplate) {
    await vim.call('MarkAsTemplate', machine);
    return;
  }
  const host = (await propertiesOf(vim, machine, 'runtime.host'))['runtime.host'];
  if (!host) throw new Error(`the template at ${vim.host} is on no host`);
  const on = { type: 'HostSystem', id: host.text };
  const parent = (await propertiesOf(vim, on, 'parent'))['parent'];
  const pool =
    parent && (await propertiesOf(vim, { type: parent.attribute('type') ?? '', id: parent.text }, 'resourcePool'));
  const target = pool?.['resourcePool'];
  if (!target) throw new Error(`the host of the template at ${vim.host} has no resource pool`);
  await vim.call('MarkAsVirtualMachine', machine, [
    element('pool', target.text, { type: 'ResourcePool' }),
    element('host', host.text, { type: 'HostSystem' }),
  ]);
}
