import type { Command } from './command.ts';
import { told } from './command.ts';
import type { JobProgress } from './feed-events.ts';
import { feedEvents } from './feed-events.ts';
import { durationText } from './job-line.ts';
import { Interrupted } from './rest-client.ts';

/** What a job is at, and each reason for which it does not move, with what it is about. */
export function whyText({
  job,
  target,
  script,
  state,
  percent,
  line,
  message,
  remaining,
  conditions,
}: JobProgress): string {
  const at = [state, `${Math.round(percent)} %`, ...(line === null ? [] : [`line ${line}`])];
  const left = remaining === null ? [] : [`${durationText(remaining)} left, usually`];
  const head = `job ${job}, ${script} of ${target.kind} ${target.id}: ${[...at, ...left].join(', ')}`;
  const reasons = (conditions ?? []).map(({ text, links = [], since, until }) => {
    const about = links.map(({ model, id }) => `${model}/${id}`);
    const when = [since && `since ${since}`, until && !text.includes(until) && `until ${until}`].filter(Boolean);
    return `  ${text}${about.length > 0 ? ` [${about.join(', ')}]` : ''}${when.length > 0 ? ` (${when.join(', ')})` : ''}`;
  });
  const says =
    message === '' || (conditions ?? []).some(({ text }) => text.startsWith(message)) ? [] : [`  it says: ${message}`];
  if (reasons.length + says.length === 0) return `${head}\n  nothing keeps it`;
  return [head, ...says, ...reasons].join('\n');
}

/** Commands that tell why something does not go on. */
export const whyCommands: Readonly<Record<string, Command>> = {
  why: {
    usage: 'JOB',
    does: 'tell why a job does not move: what it waits for',
    names: [1, 1],
    needs: 'requires a Job Id Argument',
    completes: [{ model: 'Foreman/FoundationJob' }],
    watches: true,
    ofNow: true,
    run: async ({ names: [id = ''] }, { client, signal }) => {
      const enough = new AbortController();
      try {
        for await (const message of feedEvents(client, { job: id }, AbortSignal.any([signal, enough.signal]))) {
          if (message !== 'told') return told(whyText(message.progress), message.progress);
        }
      } finally {
        enough.abort();
      }
      throw signal.aborted ? new Interrupted('given up') : new Error(`the server tells nothing of job ${id}`);
    },
  },
};
