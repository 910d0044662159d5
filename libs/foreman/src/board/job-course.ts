import type { Shape, Shaped } from '#api';
import { may, shape } from '#api';
import type { EventLog, LoggedEvent } from '#event-store';
import type { Caller } from '#kernel';
import { refuse } from '#kernel';
import type { View } from '#read-store';
import { LAST_EVENTS, streamOf } from '../job-fold.ts';
import { jobLog } from '../job-log.ts';
import type { Created } from '../job-messages.ts';
import { jobs } from '../jobs.ts';
import { programs } from '../program.ts';
import type { BoardParts } from './job-board.ts';
import { boardJobs, boardJobShape } from './job-board.ts';
import type { JobTask } from './job-tasks.ts';
import { tasksOf } from './job-tasks.ts';

/** How many of the last events of a job are looked at, and how many of its last tasks are told. */
export const MAX_COURSE_EVENTS = 5000;
export const MAX_COURSE_TASKS = 500;

const parameters: Shape<JobTask['parameters']> = { schema: { type: 'object', description: 'Secrets are masked.' } };
const lineShape: Shape<number | null> = { schema: { type: ['integer', 'null'], description: 'Line of the script.' } };

const taskShape = shape.record({
  task: shape.text('Its id, by which the platform may know it.'),
  module: shape.text(),
  function: shape.text(),
  parameters,
  line: lineShape,
  state: shape.text('`waiting`, `dispatched`, `done`, `failed`, `lost` or `dropped`.'),
  requested: shape.text(),
  ended: shape.textOrNull(),
  message: shape.text(),
  attempts: shape.list(
    shape.record({
      transport: shape.text('`wire` or `poll`.'),
      agent: shape.textOrNull('Null: not known, or no more.'),
      asked: shape.flag('The agent is only asked what became of the task.'),
      dispatched: shape.text(),
      deadline: shape.text(),
      ended: shape.textOrNull(),
      outcome: shape.text('`running`, `done`, `failed`, `lapsed`, `not-done`, `unknown` or `withdrawn`.'),
      message: shape.text(),
    }),
  ),
});

/** All that a page about one job shows. */
export const courseShape = shape.record({
  id: shape.count(),
  site: shape.text(),
  target: shape.record({ model: shape.text(), id: shape.text() }),
  name: shape.text(),
  script_name: shape.text(),
  creator: shape.text(),
  state: shape.text('As the job shows it; `done` or `canceled` where it is over.'),
  created: shape.text(),
  started: shape.textOrNull(),
  ended: shape.textOrNull(),
  now: shape.orNull(boardJobShape, 'How it is now; null where it is over.'),
  source: shape.textOrNull('The script it runs, for those who may see scripts.'),
  tasks: shape.list(taskShape, `The last ${MAX_COURSE_TASKS} tasks, the first one first.`),
  more: shape.flag('Whether it had more tasks before.'),
});

/** What the course of a job is made of. */
export interface CourseParts extends BoardParts {
  readonly events: () => Pick<EventLog, 'eventsOf'>;
}

/** The last events of a job, the first one first, and whether there are earlier ones. */
async function lastEvents(
  log: Pick<EventLog, 'eventsOf'>,
  id: number,
): Promise<{ readonly events: readonly LoggedEvent[]; readonly more: boolean }> {
  const found = await log.eventsOf(streamOf(id), { direction: 'backwards', limit: MAX_COURSE_EVENTS });
  return { events: found.toReversed(), more: (found.at(-1)?.revision ?? 0) > 0 };
}

/** One job from its begin to its end, also when it is over. @throws Refusal `NOT_FOUND` */
export async function courseOf(
  view: View,
  id: number,
  caller: Caller,
  parts: CourseParts,
): Promise<Shaped<typeof courseShape>> {
  const log = parts.events();
  const [row, { events, more }] = await Promise.all([view.get(jobs, id), lastEvents(log, id)]);
  const first = more ? (await log.eventsOf(streamOf(id), { limit: 1 }))[0] : events[0];
  const last = events.at(-1);
  if (!first || !last) throw refuse('', 'NOT_FOUND', `there is no job ${id}`);
  const { site, target, description, script, program, creator } = first.data as Created;
  const over = LAST_EVENTS.includes(last.type);
  const now = row && !over ? (await boardJobs(view, [{ key: id, row }], parts))[0] : undefined;
  const logged = await view.get(jobLog, id);
  const all = tasksOf(events);
  const tasks = all.slice(-MAX_COURSE_TASKS);
  const taken = now?.task?.agent ?? null;
  const seesSource = [{ grant: 'BluePrint.view_script' }, { grant: 'Foreman.can_base_job' }].some((one) =>
    may(caller, one),
  );
  return {
    id,
    site,
    target: { model: `Building/${target.kind}`, id: target.id },
    name: description,
    script_name: script,
    creator,
    state: over ? (last.type === 'JobCanceled' ? 'canceled' : 'done') : (now?.state ?? 'waiting'),
    created: first.at,
    started: logged?.startedAt ?? events.find(({ type }) => type === 'JobStarted')?.at ?? null,
    ended: over ? last.at : null,
    now: now ?? null,
    source: seesSource ? ((await view.get(programs, program))?.source ?? null) : null,
    tasks: tasks.map((one) => (one.task === now?.task?.task ? withAgent(one, taken) : one)),
    more: more || all.length > tasks.length,
  };
}

/** A task whose last attempt names the agent that has it now: the log does not know who took it from the wire. */
const withAgent = (task: JobTask, agent: string | null): JobTask => ({
  ...task,
  attempts: task.attempts.map((one, n) =>
    n === task.attempts.length - 1 && one.ended === null ? { ...one, agent: one.agent ?? agent } : one,
  ),
});
