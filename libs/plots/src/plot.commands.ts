import type { ChangedValues, NewValues } from '#api';
import { ChangeCommand, changeHandler, checkPattern, CreateCommand, createHandler } from '#api';
import { DeleteCommand, deleteHandler, given } from '#api';
import type { UnitOfWork } from '#kernel';
import { plotFor } from './find-plot.ts';
import type { plotFields } from './plot.api.ts';
import type { Plot } from './plot.ts';
import { plot } from './plot.ts';

export class CreatePlot extends CreateCommand<NewValues<typeof plotFields>> {}
export class ChangePlot extends ChangeCommand<ChangedValues<typeof plotFields>> {}
export class DeletePlot extends DeleteCommand {}

/** Refuses a parent that is not there, or would put the plot inside itself. */
export async function checkPlotParent(work: UnitOfWork, name: string, parent: string | null): Promise<void> {
  for (let at: string | null | undefined = parent; at !== null && at !== undefined;) {
    const around: Plot | undefined = await plotFor(work, 'parent', at);
    if (at === name) {
      work.fault('parent', 'CYCLE', `Plot "${name}" would be inside itself`);
      return;
    }
    at = around?.parent;
  }
}

export const plotHandlers = [
  createHandler(CreatePlot, async (work, { name, corners, parent }) => {
    checkPattern(work, 'name', name, 'Invalid');
    await checkPlotParent(work, name, parent);
    await work.decide(plot, name, { type: 'DefinePlot', data: { corners, parent } });
    return name;
  }),
  changeHandler(ChangePlot, async (work, name, { corners, parent }) => {
    if (parent !== undefined) await checkPlotParent(work, String(name), parent);
    await work.decide(plot, name, { type: 'ChangePlot', data: given({ corners, parent }) });
  }),
  deleteHandler(DeletePlot, 'Survey/Plot', plot),
];
