import type { Extension } from '#api';
import { byReference, dateTime, defineModel, integer, reference, text } from '#api';
import { ChangePosition, CreatePosition, DeletePosition } from './position.commands.ts';
import { positions } from './positions.ts';
import { removePosition } from './put-position.ts';

export const positionFields = {
  locator: text(100, { mode: 'RC', required: true, doc: 'of the foundation that stands there' }),
  plot: reference('Survey/Plot', { required: true }),
  rack: text(40),
  unit: integer({ doc: 'the lowest height unit it takes in its rack, from 1' }),
  height: integer({ default: 1, doc: 'how many height units it takes' }),
  x: integer({ doc: 'where it is on the floor, in the grid of the plot' }),
  y: integer({ doc: 'where it is on the floor, in the grid of the plot' }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

/** Where foundations stand. */
export const positionModel = defineModel({
  path: 'Survey/Position',
  doc: 'Where in a plot a foundation stands.',
  protocols: ['rest'],
  idField: 'locator',
  fields: positionFields,
  rows: positions,
  sites: 'none',
  present: (row, locator) => ({ ...row, locator }),
  create: (values) => new CreatePosition(values),
  update: (locator, values) => new ChangePosition(locator, values),
  deletion: { command: (locators) => new DeletePosition(locators) },
  filters: { plot: byReference('plot', 'Survey/Plot') },
});

/** Foundations stand nowhere any more when they are deleted; plots are used by those in them. */
export const positionExtensions: readonly Extension[] = [
  {
    model: 'Building/Foundation',
    release: (work, _, locator) => removePosition(work, String(locator)),
  },
  {
    model: 'Survey/Plot',
    users: async (view, plot) =>
      (await view.keys(positions, { where: { plot: String(plot) } })).keys.map((key) => `Position ${key}`),
  },
];
