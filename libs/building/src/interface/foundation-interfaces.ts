import type { Decider, Message } from '#kernel';
import { refuse } from '#kernel';

/** What has to be there once among the real interfaces of a foundation. */
export interface HeldInterface {
  readonly id: number;
  readonly name: string;
  readonly physicalLocation: string;
  readonly provisioning: boolean;
}

export type FoundationInterfacesCommand =
  Message<'PutInterface', HeldInterface> | Message<'DropInterface', { readonly id: number }>;
export type FoundationInterfacesEvent =
  Message<'InterfacePut', HeldInterface> | Message<'InterfaceDropped', { readonly id: number }>;

/** The largest number of real interfaces of one foundation; all of them go with it in one append. */
export const MAX_INTERFACES = 250;

/** The real interfaces of one foundation: names and locations are there once, and one at most is for provisioning. */
export const foundationInterfaces: Decider<
  Map<number, HeldInterface>,
  FoundationInterfacesCommand,
  FoundationInterfacesEvent
> = {
  category: 'foundationInterfaces',
  creationCommands: ['PutInterface'],
  initial: () => new Map(),
  decide: {
    PutInterface: (data, state) => {
      const others = [...state.values()].filter(({ id }) => id !== data.id);
      if (others.length >= MAX_INTERFACES) {
        return refuse('foundation', 'TOO_MANY', `a foundation has at most ${MAX_INTERFACES} interfaces`);
      }
      const taken = (field: string) =>
        refuse('__all__', 'TAKEN', `Real network interface with this Foundation and ${field} already exists.`);
      if (others.some(({ physicalLocation }) => physicalLocation === data.physicalLocation)) {
        return taken('Physical location');
      }
      if (others.some(({ name }) => name === data.name)) return taken('Name');
      if (data.provisioning && others.some(({ provisioning }) => provisioning)) {
        const text = 'This foundation allready has a provisioning interface';
        return refuse('is_provisioning', 'TAKEN', text);
      }
      const before = state.get(data.id);
      const same =
        before?.name === data.name &&
        before.physicalLocation === data.physicalLocation &&
        before.provisioning === data.provisioning;
      return same ? [] : { type: 'InterfacePut', data };
    },
    DropInterface: ({ id }, state) => (state.has(id) ? { type: 'InterfaceDropped', data: { id } } : []),
  },
  evolve: {
    InterfacePut: (data, state) => state.set(data.id, data),
    InterfaceDropped: ({ id }, state) => {
      state.delete(id);
      return state;
    },
  },
};
