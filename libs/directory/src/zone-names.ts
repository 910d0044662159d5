import type { Decider, Message } from '#kernel';
import { refuse } from '#kernel';

interface Taken {
  readonly name: string;
  readonly zone: number;
}

export type ZoneNamesCommand = Message<'TakeZoneName', Taken> | Message<'FreeZoneName', Taken>;
export type ZoneNamesEvent = Message<'ZoneNameTaken', Taken> | Message<'ZoneNameFreed', Taken>;

/** The id of the stream with the names of the zones that are in no other. */
export const OUTERMOST = 'root';

/**
 * The names of the zones within one zone, or of those that are in none: a name stands for one zone only. That is the
 * affair of the zone around them, which therefore also knows who is in it.
 */
export const zoneNames: Decider<Map<string, number>, ZoneNamesCommand, ZoneNamesEvent> = {
  category: 'zoneNames',
  initial: () => new Map(),
  decide: {
    TakeZoneName: ({ name, zone }, names) => {
      const there = names.get(name);
      if (there === zone) return [];
      return there === undefined
        ? { type: 'ZoneNameTaken', data: { name, zone } }
        : refuse('__all__', 'TAKEN', 'Zone with this Name and Parent already exists.');
    },
    FreeZoneName: ({ name, zone }, names) =>
      names.get(name) === zone ? { type: 'ZoneNameFreed', data: { name, zone } } : [],
  },
  evolve: {
    ZoneNameTaken: ({ name, zone }, names) => names.set(name, zone),
    ZoneNameFreed: ({ name }, names) => {
      names.delete(name);
      return names;
    },
  },
};
