import { defineModel, parameter, staticAction } from '#api';
import { FetchTasks, ReportPolledTask } from './dispatch.commands.ts';

const permission = { grant: 'SubContractor.can_dispatch' };
const { text, integer, map, reference } = parameter;

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
      command: ({ site, module_list: modules, max_jobs: max }) => new FetchTasks(String(site), modules, Number(max)),
    }),
    jobResults: staticAction({
      doc: 'Takes the result of a task; the answer is `Accepted`.',
      parameters: { job_id: integer(), cookie: text(), data: map() },
      returns: text(),
      permission,
      command: ({ job_id: job, cookie, data }) =>
        new ReportPolledTask(Number(job), String(cookie), { result: data as never }),
    }),
    jobError: staticAction({
      doc: 'Takes the failure of a task; the job goes into error.',
      parameters: { job_id: integer(), cookie: text(), msg: text() },
      permission,
      command: ({ job_id: job, cookie, msg }) =>
        new ReportPolledTask(Number(job), String(cookie), { error: String(msg) }),
    }),
  },
});
