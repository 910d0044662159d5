import type { Shape, Shaped } from '#api';
import { shape } from '#api';
import { refuse } from '#kernel';
import type { View, Where } from '#read-store';
import { sitesWithin } from '#site';
import type { Program } from '#tscript';
import { conditionShape } from '../condition.ts';
import type { Taker } from '../dispatch-ledger.ts';
import type { JobInsight } from '../job-insight.ts';
import { progressNow } from '../job-look.ts';
import type { ProgressContext } from '../job-progress.ts';
import type { JobTargets } from '../job-target.ts';
import type { JobRow } from '../jobs.ts';
import { jobs } from '../jobs.ts';
import type { LimitBook } from '../limits/limit-book.ts';
import type { LimitRow } from '../limits/limits.ts';
import { limits } from '../limits/limits.ts';
import { programs } from '../program.ts';
import { waves } from '../waves/waves.ts';

/** How many jobs are told at a time, and how many limits and waves. */
export const MAX_BOARD_JOBS = 200;
const MAX_BOARD_LIMITS = 100;
const MAX_BOARD_WAVES = 100;
/** How many sites may be within one. */
const MAX_SITES = 10_000;

const numberOrNull: Shape<number | null> = { schema: { type: ['number', 'null'] } };
const percent: Shape<number> = { schema: { type: 'number', minimum: 0, maximum: 100 } };

/** The task that a job is at. */
const taskShape = shape.record({
  task: shape.text(),
  module: shape.text(),
  function: shape.text(),
  agent: shape.textOrNull('Who has it; null: nobody, as far as is known.'),
  since: shape.textOrNull('Since when it is at the agent, or nobody has it, ISO 8601.'),
  deadline: shape.textOrNull('When the agent has lost it unless it shows itself, ISO 8601.'),
});

/** A job under way. */
export const boardJobShape = shape.record({
  id: shape.count(),
  model: shape.text('`Foreman/FoundationJob` and the like.'),
  site: shape.text(),
  target: shape.record({ model: shape.text(), id: shape.text() }),
  name: shape.text('Host name or locator of what it works on.'),
  script_name: shape.text(),
  creator: shape.text(),
  state: shape.text(),
  percent,
  line: numberOrNull,
  message: shape.text(),
  remaining: {
    ...numberOrNull,
    schema: { ...numberOrNull.schema, description: 'Seconds that what is left usually takes.' },
  },
  slow: shape.flag('Its step takes much longer than it usually does.'),
  conditions: shape.list(conditionShape, 'Why it does not move.'),
  task: shape.orNull(taskShape),
  created: shape.text(),
  updated: shape.text(),
});

/** What is going on at a site. */
export const boardShape = shape.record({
  at: shape.text('When it was looked at, ISO 8601.'),
  total: shape.count('How many jobs are meant.'),
  states: shape.byKey(shape.count(), 'How many jobs there are in each state, whichever are asked for.'),
  slow: shape.count('How many are at a step that takes much longer than it usually does.'),
  jobs: shape.list(boardJobShape),
  limits: shape.list(
    shape.record({
      id: shape.text(),
      site: shape.textOrNull(),
      complex: shape.textOrNull(),
      module: shape.textOrNull(),
      running: shape.count(),
      max_jobs: shape.count(),
    }),
    'The limits of the sites, of complexes and of modules.',
  ),
  waves: shape.list(
    shape.record({
      id: shape.count(),
      description: shape.text(),
      state: shape.text(),
      message: shape.text(),
      total: shape.count(),
      running: shape.count(),
      done: shape.count(),
      failed: shape.count(),
      skipped: shape.count(),
    }),
    'The waves that are running or paused.',
  ),
});

/** What a board is made of. */
export interface BoardParts {
  readonly insight: Pick<JobInsight, 'conditionsOf' | 'messageOf' | 'takersOf'>;
  readonly targets: JobTargets;
  readonly book: Pick<LimitBook, 'of'>;
  readonly usualMs: ProgressContext['usualMs'];
  /** Milliseconds since 1970 by the clock of the log. */
  readonly now: () => number;
}

export interface BoardSelection {
  /** Null: every site. */
  readonly site: string | null;
  /** Whether sites within it are left out. */
  readonly exact: boolean;
  readonly states: readonly string[];
  readonly skip: number;
  readonly count: number;
  /** The sites that may be told of; undefined: all. */
  readonly bound: readonly string[] | undefined;
}

/** The sites that are meant; undefined: all of them. @throws Refusal where there are too many within one */
async function sitesMeant(view: View, { site, exact, bound }: BoardSelection): Promise<readonly string[] | undefined> {
  if (site === null) return bound;
  const found = exact ? [site] : await sitesWithin(view, site, MAX_SITES);
  if (found.length > MAX_SITES) throw refuse('site', 'TOO_MANY', `${site} has more than ${MAX_SITES} sites within it`);
  return bound ? found.filter((one) => bound.includes(one)) : found;
}

/** What is going on at a site and within it: jobs by their ids, with why they do not move, limits and waves. */
export async function boardOf(
  view: View,
  selection: BoardSelection,
  parts: BoardParts,
): Promise<Shaped<typeof boardShape>> {
  const { states, skip, count } = selection;
  const at = await sitesMeant(view, selection);
  const where: Where = at ? { site: { any: at } } : {};
  const meant: Where = states.length === 0 ? where : { ...where, stage: { any: states } };
  const [{ rows, total }, tallied, slow] = await Promise.all([
    view.list(jobs, { where: meant, skip, count }),
    view.tally(jobs, { where, by: ['stage'] }),
    slowOnes(view, at),
  ]);
  return {
    at: new Date(parts.now()).toISOString(),
    total,
    states: Object.fromEntries(tallied.map(({ values: [stage], count: n }) => [String(stage), n])),
    slow,
    jobs: await boardJobs(view, rows, parts),
    limits: await boardLimits(view, at, parts.book),
    // Waves belong to no site: who is bound to some is told of none.
    waves: selection.bound ? [] : await boardWaves(view),
  };
}

const slowOnes = async (view: View, at: readonly string[] | undefined): Promise<number> =>
  at
    ? (await view.keys(jobs, { where: { slow: { any: at } }, count: 0 })).total
    : (await view.tally(jobs, { by: ['slow'] })).reduce(
        (sum, { values: [slow], count: n }) => sum + (slow === null ? 0 : n),
        0,
      );

/** Jobs under way as a board shows them. */
export async function boardJobs(
  view: View,
  rows: readonly { readonly key: string | number; readonly row: JobRow }[],
  { insight, targets, usualMs, now }: BoardParts,
): Promise<readonly Shaped<typeof boardJobShape>[]> {
  const hashes = new Set(rows.flatMap(({ row }) => (row.machine ? [row.program] : [])));
  const known = await view.many(programs, [...hashes]);
  const takers = await insight.takersOf(rows.map(({ row }) => row));
  const at = now();
  const found: Shaped<typeof boardJobShape>[] = [];
  for (const [n, { key, row }] of rows.entries()) {
    const program: Program | undefined = row.machine ? known.get(row.program)?.program : undefined;
    const taker = takers[n];
    const context = { program, now: at, usualMs };
    const told = await progressNow(Number(key), row, { insight, targets, view, context, taker });
    const { job: id, target, name, script, site, ...progress } = told;
    found.push({
      id,
      model: `Foreman/${target.kind}Job`,
      site,
      target: { model: `Building/${target.kind}`, id: target.id },
      name,
      script_name: script,
      creator: row.creator,
      ...progress,
      conditions: told.conditions ?? [],
      slow: row.slow,
      task: boardTask(row, taker),
      created: row.created,
      updated: row.updated,
    });
  }
  return found;
}

const boardTask = (
  { order, dispatch, dispatchedAt, openSince }: JobRow,
  taker: Taker | undefined,
): Shaped<typeof taskShape> | null =>
  order && {
    task: order.task,
    module: order.module,
    function: order.function,
    agent: taker?.agent ?? null,
    since: taker?.since ?? dispatchedAt ?? openSince,
    deadline: dispatch?.deadline ?? null,
  };

async function boardLimits(view: View, at: readonly string[] | undefined, book: BoardParts['book']) {
  const concerns = ({ site }: LimitRow): boolean => site === null || at === undefined || at.includes(site);
  const { rows } = await view.list(limits);
  return rows
    .filter(({ row }) => concerns(row))
    .slice(0, MAX_BOARD_LIMITS)
    .map(({ key, row: { site, complex, module, maxJobs } }) => ({
      id: String(key),
      site,
      complex,
      module,
      running: book.of(String(key))?.running ?? 0,
      max_jobs: maxJobs,
    }));
}

async function boardWaves(view: View) {
  const where = { stage: { any: ['running', 'paused'] } };
  const { rows } = await view.list(waves, { where, count: MAX_BOARD_WAVES });
  return rows.map(({ key, row: { description, stage, message, total, running, done, failed, skipped } }) => ({
    id: Number(key),
    description,
    state: stage,
    message,
    total,
    running,
    done,
    failed,
    skipped,
  }));
}
