import { undoNoun } from '#event-sourcing';
import { checkPlotParent } from './plot.commands.ts';
import { plot } from './plot.ts';
import { plots } from './plots.ts';

/** How what a request did to plots is undone. */
export const plotUndo = undoNoun(plot, {
  model: 'Survey/Plot',
  rows: plots,
  check: (work, name, { parent }) => checkPlotParent(work, name, parent),
});
