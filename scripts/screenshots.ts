/**
 * `npm run screenshots [NAME ...]`: makes the pictures of `docs/ui.md` anew, all of them or those that are named: a web shop
 * on a server of its own, seen in light at 1280 × 720. `--dark FOLDER`: in dark, into a folder, for somebody to look at.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ADMIN_PASSWORD, until } from '#testing';
import { startBrowser } from '#testing/browser';
import { makePlot, SHOP_STANDING } from '../test/web/make-plot.ts';
import { makeShop } from '../test/web/make-shop.ts';
import { pagesOf } from '../test/web/pages.ts';
import { standingJob } from '../test/web/standing-job.ts';
import { wholePage } from '../test/web/whole-page.ts';
import type { LoadedServer } from './bench/loaded-server.ts';
import { loadedServer } from './bench/loaded-server.ts';

const FOLDER = 'docs/ui';
/** No picture may be larger, in bytes: all of them are in the repository. */
const MAX_BYTES = 100_000;
const SIZE = { width: 1280, height: 720 };

/** The machines of the shop, those that were built, and one that stands by itself. */
const STANDING = {
  ...SHOP_STANDING,
  app1: { rack: 'r1', unit: 9, height: 1, x: 0, y: 0 },
  app2: { rack: 'r2', unit: 9, height: 1, x: 1, y: 0 },
  app3: { rack: 'r2', unit: 10, height: 1, x: 1, y: 0 },
  rack1: { x: 7, y: 1 },
};

type Values = Readonly<Record<string, unknown>>;

/** What asks the server over REST, as tests do. */
function restOf({ url, token, client }: LoadedServer) {
  const rest = async (method: string, at: string, body?: unknown) => {
    const response = await fetch(`${url}/api/rest/${at}`, {
      method,
      headers: { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Values, position: '' };
  };
  return { rest, client };
}

/** Makes the shop, builds a part of it, and has a job fail. */
async function fill(server: LoadedServer) {
  const asked = restOf(server);
  const shop = await makeShop(asked);
  await asked.rest('POST', 'Building/Machine/provision', {
    names: ['app{1..3}'],
    site: 'shop',
    blueprint: 'demo-application',
    foundation_type: 'Test',
    address_block: shop.block,
  });
  await until(async () => {
    const { body } = await asked.rest('GET', 'Building/Structure?filter=site&site=shop&count=100');
    const all = (body['items'] ?? []) as readonly Values[];
    return all.filter(({ state }) => state === 'built').length === 3;
  });
  const job = await standingJob(asked, 'shop');
  await makePlot(asked, STANDING);
  return { shop, job };
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { dark: { type: 'string' } } });
const wanted = new Set(positionals);
const folder = values.dark ?? FOLDER;
const server = await loadedServer();
try {
  const { shop, job } = await fill(server);
  const browser = await startBrowser(server.url);
  try {
    await mkdir(folder, { recursive: true });
    const page = await browser.open({
      as: { username: 'root', password: ADMIN_PASSWORD },
      size: SIZE,
      theme: values.dark === undefined ? 'light' : 'dark',
    });
    for (const [name, at] of pagesOf(shop, job)) {
      if (wanted.size > 0 && !wanted.has(name)) continue;
      await page.goto(at);
      await wholePage(page);
      // The pointer is nowhere, and what moves has come to rest.
      await page.mouse.move(0, 0);
      const picture = await page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled' });
      process.stdout.write(`${name}: ${(picture.length / 1000).toFixed(0)} kB\n`);
      if (picture.length > MAX_BYTES) process.exitCode = 1;
    }
    for (const fault of await browser.closePages()) process.stderr.write(`${fault}\n`);
  } finally {
    await browser.stop();
  }
} finally {
  await server.stop();
}
