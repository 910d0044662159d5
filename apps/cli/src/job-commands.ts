import type { Asked, Command, Result, Tools } from './command.ts';
import { table, told } from './command.ts';

/** Calls an action of each of the jobs that were named. */
const each =
  (action: string, done: string) =>
  async ({ names }: Asked, { client }: Tools): Promise<Result> => {
    for (const id of names) await client.call(`Foreman/BaseJob/${encodeURIComponent(id)}/${action}`);
    return told(`${done} ${names.join(', ')}`, names);
  };

const onJobs = (action: string, done: string, does: string): Command => ({
  usage: 'ID…',
  does,
  names: [1, Number.POSITIVE_INFINITY],
  run: each(action, done),
});

/** Commands about jobs under way. */
export const jobCommands: Readonly<Record<string, Command>> = {
  'job list': {
    usage: '[SITE]',
    does: 'list jobs under way, of all sites or of one',
    names: [0, 1],
    run: async ({ names: [site] }, { client }) => {
      const query: Record<string, string> = site === undefined ? {} : { filter: 'site', site };
      return table(await client.list('Foreman/FoundationJob', query), {
        ID: ({ id }) => id,
        SITE: ({ site: its }) => its,
        TARGET: ({ foundation }) => foundation,
        SCRIPT: ({ script_name: script }) => script,
        STATE: ({ state }) => state,
        MESSAGE: ({ message }) => message,
      });
    },
  },
  'job pause': onJobs('pause', 'paused', 'pause queued jobs'),
  'job resume': onJobs('resume', 'resumed', 'let paused jobs go on'),
  'job reset': onJobs('reset', 'reset', 'let jobs in error try again'),
  'job rollback': onJobs('rollback', 'rolled back', 'have jobs in error undo the step they are at, and do it again'),
  'job cancel': onJobs('cancel', 'cancelled', 'end jobs wherever they stand; what they work on stays as it is'),
};
