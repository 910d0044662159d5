import { entity } from '#kernel';

/** Where in a plot a foundation stands. */
export interface Position {
  plot: string;
  rack: string | null;
  /** The lowest height unit it takes in its rack. */
  unit: number | null;
  /** How many height units it takes. */
  height: number;
  /** Where it is on the floor, in the grid of the plot. */
  x: number | null;
  y: number | null;
}

/** Positions by the locator of the foundation. */
export const position = entity<Position>()({
  noun: 'Position',
  category: 'position',
  idField: 'locator',
  changes: {
    PositionChosen: ['plot', 'rack', 'unit', 'height'],
    PositionDrawn: ['x', 'y'],
  },
});
