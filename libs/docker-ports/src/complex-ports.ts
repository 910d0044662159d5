import type { Decider, Message } from '#kernel';
import { refuse } from '#kernel';

/** What a complex knows of one of its ports. */
export interface PortUse {
  readonly port: number;
  /** Null: it is free. */
  readonly foundation: string | null;
  readonly index: number;
}

interface Put extends PortUse {
  readonly id: number;
}

export type ComplexPortsCommand = Message<'PutComplexPort', Put> | Message<'DropComplexPort', { readonly id: number }>;
export type ComplexPortsEvent = Message<'ComplexPortPut', Put> | Message<'ComplexPortDropped', { readonly id: number }>;

/** The largest number of ports of one complex. */
export const MAX_PORTS = 10_000;

/**
 * The ports of one complex by id, and what they lead to: none to two containers, and no port of a container from two. One
 * stream for each complex, so that this holds whoever is faster.
 */
export const complexPorts: Decider<Map<number, PortUse>, ComplexPortsCommand, ComplexPortsEvent> = {
  category: 'dockerComplexPorts',
  initial: () => new Map(),
  decide: {
    PutComplexPort: (data, state) => {
      const { id, port, foundation, index } = data;
      const before = state.get(id);
      if (before?.port === port && before.foundation === foundation && before.index === index) return [];
      if (!before && state.size >= MAX_PORTS) {
        return refuse('complex', 'TOO_MANY', `a complex has at most ${MAX_PORTS} ports`);
      }
      if (foundation !== null) {
        for (const [other, use] of state) {
          if (other !== id && use.foundation === foundation && use.index === index) {
            const text = 'Docker port with this Foundation and Foundation index already exists.';
            return refuse('__all__', 'TAKEN', text, `port ${use.port} (${other}) leads there`);
          }
        }
      }
      return { type: 'ComplexPortPut', data };
    },
    DropComplexPort: ({ id }, state) => (state.has(id) ? { type: 'ComplexPortDropped', data: { id } } : []),
  },
  evolve: {
    ComplexPortPut: ({ id, port, foundation, index }, state) => state.set(id, { port, foundation, index }),
    ComplexPortDropped: ({ id }, state) => {
      state.delete(id);
      return state;
    },
  },
};
