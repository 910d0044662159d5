import type { CDPSession, Page } from 'playwright-core';
import { ADMIN_PASSWORD, until } from '#testing';
import type { TestBrowser } from '#testing/browser';
import { median } from '../median.ts';
import { milliseconds, print } from './print.ts';

const ROWS = 50;
const ROUNDS = 5;
const ROOT = { username: 'root', password: ADMIN_PASSWORD };
/** Tall enough for fifty rows. */
const TALL = { width: 1280, height: 2600 };

/** Notes when so many rows were there, once they were drawn. */
const NOTE_ROWS = `new MutationObserver((_, observer) => {
  if (document.querySelectorAll('tbody tr.ct-row').length < ${ROWS}) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.rowsDrawnAt = performance.now(); }));
}).observe(document, { childList: true, subtree: true })`;

/** When what was there, in milliseconds since the page was gone to. */
const MOMENTS = `(() => {
  const before = performance.getEntriesByType('resource').filter(({ startTime }) => startTime < window.rowsDrawnAt);
  const of = (pattern) => before.filter(({ name }) => pattern.test(new URL(name).pathname));
  const last = (pattern) => Math.max(0, ...of(pattern).map(({ responseEnd }) => responseEnd));
  const list = of(/Structure$/)[0];
  const [page] = performance.getEntriesByType('navigation');
  return {
    'the page': page.responseEnd,
    'the last style sheet': last(/\\.css$/),
    'the last script': last(/\\.js$/),
    'the session': last(/session$/),
    'the list is asked for': list.startTime,
    'the list': list.responseEnd,
    'the rows': window.rowsDrawnAt,
    files: of(/\\.(?:js|css)$/).length,
    requests: of(/^\\/api\\//).length,
  };
})()`;

type Figures = Readonly<Record<string, number>>;

/** What the main thread has done for the document that is shown, in milliseconds. */
async function workOf(debug: CDPSession): Promise<Figures> {
  const { metrics } = await debug.send('Performance.getMetrics');
  const of = (name: string): number => (metrics.find((one) => one.name === name)?.value ?? 0) * 1000;
  return {
    scripts: of('ScriptDuration'),
    styles: of('RecalcStyleDuration'),
    layout: of('LayoutDuration'),
    'all of it': of('TaskDuration'),
  };
}

/** A look at the list: with nothing fetched before, or once the files are there. */
interface Look {
  readonly moments: Figures;
  readonly work: Figures;
}

async function look(page: Page, debug: CDPSession): Promise<Look> {
  await page.goto('/structures');
  await until(() => page.evaluate<boolean>('window.rowsDrawnAt !== undefined'));
  const moments = await page.evaluate<Figures>(MOMENTS);
  return { moments, work: await workOf(debug) };
}

const medians = (of: readonly Figures[]): string =>
  Object.keys(of[0] ?? {})
    .map((name) => `${name} ${median(of.map((one) => one[name] ?? 0)).toFixed(0)}`)
    .join(', ');

function tell(what: string, looks: readonly Look[]): void {
  print(what, milliseconds(looks.map(({ moments }) => moments['the rows'] ?? 0)));
  print('  is there after ms', medians(looks.map(({ moments }) => moments)));
  print('  ms of the main thread', medians(looks.map(({ work }) => work)));
}

/**
 * Opens a long list again and again, and prints how soon its first rows are drawn, what was there when, and what the main
 * thread was busy with. Of several browsers, each looks at another build, and they take turns.
 */
export async function longList(browsers: Readonly<Record<string, TestBrowser>>, rows: number): Promise<void> {
  const first: Record<string, Look[]> = {};
  const again: Record<string, Look[]> = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, browser] of Object.entries(browsers)) {
      // A page of its own has fetched nothing yet.
      const page = await browser.open({ as: ROOT, size: TALL });
      await page.addInitScript(NOTE_ROWS);
      const debug = await page.context().newCDPSession(page);
      await debug.send('Performance.enable');
      (first[name] ??= []).push(await look(page, debug));
      (again[name] ??= []).push(await look(page, debug));
      await browser.closePages();
    }
  }
  for (const name of Object.keys(browsers)) {
    tell(`the first ${ROWS} of ${rows} structures, ${name}, with nothing fetched before`, first[name] ?? []);
    tell(`the same, ${name}, once the files are there`, again[name] ?? []);
  }
  const [mine, other] = Object.keys(browsers);
  if (mine === undefined || other === undefined) return;
  for (const [what, looks] of Object.entries({ first, again })) {
    const times = (name: string): readonly number[] => (looks[name] ?? []).map((one) => one.moments['the rows'] ?? 0);
    const ratios = times(mine).map((time, n) => time / (times(other)[n] ?? Number.NaN));
    print(`  ${what}: time of ${mine} by that of ${other}`, `median ${median(ratios).toFixed(2)}`);
  }
}
