import type { Tools } from './command.ts';
import type { FeedMessage, FeedSelection, JobProgress } from './feed-events.ts';
import { feedEvents } from './feed-events.ts';
import { hasFailed, isSettled, jobBars, jobLine } from './job-line.ts';
import { LiveLines } from './live-lines.ts';

/** How often bars are drawn at most, in milliseconds. */
const DRAW_MS = 100;

/** What was followed, and how it stands at the end. */
export interface Followed {
  readonly jobs: readonly JobProgress[];
  /** A job was cancelled, or has stopped in an error. */
  readonly failed: boolean;
}

type Following = Pick<Tools, 'client' | 'signal' | 'terminal'>;

/** Follows jobs until all of them are over, or stand still in an error, and shows how they get on. @throws Refused, Unreachable */
export async function followJobs(ids: readonly (number | string)[], tools: Following): Promise<Followed> {
  const wanted = new Set(ids.map(String));
  const only = wanted.size === 1 ? ids[0] : undefined;
  const shown = new ShownJobs(tools.terminal.output);
  const isDone = () => [...wanted].every((id) => shown.isSettled(id));
  try {
    await follow(only === undefined ? {} : { job: only }, tools, async (message) => {
      if (message !== 'told') {
        if (wanted.has(String(message.progress.job))) shown.take(message.progress);
      } else {
        // What is not under way is over: each is told by itself.
        for (const id of wanted) if (!shown.has(id)) await follow({ job: id }, tools, (last) => tell(shown, last));
      }
      return isDone();
    });
  } finally {
    shown.end();
  }
  return { jobs: shown.jobs, failed: shown.jobs.some(hasFailed) || !isDone() };
}

/** Follows what is under way, now and later, at a site or everywhere, until it is given up (Ctrl-C). */
export async function followSite(site: string | undefined, tools: Following): Promise<Followed> {
  const shown = new ShownJobs(tools.terminal.output, true);
  try {
    await follow(site === undefined ? {} : { site }, tools, (message) => {
      tell(shown, message);
      return false;
    });
  } finally {
    shown.end();
  }
  return { jobs: shown.jobs, failed: false };
}

/** Shows what is told of a job. @returns whether it is over, or stands still */
function tell(shown: ShownJobs, message: FeedMessage): boolean {
  if (message === 'told') return false;
  shown.take(message.progress);
  return isSettled(message.progress);
}

/** Reads the feed until `take` says that it is enough. */
async function follow(
  selection: FeedSelection,
  { client, signal }: Following,
  take: (message: FeedMessage) => boolean | Promise<boolean>,
): Promise<void> {
  const enough = new AbortController();
  const either = AbortSignal.any([signal, enough.signal]);
  try {
    for await (const message of feedEvents(client, selection, either)) if (await take(message)) return;
  } finally {
    enough.abort();
  }
}

/** Jobs as they are shown: bars on a terminal, elsewhere a line for each that changes. */
class ShownJobs {
  readonly #lines: LiveLines;
  readonly #output: NodeJS.WritableStream;
  readonly #jobs = new Map<string, JobProgress>();
  readonly #told = new Map<string, string>();
  /** Those that are over are no longer shown when others come. */
  readonly #forgets: boolean;
  #drawnAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(output: NodeJS.WritableStream, forgets = false) {
    this.#lines = new LiveLines(output);
    this.#output = output;
    this.#forgets = forgets;
  }

  get jobs(): readonly JobProgress[] {
    return [...this.#jobs.values()];
  }

  has(id: string): boolean {
    return this.#jobs.has(id);
  }

  isSettled(id: string): boolean {
    const job = this.#jobs.get(id);
    return job !== undefined && isSettled(job);
  }

  take(progress: JobProgress): void {
    const id = String(progress.job);
    this.#jobs.set(id, progress);
    if (this.#lines.isTerminal) this.#drawSoon();
    else this.#write(id, progress);
    if (this.#forgets && ['done', 'canceled'].includes(progress.state)) this.#forget(id);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.isTerminal && this.#jobs.size > 0) this.#draw();
    this.#lines.keep();
  }

  /** A line, unless it would say what the last one of the job said; that time goes by is not said. */
  #write(id: string, progress: JobProgress): void {
    const text = jobLine({ ...progress, remaining: null });
    if (this.#told.get(id) === text) return;
    this.#told.set(id, text);
    this.#output.write(`${jobLine(progress)}\n`);
  }

  #drawSoon(): void {
    const wait = this.#drawnAt + DRAW_MS - performance.now();
    if (wait <= 0) this.#draw();
    else this.#timer ??= setTimeout(() => this.#draw(), wait);
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#drawnAt = performance.now();
    this.#lines.draw(jobBars(this.jobs, this.#lines.rows));
  }

  /** The last line of what is over stays above those that go on. */
  #forget(id: string): void {
    const last = this.#jobs.get(id);
    this.#jobs.delete(id);
    this.#told.delete(id);
    if (!last || !this.#lines.isTerminal) return;
    this.#lines.draw([jobLine(last)]);
    this.#lines.keep();
    this.#draw();
  }
}
