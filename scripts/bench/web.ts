import { parseArgs } from 'node:util';
import { makeFoundations, makeStructures, prepare } from './buildings.ts';
import type { Limit } from './limit.ts';
import type { LoadedServer } from './loaded-server.ts';
import { loadedServer } from './loaded-server.ts';
import { firstPage } from './web/first-page.ts';
import { longList } from './web/long-list.ts';
import { manyEvents } from './web/many-events.ts';
import { watchedJob } from './web/watched-job.ts';
import { withBrowser, withBrowsers } from './web/with-browser.ts';

const STRUCTURES = 10_000;
const EVENTS = 10_000;

/**
 * Measures the pages in Chromium: `web [first] [list] [events] [job] [--against <folder>]`, all of it unless said: how much
 * JavaScript the first page takes, how soon the first 50 of 10,000 structures are on the screen and what that takes, what a page
 * grows by while 10,000 events pass, and how soon a step of a job is on the screen. With `--against`, the list is looked at
 * on the build in that folder in turns with this one.
 */
export async function run(args: string[], limit: Limit): Promise<void> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { against: { type: 'string' } } });
  const wanted = (part: string): boolean => positionals.length === 0 || positionals.includes(part);
  const servers: Record<string, LoadedServer> = {};
  try {
    if (wanted('first') || wanted('list') || wanted('events')) {
      const server = await withStructures(limit);
      servers['this build'] = server;
      if (wanted('first')) {
        await limit.step('opening the first page', () => withBrowser(server, firstPage));
      }
      if (wanted('list')) {
        if (values.against !== undefined) servers['the other'] = await withStructures(limit, values.against);
        const look = () => withBrowsers(servers, (browsers) => longList(browsers, STRUCTURES));
        await limit.step('opening a long list', look);
      }
      if (wanted('events')) {
        const change = () => withBrowser(server, (browser) => manyEvents(browser, server, EVENTS));
        await limit.step(`letting ${EVENTS} events pass`, change);
      }
    }
  } finally {
    for (const server of Object.values(servers)) await server.stop();
  }
  if (wanted('job')) await limit.step('watching a job', watchedJob);
}

/** A server with so many structures, of this build or another. */
async function withStructures(limit: Limit, build?: string): Promise<LoadedServer> {
  const server = await loadedServer(build);
  try {
    await limit.step('making sites and blueprints', () => prepare(server));
    await limit.step(`making ${STRUCTURES} foundations`, () => makeFoundations(server, STRUCTURES));
    await limit.step(`making ${STRUCTURES} structures`, () => makeStructures(server, 0, STRUCTURES));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}
