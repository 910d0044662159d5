import type { Values } from '#api';
import { asText, defineModel, parameter, staticAction } from '#api';
import type { View } from '#read-store';
import { cannotBeTaken, outcomeOfResult } from '#wire';
import { FetchTasks, ReportPolledTask } from './dispatch.commands.ts';
import { jobs } from './jobs.ts';

const permission = { grant: 'SubContractor.can_dispatch' };
const { text, integer, map, reference } = parameter;

/** Where the task is that an agent tells about. */
async function placeOfTask({ job_id: id }: Values, view: View) {
  const row = await view.get(jobs, Number(id));
  return row && { site: row.site, modules: row.order ? [row.order.module] : [] };
}

/** How much of a failure's text is taken, in characters; a job shows less. */
const MAX_MESSAGE = 4096;

/** What the log can hold of the text of a failure, however long it is. */
const keepable = (message: string): string => message.slice(0, MAX_MESSAGE).replaceAll('\0', '\ufffd');

/** The interface of agents that poll over HTTP. */
export const dispatchModel = defineModel({
  path: 'SubContractor/Dispatch',
  doc: 'The interface of agents that poll.',
  fields: {},
  actions: {
    getJobs: staticAction({
      doc: 'Hands out tasks of a site to the agent that asks.',
      parameters: {
        site: reference('Site/Site'),
        module_list: text({ list: true }),
        max_jobs: integer({ default: 10 }),
      },
      returns: { type: { kind: 'Map' }, list: true },
      permission,
      sites: async ({ site, module_list: modules }) => ({ site: asText(site), modules: modules as string[] }),
      command: ({ site, module_list: modules, max_jobs: max }) => new FetchTasks(String(site), modules, Number(max)),
    }),
    jobResults: staticAction({
      doc: 'Takes the result of a task; the answer is `Accepted`.',
      parameters: { job_id: integer(), cookie: text(), data: map() },
      returns: text(),
      permission,
      // A result that cannot be taken fails the task with the reason: refused, its job would wait for it for ever.
      reads: {
        data: (result, tooLarge) => (tooLarge === undefined ? outcomeOfResult(result) : cannotBeTaken(tooLarge)),
      },
      sites: placeOfTask,
      command: ({ job_id: job, cookie, data }) => new ReportPolledTask(Number(job), String(cookie), data as never),
    }),
    jobError: staticAction({
      doc: 'Takes the failure of a task; the job goes into error.',
      parameters: { job_id: integer(), cookie: text(), msg: text() },
      permission,
      reads: { msg: (message) => (typeof message === 'string' ? keepable(message) : message) },
      sites: placeOfTask,
      command: ({ job_id: job, cookie, msg }) =>
        new ReportPolledTask(Number(job), String(cookie), { error: String(msg) }),
    }),
  },
});
