import type { Extension } from '#api';
import { refuse } from '#kernel';
import type { Selectable, Selection } from './selection.ts';
import { SELECTABLE_ROWS, selectionParameters, whereOf } from './selection.ts';

/** On how many of the selected a job may be at work where their jobs are listed. */
const MAX_AT_WORK = 10_000;

/** The jobs on what a selection selects. */
const jobsOnSelected = (kind: Selectable): Extension => ({
  model: `Foreman/${kind}Job`,
  filters: {
    selection: {
      protocols: ['rest'],
      doc: 'By what they work on: its label, blueprint, site, state, owner and complex.',
      parameters: selectionParameters(kind),
      where: async (parameters, view) => {
        const where = { ...(await whereOf(kind, parameters as Selection, view)), working: 'yes' };
        const { keys } = await view.keys(SELECTABLE_ROWS[kind], { where, count: MAX_AT_WORK + 1 });
        if (keys.length > MAX_AT_WORK) {
          throw refuse('filter', 'TOO_MANY', `jobs are at work on more than ${MAX_AT_WORK} of these: select fewer`);
        }
        return { target: { any: keys.map((key) => `${kind} ${key}`) } };
      },
    },
  },
});

/** Jobs are listed by what they work on. */
export const jobSelections: readonly Extension[] = [jobsOnSelected('Structure'), jobsOnSelected('Foundation')];
