import { makeFoundations, makeStructures, prepare } from './buildings.ts';
import type { Limit } from './limit.ts';
import type { LoadedServer } from './loaded-server.ts';
import { loadedServer } from './loaded-server.ts';
import { median } from './median.ts';

const COUNT = 10_000;
const ROUNDS = 20;

/** What is asked of the recorder; `fields` keep the answer short. */
const QUERIES: Readonly<Record<string, object>> = {
  'all documents, a pattern': { ntp: 'own', _hostname: { $regex: '^w99' } },
  'all documents, nothing found': { nothing: 1 },
  'all documents, a value that is rendered': { site_own_url: { $regex: '^http://w99' } },
  'by an index': { _foundation_locator: 'h77' },
};

/** Measures searches, queries of the recorder and discovery with 10,000 structures. */
export async function run(_: string[], limit: Limit): Promise<void> {
  const server = await loadedServer(process.env['BB']);
  try {
    await limit.step('making sites and blueprints', () => prepare(server));
    await limit.step(`making ${COUNT} foundations`, () => makeFoundations(server, COUNT));
    await limit.step(`making ${COUNT} structures`, () => makeStructures(server, 0, COUNT));
    await limit.step('searching', () => searching(server));
    await limit.step('asking the recorder', () => recorder(server));
    await limit.step('discovering', () => discovery(server));
  } finally {
    await server.stop();
  }
}

async function get(server: LoadedServer, path: string, headers: Readonly<Record<string, string>> = {}) {
  const begun = performance.now();
  const response = await fetch(`${server.url}/api/rest/${path}`, {
    headers: { Authorization: `Bearer root:${server.token}`, ...headers },
  });
  const text = await response.text();
  if (response.status >= 400) throw new Error(text);
  return { ms: performance.now() - begun, text, etag: response.headers.get('etag') ?? '', status: response.status };
}

const told = (what: string, times: readonly number[]): void => {
  const sorted = times.toSorted((one, other) => one - other);
  process.stdout.write(`${what}: median ${median(times).toFixed(1)} ms, longest ${sorted.at(-1)?.toFixed(1)} ms\n`);
};

async function searching(server: LoadedServer): Promise<void> {
  for (const q of ['w', 'w12', 'w1234', 'h9', 'own', 'nobody-has-this', '10.0.0.1', 'site_own_0=value 0 of site_own']) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      times.push((await get(server, `search?q=${encodeURIComponent(q)}`)).ms);
    }
    told(`search for "${q}"`, times);
  }
}

async function recorder(server: LoadedServer): Promise<void> {
  const { text } = await get(server, 'Site/Site?count=1');
  if (text === '') throw new Error('no answer');
  for (const [what, query] of Object.entries(QUERIES)) {
    const times: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const [begun, used] = [performance.now(), await server.processorTime()];
      const asked = { group: 'Structure', query: JSON.stringify(query), fields: '{"_hostname": 1}', max_results: 0 };
      await server.call('Records/Recorder/query', asked);
      const took = performance.now() - begun;
      times.push(`${took.toFixed(0)} ms (processor ${((await server.processorTime()) - used).toFixed(1)} s)`);
    }
    process.stdout.write(`recorder, ${what}: ${times.join(', ')}\n`);
  }
  const position = (
    await fetch(`${server.url}/api/rest/Site/Site`, { headers: { Authorization: `Bearer root:${server.token}` } })
  ).headers.get('contractor-position');
  const begun = performance.now();
  await server.call(`Records/Recorder/query?at=${position}`, { group: 'Structure', query: '{"nothing": 1}' });
  process.stdout.write(`recorder, all documents of the past: ${(performance.now() - begun).toFixed(0)} ms\n`);
}

async function discovery(server: LoadedServer): Promise<void> {
  for (const page of ['hosts', 'hosts?key=ntp', 'ansible?key=ntp']) {
    const first = await get(server, `discovery/${page}`);
    const again = await get(server, `discovery/${page}`);
    const known = await get(server, `discovery/${page}`, { 'If-None-Match': first.etag });
    process.stdout.write(
      `discovery/${page}: ${first.ms.toFixed(0)} ms, again ${again.ms.toFixed(0)} ms, known (${known.status}) ${known.ms.toFixed(1)} ms, ` +
        `${(first.text.length / 1e6).toFixed(1)} MB\n`,
    );
  }
}
