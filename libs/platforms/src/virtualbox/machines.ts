import type { Vbox } from './session.ts';
import { isNotFound } from './session.ts';

/** What a machine is known by; without a UUID, by its name. */
export interface MachineId {
  readonly uuid: string | null;
  readonly name: string;
}

/** The handle of a machine: by its UUID, else by its name; undefined where there is none. */
export async function findMachine(vbox: Vbox, { uuid, name }: MachineId): Promise<string | undefined> {
  const found = uuid === null ? undefined : await byNameOrId(vbox, uuid);
  return found ?? byNameOrId(vbox, name);
}

async function byNameOrId({ call, root }: Vbox, nameOrId: string): Promise<string | undefined> {
  try {
    return await call('IVirtualBox_findMachine', root, { nameOrId });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** A machine that has to be there. @throws Error where it is not */
export async function theMachine(vbox: Vbox, its: MachineId): Promise<string> {
  const found = await findMachine(vbox, its);
  if (found !== undefined) return found;
  throw new Error(`there is no machine "${its.name}" at ${vbox.host}: was it removed by hand?`);
}

/** Whether a machine is on, in the words of tasks. */
export async function stateOf({ call }: Vbox, machine: string): Promise<string> {
  const state = await call('IMachine_getState', machine);
  if (OFF.has(state)) return 'off';
  return ON.has(state) ? 'on' : `unknown "${state}"`;
}
/** A machine whose process has gone is off, as one that was switched off is. */
const OFF = new Set(['PoweredOff', 'Saved', 'Aborted', 'AbortedSaved']);
const ON = new Set(['Running', 'Starting', 'Stopping']);

/** Works with the console of a machine that is on. */
export async function onConsole(vbox: Vbox, machine: string, work: (console: string) => Promise<void>): Promise<void> {
  const { call, session } = vbox;
  await call('IMachine_lockMachine', machine, { session, lockType: 'Shared' });
  try {
    await work(await call('ISession_getConsole', session));
  } finally {
    await call('ISession_unlockMachine', session);
  }
}

/** Switches a machine off. */
export const powerDown = (vbox: Vbox, machine: string): Promise<void> =>
  onConsole(vbox, machine, async (console) => vbox.finish(await vbox.call('IConsole_powerDown', console)));

/** Does away with a machine and its disks, switched off before. */
export async function removeMachine(vbox: Vbox, machine: string): Promise<void> {
  if ((await stateOf(vbox, machine)) !== 'off') await powerDown(vbox, machine);
  await vbox.released(machine);
  const media = await vbox.all('IMachine_unregister', machine, { cleanupMode: 'DetachAllReturnHardDisksOnly' });
  await vbox.finish(await vbox.call('IMachine_deleteConfig', machine, { media }));
}
