import type { AgentHalf, TaskContext } from '#platform';
import { askedMacs } from '../machine/asked-macs.ts';
import { virtualboxContract, type VirtualboxContract } from './contract.ts';
import { createMachine, isComplete, makerOf, uuidOf } from './create.ts';
import { listMachines, macsOf } from './list-machines.ts';
import { findMachine, onConsole, powerDown, removeMachine, stateOf, theMachine, type MachineId } from './machines.ts';
import type { Vbox, Waiting } from './session.ts';
import { isRefusal, withVbox } from './session.ts';

/** The agent half of virtualbox: every task has a session of its own, and logs it off. */
export const virtualbox = (waiting: Waiting = {}): AgentHalf<VirtualboxContract> => {
  const at = <T>(
    connection: Parameters<typeof withVbox>[0],
    context: TaskContext,
    work: (vbox: Vbox) => Promise<T>,
  ): Promise<T> => withVbox(connection, context, work, waiting);
  return {
    contract: virtualboxContract,
    tasks: {
      create: ({ connection, vm }, context) =>
        at(connection, context, async (vbox) => ({ uuid: await createMachine(vbox, vm, context.task) })),

      create_rollback: ({ connection, vm: { name } }, context) =>
        at(connection, context, async (vbox) => {
          await removeOwn(vbox, name);
          return { rollback_done: true };
        }),

      destroy: ({ connection, uuid, name }, context) =>
        at(connection, context, async (vbox) => {
          if (uuid === null) await removeOwn(vbox, name);
          else {
            const machine = await findMachine(vbox, { uuid, name: uuid });
            if (machine !== undefined) await removeMachine(vbox, machine);
          }
          return {};
        }),

      set_power: ({ connection, state, ...its }, context) =>
        at(connection, context, async (vbox) => ({ state: await switchTo(vbox, its, state) })),

      power_state: ({ connection, ...its }, context) =>
        at(connection, context, async (vbox) => ({ state: await stateOf(vbox, await theMachine(vbox, its)) })),

      get_interface_map: ({ connection, ...its }, context) =>
        at(connection, context, async (vbox) => ({ interface_list: await macsOf(vbox, await theMachine(vbox, its)) })),

      list: ({ connection, macs_of: asked }, context) =>
        at(connection, context, async (vbox) => ({
          machine_list: await listMachines(vbox, askedMacs(asked, context)),
        })),
    },
    observe: {
      create: ({ connection, vm: { name } }, context) =>
        at(connection, context, async (vbox) => {
          const made = await findMachine(vbox, { uuid: null, name });
          // What is half made is made anew when the task is done again.
          if (made === undefined || !(await isComplete(vbox, made, context.task))) return { state: 'not-done' };
          return { state: 'done', result: { uuid: await uuidOf(vbox, made) } };
        }),
    },
  };
};

/** Does away with the machine of a name, where it was made for a foundation. */
async function removeOwn(vbox: Vbox, name: string): Promise<void> {
  const machine = await findMachine(vbox, { uuid: null, name });
  if (machine !== undefined && (await makerOf(vbox, machine)) !== undefined) await removeMachine(vbox, machine);
}

/** Has the power of a machine changed. @returns its state afterwards */
async function switchTo(vbox: Vbox, its: MachineId, state: 'on' | 'off' | 'soft_off'): Promise<string> {
  // What is gone is off.
  const machine = state === 'on' ? await theMachine(vbox, its) : await findMachine(vbox, its);
  if (machine === undefined) return 'off';
  const before = await stateOf(vbox, machine);
  if (before === (state === 'soft_off' ? 'off' : state)) return before;
  if (state === 'on') await launch(vbox, machine);
  else if (state === 'off') await powerDown(vbox, machine);
  else await pressButton(vbox, machine);
  return stateOf(vbox, machine);
}

async function launch({ call, session, finish, released }: Vbox, machine: string): Promise<void> {
  await released(machine);
  const started = await call('IMachine_launchVMProcess', machine, { session, name: '', environmentChanges: [] });
  await finish(started);
  await call('ISession_unlockMachine', session);
}

/** Presses the power button of a machine; one that is paused or stuck has none, and stays as it is. */
async function pressButton(vbox: Vbox, machine: string): Promise<void> {
  try {
    await onConsole(vbox, machine, async (console) => void (await vbox.call('IConsole_powerButton', console)));
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}
