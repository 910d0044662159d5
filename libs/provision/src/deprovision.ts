import type { Decider, Message } from '#kernel';
import { refuse } from '#kernel';

/** A machine that is taken down. */
export interface TargetMachine {
  readonly structure: number;
  readonly hostname: string;
  /** Locator. */
  readonly foundation: string;
}

/** A machine that stays after all, and why. */
export interface KeptMachine {
  readonly structure: number;
  readonly reason: string;
}

interface Begun {
  readonly site: string;
  readonly creator: string;
  readonly machines: readonly TargetMachine[];
}

/** Machines that are taken down together; undefined: there was no such command. */
export type Deprovisioning = Omit<Begun, 'machines'> & {
  /** Those that are still there and are to go, by the id of their structure. */
  readonly open: Map<number, TargetMachine>;
};

export type DeprovisionCommand =
  | Message<'BeginDeprovision', Begun>
  | Message<'NoteMachines', { readonly removed: readonly number[]; readonly kept: readonly KeptMachine[] }>
  | Message<'CancelDeprovision', { readonly by: string }>;

export type DeprovisionEvent =
  | Message<'DeprovisionBegun', Begun>
  | Message<'MachinesRemoved', { readonly structures: readonly number[] }>
  | Message<'MachinesKept', { readonly machines: readonly KeptMachine[] }>
  | Message<'DeprovisionCanceled', { readonly by: string }>;

const drop = (state: Deprovisioning | undefined, ids: readonly number[]): Deprovisioning | undefined => {
  for (const id of ids) state?.open.delete(id);
  return state;
};

/** What becomes of machines that are to be destroyed by jobs and then deleted. */
export const deprovision: Decider<Deprovisioning | undefined, DeprovisionCommand, DeprovisionEvent> = {
  category: 'deprovision',
  creationCommands: ['BeginDeprovision'],
  initial: () => undefined,
  decide: {
    BeginDeprovision: (data, state) =>
      state ? refuse('id', 'TAKEN', 'Deprovision with this Id already exists.') : { type: 'DeprovisionBegun', data },
    NoteMachines: ({ removed, kept }, state) => {
      const open = (id: number): boolean => state?.open.has(id) === true;
      const structures = removed.filter(open);
      const machines = kept.filter(({ structure }) => open(structure));
      return [
        ...(structures.length > 0 ? [{ type: 'MachinesRemoved', data: { structures } } as const] : []),
        ...(machines.length > 0 ? [{ type: 'MachinesKept', data: { machines } } as const] : []),
      ];
    },
    CancelDeprovision: (data, state) => {
      if (!state) return refuse('', 'NOT_FOUND', 'Deprovision does not exist');
      return state.open.size === 0 ? [] : { type: 'DeprovisionCanceled', data };
    },
  },
  evolve: {
    DeprovisionBegun: ({ machines, ...rest }) => ({
      ...rest,
      open: new Map(machines.map((machine) => [machine.structure, machine])),
    }),
    MachinesRemoved: ({ structures }, state) => drop(state, structures),
    MachinesKept: ({ machines }, state) =>
      drop(
        state,
        machines.map(({ structure }) => structure),
      ),
    DeprovisionCanceled: (_, state) => state && { ...state, open: new Map() },
  },
};
