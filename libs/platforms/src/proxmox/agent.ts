import type { AgentHalf, TaskContext } from '#platform';
import { untilReady } from '../http/until-ready.ts';
import { askedMacs } from '../machine/asked-macs.ts';
import type { ProxmoxApi } from './api.ts';
import { logIn, ProxmoxError } from './api.ts';
import { proxmoxContract, type ProxmoxContract } from './contract.ts';
import { createMachine } from './create.ts';
import {
  findMachine,
  isOfTask,
  listMachines,
  machinesOf,
  macsOf,
  OWN_TAG,
  pathOf,
  refuseOther,
  removeMachine,
  stateOf,
  theMachine,
  undoMachine,
  type Machine,
} from './machines.ts';

/** How long a machine may take to shut itself down in one task, in seconds. */
const SHUTDOWN_S = 60;
/** How long an observer waits for a machine that is being made, in milliseconds. */
const MAKING_MS = 60_000;

/** How the agent half of proxmox works. */
export interface ProxmoxOptions {
  /** Pauses between two looks at a task of Proxmox, in milliseconds. */
  readonly pausesMs?: readonly number[];
}

/** The agent half of proxmox: every task has a session of its own. */
export const proxmox = ({ pausesMs }: ProxmoxOptions = {}): AgentHalf<ProxmoxContract> => {
  const at = (connection: Parameters<typeof logIn>[0], context: TaskContext) => logIn(connection, context, pausesMs);
  return {
    contract: proxmoxContract,
    tasks: {
      create: async ({ connection, vm }, context) => {
        const api = await at(connection, context);
        const made = await createMachine(api, vm, context);
        await untilReady(async () => ((await isLocked(api, made)) ? undefined : true), context.signal, pausesMs);
        return { id: String(made.vmid) };
      },

      create_rollback: async ({ connection, vm: { name } }, context) => {
        const api = await at(connection, context);
        for (const left of await machinesOf(api)) {
          if (left.name === name && left.tags.includes(OWN_TAG)) await undoMachine(api, left, context.job);
        }
        return { rollback_done: true };
      },

      destroy: async ({ connection, id, name }, context) => {
        const api = await at(connection, context);
        const found = await findMachine(api, { id, name });
        if (!found) return {};
        refuseOther(api, found, name);
        await removeMachine(api, found);
        return {};
      },

      set_power: async ({ connection, state, ...its }, context) => {
        const api = await at(connection, context);
        // What is gone is off.
        const machine = state === 'on' ? await theMachine(api, its) : await findMachine(api, its);
        if (!machine) return { state: 'off' };
        refuseOther(api, machine, its.name);
        const before = await stateOf(api, machine);
        if (before === (state === 'soft_off' ? 'off' : state)) return { state: before };
        await switchTo(api, machine, state);
        return { state: await stateOf(api, machine) };
      },

      power_state: async ({ connection, ...its }, context) => {
        const api = await at(connection, context);
        return { state: await stateOf(api, await theMachine(api, its)) };
      },

      get_interface_map: async ({ connection, ...its }, context) => {
        const api = await at(connection, context);
        return { interface_list: await macsOf(api, await theMachine(api, its)) };
      },

      list: async ({ connection, macs_of: asked }, context) => ({
        machine_list: await listMachines(await at(connection, context), askedMacs(asked, context)),
      }),
    },
    observe: {
      create: async ({ connection, vm: { name } }, context) => {
        const api = await at(connection, context);
        const made = (await machinesOf(api)).find((one) => isOfTask(one, name, context.task));
        if (!made) return { state: 'not-done' };
        const deadline = Date.now() + MAKING_MS;
        const look = async (): Promise<boolean | undefined> => {
          if (!(await isLocked(api, made))) return true;
          return Date.now() < deadline ? undefined : false;
        };
        if (await untilReady(look, context.signal, pausesMs)) {
          return { state: 'done', result: { id: String(made.vmid) } };
        }
        return { state: 'unknown', reason: `machine ${made.vmid} "${name}" at ${api.host} is still being made` };
      },
    },
  };
};

/** Whether Proxmox is at work on a machine. */
async function isLocked(api: ProxmoxApi, machine: Pick<Machine, 'node' | 'vmid'>): Promise<boolean> {
  const { lock } = await api.get<{ readonly lock?: string }>(`${pathOf(machine)}/config`);
  return lock !== undefined;
}

/** Has the power of a machine changed, and waits until Proxmox has done so. */
async function switchTo(api: ProxmoxApi, machine: Machine, state: 'on' | 'off' | 'soft_off'): Promise<void> {
  const order = { on: 'start', off: 'stop', soft_off: 'shutdown' }[state];
  const values = state === 'soft_off' ? { timeout: SHUTDOWN_S } : undefined;
  try {
    await api.finish(await api.send<string>('POST', `${pathOf(machine)}/status/${order}`, values));
  } catch (error) {
    // A guest that can not be asked, or does not shut itself down in time, is still on, which is what is answered.
    if (state !== 'soft_off' || !(error instanceof ProxmoxError)) throw error;
  }
}
