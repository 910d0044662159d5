import type { Decider, Message } from '#kernel';
import { refuse } from '#kernel';

/** What has to be right among the logical interfaces of a structure. */
export interface HeldLogical {
  readonly id: number;
  readonly name: string;
  readonly primary: number | null;
  readonly secondaries: readonly number[];
}

export type StructureInterfacesCommand =
  Message<'PutLogicalInterface', HeldLogical> | Message<'DropLogicalInterface', { readonly id: number }>;
export type StructureInterfacesEvent =
  Message<'LogicalInterfacePut', HeldLogical> | Message<'LogicalInterfaceDropped', { readonly id: number }>;

/** The largest number of logical interfaces of one structure; all of them go with it in one append. */
export const MAX_LOGICAL_INTERFACES = 250;

/** The interfaces that an interface is made of. */
export const membersOf = ({ primary, secondaries }: Pick<HeldLogical, 'primary' | 'secondaries'>): readonly number[] =>
  primary === null ? secondaries : [primary, ...secondaries];

/** Whether an interface would be made of itself, through those it is made of. */
function leadsBack(data: HeldLogical, held: ReadonlyMap<number, HeldLogical>): boolean {
  const seen = new Set<number>();
  const open = [...membersOf(data)];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === data.id) return true;
    const member = seen.has(at) ? undefined : held.get(at);
    seen.add(at);
    if (member) open.push(...membersOf(member));
  }
  return false;
}

/** The logical interfaces of one structure: names are there once, and none is made of itself. */
export const structureInterfaces: Decider<
  Map<number, HeldLogical>,
  StructureInterfacesCommand,
  StructureInterfacesEvent
> = {
  category: 'structureInterfaces',
  creationCommands: ['PutLogicalInterface'],
  initial: () => new Map(),
  decide: {
    PutLogicalInterface: (data, state) => {
      const others = [...state.values()].filter(({ id }) => id !== data.id);
      if (others.length >= MAX_LOGICAL_INTERFACES) {
        return refuse('structure', 'TOO_MANY', `a structure has at most ${MAX_LOGICAL_INTERFACES} interfaces`);
      }
      if (others.some(({ name }) => name === data.name)) {
        return refuse('structure', 'TAKEN', `interface name "${data.name}" allready in use for structure`);
      }
      if (leadsBack(data, state)) return refuse('primary_interface', 'CYCLE', 'the interface would be made of itself');
      const before = state.get(data.id);
      const same = before?.name === data.name && String(membersOf(before)) === String(membersOf(data));
      return same ? [] : { type: 'LogicalInterfacePut', data };
    },
    DropLogicalInterface: ({ id }, state) => (state.has(id) ? { type: 'LogicalInterfaceDropped', data: { id } } : []),
  },
  evolve: {
    LogicalInterfacePut: (data, state) => state.set(data.id, data),
    LogicalInterfaceDropped: ({ id }, state) => {
      state.delete(id);
      return state;
    },
  },
};
