import { Pool } from 'pg';
import { ADMIN_PASSWORD, until } from '#testing';
import { allQueued, createJobs, makeFoundations, prepare } from '../jobs/job-server.ts';
import { withSubcontractor } from '../jobs/with-subcontractor.ts';
import type { LoadedServer } from '../loaded-server.ts';
import { milliseconds, print } from './print.ts';
import { withBrowser } from './with-browser.ts';

const ROOT = { username: 'root', password: ADMIN_PASSWORD };
const JOBS = 1000;
/** How long a step of a job takes, in milliseconds. */
const STEP_MS = 10_000;
/** Steps of the job that is watched. */
const STEPS = 12;
/** How long they may take, in milliseconds. */
const MAX_MS = 3 * STEPS * STEP_MS;
const JOB = 1;

/**
 * Notes when each event of the job was drawn, by its position in the log, which the list of its events shows. What was there
 * before is left out.
 */
const NOTE_EVENTS = `{
  const positions = () => [...document.querySelectorAll('.ct-events tr.ct-row > td:last-child')].map((cell) => cell.textContent);
  const known = new Set(positions());
  window.drawn = [];
  new MutationObserver(() => {
    for (const position of positions()) {
      if (known.has(position)) continue;
      known.add(position);
      requestAnimationFrame(() => setTimeout(() => window.drawn.push([position, Date.now()])));
    }
  }).observe(document.querySelector('main'), { childList: true, subtree: true, characterData: true });
}`;

/** When steps of the job were over, by their positions, as their events say. */
async function stepsOf({ databaseUrl }: LoadedServer): Promise<ReadonlyMap<string, number>> {
  const pool = new Pool({ connectionString: databaseUrl });
  try {
    const text = `SELECT position::text, meta::jsonb ->> 'at' AS at FROM log.events WHERE type = 'JobStepCompleted' AND stream = $1`;
    const { rows } = await pool.query<{ position: string; at: string }>(text, [`job-${JOB}`]);
    return new Map(rows.map(({ position, at }) => [position, Date.parse(at)]));
  } finally {
    await pool.end();
  }
}

/**
 * Prints how soon a step of a job is on the screen after its event, while others run: on the page of the job, whose list of
 * events, line and progress are drawn together. Both clocks are that of this machine.
 */
export function watchedJob(): Promise<void> {
  return withSubcontractor({ module: 'test' }, async ({ server }) => {
    await prepare(server, `test.act_again( name="one", delay_ms=${STEP_MS} )`);
    await makeFoundations(server, { count: JOBS });
    await createJobs(server, { count: JOBS });
    await allQueued(server, JOBS);
    await withBrowser(server, async (browser) => {
      const page = await browser.open({ as: ROOT });
      await page.goto(`/job/f/${JOB}?tab=events`);
      await page.getByRole('row').nth(2).waitFor();
      await page.evaluate(NOTE_EVENTS);
      const times = async (): Promise<readonly number[]> => {
        const steps = await stepsOf(server);
        const drawn = await page.evaluate<readonly [string, number][]>('window.drawn');
        return drawn.flatMap(([position, at]) => {
          const over = steps.get(position);
          return over === undefined ? [] : [at - over];
        });
      };
      await until(async () => (await page.evaluate<number>('window.drawn.length')) >= STEPS * 2, MAX_MS);
      const found = await times();
      print(`${found.length} steps on the screen after their events, with ${JOBS} jobs running`, milliseconds(found));
    });
  });
}
