import { dateTime, defineModel, reference, text } from '#api';
import { ChangePlot, CreatePlot, DeletePlot } from './plot.commands.ts';
import { plots } from './plots.ts';

export const plotFields = {
  name: text(40, { mode: 'RC', required: true }),
  corners: text(200, { required: true }),
  parent: reference('Survey/Plot'),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

/** Places on the floor. */
export const plotModel = defineModel({
  path: 'Survey/Plot',
  doc: 'A place on the floor, where machines stand. Plots nest.',
  idField: 'name',
  fields: plotFields,
  rows: plots,
  sites: 'none',
  present: (row, name) => ({ ...row, name }),
  create: (values) => new CreatePlot(values),
  update: (name, values) => new ChangePlot(name, values),
  deletion: {
    command: (names) => new DeletePlot(names),
    users: async (view, name) =>
      (await view.keys(plots, { where: { parent: String(name) } })).keys.map((key) => `Plot ${key}`),
  },
});
