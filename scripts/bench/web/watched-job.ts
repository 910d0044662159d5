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

const TASKS = 'table[aria-label="Tasks"] > tbody';

/** Notes when the list of the job's tasks first had so many of them on the screen: `drawn[3]`, three. */
const NOTE_TASKS = `{
  window.drawn = [];
  const note = () => {
    const count = document.querySelectorAll('${TASKS}').length;
    if (count in window.drawn) return;
    window.drawn[count] = 0;
    requestAnimationFrame(() => setTimeout(() => { window.drawn[count] = Date.now(); }));
  };
  note();
  new MutationObserver(note).observe(document.querySelector('main'), { childList: true, subtree: true });
}`;

/** When the steps of the job were over, in their order, as their events say. */
async function stepsOf({ databaseUrl }: LoadedServer, job: string): Promise<readonly number[]> {
  const pool = new Pool({ connectionString: databaseUrl });
  try {
    const text = `SELECT meta::jsonb ->> 'at' AS at FROM log.events WHERE type = 'JobStepCompleted' AND stream = $1 ORDER BY position`;
    const { rows } = await pool.query<{ at: string }>(text, [`job-${job}`]);
    return rows.map(({ at }) => Date.parse(at));
  } finally {
    await pool.end();
  }
}

/**
 * Prints how soon a step of a job is on the screen after its event, while others run: on the page of the job, where the
 * task that follows is added to the list, and the running line moves. Both clocks are that of this machine.
 */
export function watchedJob(): Promise<void> {
  return withSubcontractor({ module: 'test' }, async ({ server }) => {
    await prepare(server, `test.act_again( name="one", delay_ms=${STEP_MS} )`);
    await makeFoundations(server, { count: JOBS });
    await createJobs(server, { count: JOBS });
    await allQueued(server, JOBS);
    const { uris } = await server.client.list('/api/v1/Foreman/FoundationJob');
    const job = uris[0]?.split(':')[1] ?? '';
    await withBrowser(server, async (browser) => {
      const page = await browser.open({ as: ROOT });
      await page.goto(`/job/f/${job}`);
      await page.locator(TASKS).first().waitFor();
      await page.evaluate(NOTE_TASKS);
      const drawnOf = () => page.evaluate<readonly (number | null)[]>('window.drawn');
      const began = (await drawnOf()).length;
      await until(async () => (await drawnOf()).length >= began + STEPS, MAX_MS);
      const drawn = await drawnOf();
      // With the end of a step the one behind it is wanted: after the third there are four tasks.
      const found = (await stepsOf(server, job)).flatMap((over, n) => {
        const at = drawn[n + 2];
        return n + 2 < began || !at ? [] : [at - over];
      });
      print(`${found.length} steps on the screen after their events, with ${JOBS} jobs running`, milliseconds(found));
    });
  });
}
