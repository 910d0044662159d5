import type { CommandOf, EventOf } from '#kernel';
import { entity } from '#kernel';

/** A place on the floor: where machines stand that can be touched. Plots nest. */
export interface Plot {
  /** What it is bounded by, in words of the operator. */
  corners: string;
  /** The plot around it. */
  parent: string | null;
}

export const plot = entity<Plot>()({
  noun: 'Plot',
  category: 'plot',
  changes: { PlotBounded: 'corners', PlotMoved: 'parent' },
});

export type PlotCommand = CommandOf<typeof plot>;
export type PlotEvent = EventOf<typeof plot>;
