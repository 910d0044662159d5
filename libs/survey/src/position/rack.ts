import type { Decider, Message } from '#kernel';
import { refuse } from '#kernel';

/** Height units that a foundation takes. */
export interface Units {
  /** Locator. */
  readonly foundation: string;
  /** The lowest one. */
  readonly unit: number;
  readonly height: number;
}

export type RackCommand = Message<'TakeUnits', Units> | Message<'FreeUnits', { readonly foundation: string }>;
export type RackEvent = Message<'UnitsTaken', Units> | Message<'UnitsFreed', { readonly foundation: string }>;

/** The highest unit of a rack. */
export const MAX_UNIT = 100;

/** `12`, `12 to 13` */
const unitsText = ({ unit, height }: Units): string => (height === 1 ? `${unit}` : `${unit} to ${unit + height - 1}`);

/** The height units of one rack of one plot (`<plot>/<rack>`): each is taken by one foundation at most. */
export const rack: Decider<Map<string, Units>, RackCommand, RackEvent> = {
  category: 'rack',
  creationCommands: ['TakeUnits'],
  initial: () => new Map(),
  decide: {
    TakeUnits: (data, state) => {
      const { foundation, unit, height } = data;
      const before = state.get(foundation);
      if (before?.unit === unit && before.height === height) return [];
      const other = [...state.values()].find(
        (one) => one.foundation !== foundation && one.unit < unit + height && unit < one.unit + one.height,
      );
      return other
        ? refuse('unit', 'TAKEN', `units ${unitsText(other)} of the rack are taken by Foundation ${other.foundation}`)
        : { type: 'UnitsTaken', data };
    },
    FreeUnits: ({ foundation }, state) => (state.has(foundation) ? { type: 'UnitsFreed', data: { foundation } } : []),
  },
  evolve: {
    UnitsTaken: (data, state) => new Map(state).set(data.foundation, data),
    UnitsFreed: ({ foundation }, state) => {
      const left = new Map(state);
      left.delete(foundation);
      return left;
    },
  },
};
