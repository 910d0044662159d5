import type { Command } from './command.ts';
import { Misuse, table, told } from './command.ts';
import { followJobs, followSite } from './follow-jobs.ts';
import { ANY_JOB, jobActions } from './nouns/job-nouns.ts';

/** What an answer to the question what became of a task says beside itself. */
function saidOf(answer: string, text: string | undefined): Readonly<Record<string, unknown>> {
  if (answer === 'done') return { result: text === undefined ? {} : resultIn(text) };
  if (answer === 'again' && text === undefined) return {};
  if (answer === 'failed' && text !== undefined) return { message: text };
  throw new Misuse('say: done [RESULT], failed MESSAGE, or again');
}

/** @throws Misuse where it is no JSON */
function resultIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Misuse(`RESULT is no JSON: ${(error as Error).message}`);
  }
}

/** Commands about jobs under way. */
export const jobCommands: Readonly<Record<string, Command>> = {
  'job watch': {
    usage: '[ID…] [--site SITE]',
    does: 'show how jobs get on, with how much is done and how long the rest usually takes',
    about:
      'Ends when the jobs that are named are over, or stand still in an error; fails where not all are done. Where none is\n' +
      'named, those of a site or of all are shown as they come, until Ctrl-C.',
    names: [0, Number.POSITIVE_INFINITY],
    completes: [{ model: 'Foreman/FoundationJob' }],
    options: { site: { type: 'string', does: 'all jobs of this site', completes: { model: 'Site/Site' } } },
    run: async ({ names, options: { site } }, tools) => {
      if (names.length > 0 && site !== undefined) throw new Misuse('either jobs, or --site');
      for (const id of names) if (!/^[1-9]\d*$/.test(id)) throw new Misuse(`"${id}" is no id of a job`);
      const { jobs, failed } =
        names.length > 0 ? await followJobs(names, tools) : await followSite(String(site ?? '') || undefined, tools);
      return { json: jobs, text: '', failed };
    },
  },
  ...jobActions('job', ANY_JOB),
  'job lost': {
    usage: '[SITE]',
    does: 'list the tasks of which nobody knows what became of them',
    names: [0, 1],
    run: async ({ names: [site] }, { client }) =>
      table(await client.list('Foreman/LostTask', site === undefined ? {} : { filter: 'site', site }), {
        JOB: ({ id }) => id,
        SITE: ({ site: its }) => its,
        TARGET: ({ target_class: kind, target_id: id }) => `${String(kind)} ${String(id)}`,
        TASK: ({ task, module, function: name }) => `${String(module)}.${String(name)} ${String(task)}`,
        AGENT: ({ agent }) => agent,
        SINCE: ({ since }) => since,
        MESSAGE: ({ message }) => message,
      }),
  },
  'job settle': {
    usage: 'ID (done [RESULT] | failed MESSAGE | again)',
    does: 'say what became of the task of a job, of which nobody knew it',
    names: [2, 3],
    run: async ({ names: [id = '', answer = '', text] }, { client }) => {
      await client.call(`Foreman/LostTask/${encodeURIComponent(id)}/${answer}`, saidOf(answer, text));
      return told(`settled ${id}: ${answer}`, { id, answer });
    },
  },
};
