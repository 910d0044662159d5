import type { AgentHalf, TaskContext } from '#platform';
import { askedMacs } from '../machine/asked-macs.ts';
import { vcenterContract, type VcenterContract } from './contract.ts';
import { createMachine } from './create.ts';
import { createDatastore } from './datastore.ts';
import { runInGuest } from './guest.ts';
import { machineNamed } from './inventory.ts';
import { listDatastores, listHosts, listMachines, listNetworks } from './lists.ts';
import {
  findMachine,
  macsOf,
  makerOf,
  markAsTemplate,
  removeMachine,
  removeOwn,
  stateOf,
  switchTo,
  theMachine,
  uuidOf,
} from './machines.ts';
import type { Vim } from './session.ts';
import { withVim } from './session.ts';

/** How the agent half of vcenter works. */
export interface VcenterOptions {
  /** Pauses between two looks at a task of vCenter, in milliseconds. */
  readonly pausesMs?: readonly number[];
}

/** The agent half of vcenter: every task has a session of its own, and logs it out. */
export const vcenter = ({ pausesMs }: VcenterOptions = {}): AgentHalf<VcenterContract> => {
  const at = <T>(
    connection: Parameters<typeof withVim>[0],
    context: TaskContext,
    work: (vim: Vim) => Promise<T>,
  ): Promise<T> => withVim(connection, context, work, pausesMs);
  return {
    contract: vcenterContract,
    tasks: {
      host_list: ({ connection, ...asked }, context) =>
        at(connection, context, async (vim) => ({ host_list: await listHosts(vim, asked) })),

      datastore_list: ({ connection, ...asked }, context) =>
        at(connection, context, async (vim) => ({ datastore_list: await listDatastores(vim, asked) })),

      network_list: ({ connection, ...asked }, context) =>
        at(connection, context, async (vim) => ({ network_list: await listNetworks(vim, asked) })),

      list: ({ connection, datacenter, macs_of: asked }, context) =>
        at(connection, context, async (vim) => ({
          machine_list: await listMachines(vim, datacenter, askedMacs(asked, context)),
        })),

      create_datastore: ({ connection, ...order }, context) =>
        at(connection, context, async (vim) => {
          await createDatastore(vim, order);
          return { done: true };
        }),

      create: ({ connection, vm }, context) =>
        at(connection, context, async (vim) => ({ uuid: await createMachine(vim, vm, { ...context, pausesMs }) })),

      create_rollback: ({ connection, vm: { datacenter, name } }, context) =>
        at(connection, context, async (vim) => {
          await removeOwn(vim, datacenter, name);
          return { rollback_done: true };
        }),

      destroy: ({ connection, uuid }, context) =>
        at(connection, context, async (vim) => {
          const machine = await findMachine(vim, { uuid });
          if (machine) await removeMachine(vim, machine);
          return {};
        }),

      set_power: ({ connection, state, ...its }, context) =>
        at(connection, context, async (vim) => {
          // What is gone is off.
          const machine = state === 'on' ? await theMachine(vim, its) : await findMachine(vim, its);
          if (!machine) return { state: 'off' };
          const before = await stateOf(vim, machine);
          if (before === (state === 'soft_off' ? 'off' : state)) return { state: before };
          await switchTo(vim, machine, state);
          return { state: await stateOf(vim, machine) };
        }),

      power_state: ({ connection, ...its }, context) =>
        at(connection, context, async (vim) => ({ state: await stateOf(vim, await theMachine(vim, its)) })),

      get_interface_map: ({ connection, ...its }, context) =>
        at(connection, context, async (vim) => ({ interface_list: await macsOf(vim, await theMachine(vim, its)) })),

      execute: ({ connection, ...order }, context) =>
        at(connection, context, (vim) => runInGuest(vim, order, { signal: context.signal, pausesMs })),

      mark_as_template: ({ connection, as_template: asTemplate, ...its }, context) =>
        at(connection, context, async (vim) => {
          await markAsTemplate(vim, await theMachine(vim, its), asTemplate);
          return {};
        }),

      export: async ({ name }) => {
        throw new Error(`machine "${name}" is not exported: agents of this version write no OVAs`);
      },
    },
    observe: {
      create: ({ connection, vm: { datacenter, name } }, context) =>
        at(connection, context, async (vim) => {
          const made = await machineNamed(vim, datacenter, name);
          const maker = made && (await makerOf(vim, made));
          // What is half made is made anew when the task is done again.
          if (!made || maker?.task !== context.task || !maker.isComplete) return { state: 'not-done' };
          return { state: 'done', result: { uuid: await uuidOf(vim, made) } };
        }),
    },
  };
};
