import { ADMIN_PASSWORD, until } from '#testing';
import type { TestBrowser } from '#testing/browser';
import { startBrowser } from '#testing/browser';
import { makeFoundations, makeStructures, prepare } from './buildings.ts';
import { allQueued, createJobs, makeFoundations as makeJobTargets, prepare as prepareJobs } from './jobs/job-server.ts';
import { withSubcontractor } from './jobs/with-subcontractor.ts';
import type { Limit } from './limit.ts';
import type { LoadedServer } from './loaded-server.ts';
import { loadedServer } from './loaded-server.ts';
import { median } from './median.ts';

const STRUCTURES = 10_000;
const ROWS = 50;
const ROUNDS = 5;
const EVENTS = 10_000;
const JOBS = 1000;
/** How long a step of a job takes, in milliseconds. */
const STEP_MS = 10_000;
/** Steps of the job that is watched. */
const STEPS = 12;
const ROOT = { username: 'root', password: ADMIN_PASSWORD };
/** Tall enough for fifty rows. */
const TALL = { width: 1280, height: 2600 };

/**
 * Measures the pages in Chromium: how much JavaScript the first one takes, how soon the first 50 of 10,000 structures are on
 * the screen, what a page grows by while 10,000 events pass, and how soon a step of a job is on the screen.
 * @param parts `pages`, `job`; both unless said
 */
export async function run(parts: string[], limit: Limit): Promise<void> {
  if (parts.length === 0 || parts.includes('pages')) await pages(limit);
  if (parts.length === 0 || parts.includes('job')) await limit.step('watching a job', () => watchedJob());
}

async function pages(limit: Limit): Promise<void> {
  const server = await loadedServer();
  try {
    await limit.step('making sites and blueprints', () => prepare(server));
    await limit.step(`making ${STRUCTURES} foundations`, () => makeFoundations(server, STRUCTURES));
    await limit.step(`making ${STRUCTURES} structures`, () => makeStructures(server, 0, STRUCTURES));
    await withBrowser(server, async (browser) => {
      await limit.step('opening the first page', () => firstPage(browser));
      await limit.step('opening a long list', () => longList(browser));
      await limit.step(`letting ${EVENTS} events pass`, () => manyEvents(browser, server));
    });
  } finally {
    await server.stop();
  }
}

async function withBrowser(server: LoadedServer, measure: (browser: TestBrowser) => Promise<void>): Promise<void> {
  const browser = await startBrowser(server.url);
  try {
    await measure(browser);
  } finally {
    await browser.stop();
  }
}

const print = (what: string, text: string): void => void process.stdout.write(`${what}: ${text}\n`);
const milliseconds = (times: readonly number[]): string =>
  `median ${median(times).toFixed(0)} ms, longest ${Math.max(...times).toFixed(0)} ms`;

/** Kilobytes of scripts a page has fetched, compressed as they were sent. */
const SCRIPT_KILOBYTES = `performance.getEntriesByType('resource')
  .filter(({ name }) => new URL(name).pathname.endsWith('.js'))
  .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) / 1000`;

async function firstPage(browser: TestBrowser): Promise<void> {
  for (const [what, as] of [
    ['signed in', ROOT],
    ['signing in', undefined],
  ] as const) {
    const page = await browser.open(as ? { as } : {});
    await page.goto('/');
    await page
      .getByRole(as ? 'heading' : 'textbox', as ? { level: 1 } : {})
      .first()
      .waitFor();
    await page.waitForLoadState('load');
    print(`JavaScript of the first page, ${what}`, `${(await page.evaluate<number>(SCRIPT_KILOBYTES)).toFixed(0)} kB`);
  }
  await browser.closePages();
}

/** Notes when so many rows were there, once they were drawn. */
const NOTE_ROWS = `new MutationObserver((_, observer) => {
  if (document.querySelectorAll('tbody tr.ct-row').length < ${ROWS}) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.rowsDrawnAt = performance.now(); }));
}).observe(document, { childList: true, subtree: true })`;

async function longList(browser: TestBrowser): Promise<void> {
  const first: number[] = [];
  const again: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // A page of its own has fetched nothing yet.
    const page = await browser.open({ as: ROOT, size: TALL });
    await page.addInitScript(NOTE_ROWS);
    for (const times of [first, again]) {
      await page.goto('/structures');
      await until(() => page.evaluate<boolean>('window.rowsDrawnAt !== undefined'));
      times.push(await page.evaluate<number>('window.rowsDrawnAt'));
    }
    await browser.closePages();
  }
  print(`the first ${ROWS} of ${STRUCTURES} structures, with nothing fetched before`, milliseconds(first));
  print(`the same once the scripts are there`, milliseconds(again));
}

async function manyEvents(browser: TestBrowser, server: LoadedServer): Promise<void> {
  const page = await browser.open({ as: ROOT });
  await page.goto('/structures');
  await page.getByRole('row').nth(10).waitFor();
  const debug = await page.context().newCDPSession(page);
  const megabytes = async (): Promise<number> => {
    await debug.send('HeapProfiler.collectGarbage');
    await debug.send('HeapProfiler.collectGarbage');
    return (await debug.send('Runtime.getHeapUsage')).usedSize / 1e6;
  };
  const change = async (count: number, from: number): Promise<void> => {
    const { failed } = await server.load({
      verb: 'UPDATE',
      uri: '/api/v1/Building/Structure:{1-1000}:',
      clients: 4,
      count,
      from,
      seconds: 600,
      body: JSON.stringify({ config_values: { n: '{n}' } }),
    });
    // A few ids belong to nothing.
    if (failed > count / 100) throw new Error(`${failed} changes failed`);
  };
  // What is made at the first event stays.
  await change(500, 0);
  await page.waitForTimeout(5000);
  const before = await megabytes();
  await change(EVENTS, 500);
  await page.waitForTimeout(5000);
  const after = await megabytes();
  print(
    `heap of the page of structures`,
    `${before.toFixed(1)} MB, ${after.toFixed(1)} MB after ${EVENTS} events: ${((100 * after) / before - 100).toFixed(0)} % more`,
  );
  await browser.closePages();
}

/**
 * Follows the events in the page itself, and notes of each step of the job how long after the time of its event the page has
 * changed for the last time: both clocks are that of this machine.
 */
const watchSteps = (job: string): string => `{
  window.steps = [];
  let drawn = 0;
  new MutationObserver(() => { drawn = Date.now(); }).observe(document.querySelector('main'), { childList: true, subtree: true, characterData: true, attributes: true });
  (async () => {
    const response = await fetch('/api/rest/feed?job=${job}', { headers: { Accept: 'text/event-stream' } });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ''; ;) {
      const { done, value } = await reader.read();
      if (done) return;
      const parts = (rest + value).split('\\n\\n');
      rest = parts.pop();
      for (const part of parts) {
        const data = part.split('\\n').find((line) => line.startsWith('data: '));
        if (!data) continue;
        const event = JSON.parse(data.slice(6));
        if (event.event !== 'JobStepCompleted') continue;
        const at = Date.parse(event.at);
        setTimeout(() => { window.steps.push(drawn - at); }, 1500);
      }
    }
  })();
}`;

function watchedJob(): Promise<void> {
  return withSubcontractor({ module: 'test' }, async ({ server }) => {
    await prepareJobs(server, `test.act_again( name="one", delay_ms=${STEP_MS} )`);
    await makeJobTargets(server, { count: JOBS });
    await createJobs(server, { count: JOBS });
    await allQueued(server, JOBS);
    await withBrowser(server, async (browser) => {
      const page = await browser.open({ as: ROOT });
      await page.goto('/job/f/1');
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.evaluate(watchSteps('1'));
      const enough = `window.steps.filter((ms) => ms > 0).length >= ${STEPS}`;
      await until(() => page.evaluate<boolean>(enough), 400_000);
      const steps = await page.evaluate<number[]>('window.steps.filter((ms) => ms > 0)');
      print(`a step on the screen after its event, with ${JOBS} jobs running`, milliseconds(steps));
    });
  });
}
