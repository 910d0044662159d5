import type { Extension } from '#api';
import { boundTo, parameter, shaped, staticAction } from '#api';
import { jobLog } from '../job-log.ts';
import { jobs } from '../jobs.ts';
import { boardOf, boardShape, MAX_BOARD_JOBS } from './job-board.ts';
import type { CourseParts } from './job-course.ts';
import { courseOf, courseShape } from './job-course.ts';

/** Who may see all jobs, of whatever kind. */
const permission = { grant: 'Foreman.view_basejob' } as const;

/** What pages about jobs show. */
export const jobBoard = (parts: CourseParts): Extension => ({
  model: 'Foreman/BaseJob',
  actions: {
    board: staticAction({
      doc: 'What is going on at a site and within it: jobs under way with why they do not move, limits, and waves.',
      protocols: ['rest'],
      parameters: {
        site: parameter.reference('Site/Site', { default: null, doc: 'Everywhere where it is left out.' }),
        exact: parameter.boolean({ default: false, doc: 'Whether sites within the site are left out.' }),
        state: parameter.text({ list: true, default: [], doc: 'Only jobs in one of these states.' }),
        skip: parameter.integer({ default: 0 }),
        count: parameter.integer({ default: MAX_BOARD_JOBS, doc: `${MAX_BOARD_JOBS} at the most.` }),
      },
      returns: shaped(boardShape),
      permission,
      query: ({ site, exact, state, skip, count }, { view, caller }) =>
        boardOf(
          view,
          {
            site,
            exact: exact === true,
            states: state,
            skip: Math.max(0, skip ?? 0),
            count: Math.min(Math.max(0, count ?? MAX_BOARD_JOBS), MAX_BOARD_JOBS),
            bound: boundTo(caller),
          },
          parts,
        ),
    }),
    course: staticAction({
      doc: 'One job from its begin to its end, also when it is over: its script with where it stands, and its tasks with each attempt.',
      protocols: ['rest'],
      parameters: { job: parameter.integer({ doc: 'Its id.' }) },
      returns: shaped(courseShape),
      permission,
      sites: async ({ job }, view) => {
        const site = (await view.get(jobs, Number(job)))?.site ?? (await view.get(jobLog, Number(job)))?.site;
        return site === undefined ? undefined : { site, modules: [] };
      },
      query: async ({ job }, { view, caller }) => courseOf(view, Number(job), caller, parts),
    }),
  },
});
