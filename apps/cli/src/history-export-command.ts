import type { FileHandle } from 'node:fs/promises';
import { access, open, rename } from 'node:fs/promises';
import { once } from 'node:events';
import type { Asked, Command, Result, Tools } from './command.ts';
import { listOf, Misuse, told, valueOf } from './command.ts';
import { historyLines } from './history-lines.ts';
import { locatedPath, OBJECT_KINDS, objectIn } from './object-kinds.ts';
import type { RestClient } from './rest-client.ts';

/** What events are about that no noun of the command line is. */
const KINDS: Readonly<Record<string, string>> = {
  ...OBJECT_KINDS,
  'foundation-job': 'Foreman/FoundationJob',
  'structure-job': 'Foreman/StructureJob',
};

/** What is asked of the server: `site=…&kind=…`. */
async function queryIn(asked: Asked, client: RestClient): Promise<URLSearchParams> {
  const query = new URLSearchParams();
  for (const kind of listOf(asked, 'kind')) query.append('kind', kind);
  for (const name of ['site', 'actor', 'from', 'to']) {
    const value = valueOf(asked, name);
    if (value !== undefined) query.set(name, value);
  }
  if (asked.options['differences'] === true) query.set('differences', 'true');
  const object = valueOf(asked, 'object');
  if (object === undefined) return query;
  const [named] = objectIn({ names: [object] }, KINDS);
  const path = await locatedPath(client, named);
  query.set('model', path.slice(0, path.lastIndexOf('/')));
  query.set('id', decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)));
  return query;
}

/** What a file holds that an export has begun: its whole lines. */
async function begun(handle: FileHandle): Promise<{ readonly events: number; readonly position: string }> {
  let [events, bytes, position] = [0, 0, '0'];
  for await (const line of handle.readLines({ autoClose: false, start: 0 })) {
    const size = Buffer.byteLength(line) + 1;
    let found: { readonly position?: string };
    try {
      found = JSON.parse(line) as typeof found;
    } catch {
      break;
    }
    [events, bytes, position] = [events + 1, bytes + size, found.position ?? position];
  }
  const { size } = await handle.stat();
  // The last line may be there but for its line feed.
  if (bytes > size) await handle.write('\n', size);
  else await handle.truncate(bytes);
  return { events, position };
}

/** Writes an export into a file, which has its name only once it is complete. */
async function intoFile(file: string, asked: Asked, { client, signal, progress }: Tools): Promise<Result> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere) throw new Error(`${file} is there already`);
  const draft = `${file}.unfinished`;
  const resumed = asked.options['resume'] === true;
  const query = await queryIn(asked, client);
  const handle = await open(draft, resumed ? 'r+' : 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new Error(`${draft} is there: go on with it (--resume), or remove it`);
    if (error.code === 'ENOENT' && resumed) throw new Error(`there is no ${draft} to go on with`);
    throw error;
  });
  let events = 0;
  try {
    const before = resumed ? await begun(handle) : undefined;
    events = before?.events ?? 0;
    let at = (await handle.stat()).size;
    for await (const line of historyLines(client, { query, before, signal })) {
      at += (await handle.write(line, at)).bytesWritten;
      events += 1;
      if (events % 500 === 0) progress.show(`${events} events`);
    }
    await handle.sync();
  } finally {
    progress.end();
    await handle.close();
  }
  await rename(draft, file);
  // The last line is none of an event.
  return told(`wrote ${events - 1} events to ${file}`, { file, events: events - 1 });
}

async function toOutput(asked: Asked, { client, signal, terminal: { result } }: Tools): Promise<Result> {
  if (asked.options['resume'] === true) throw new Misuse('--resume goes on with a FILE');
  for await (const line of historyLines(client, { query: await queryIn(asked, client), signal })) {
    if (!result.write(line)) await once(result, 'drain', { signal });
  }
  return { json: null, text: '', silent: true };
}

/** Writes down what has happened. */
export const historyExport: Command = {
  usage:
    '[FILE] [--object KIND/ID] [--site SITE] [--actor NAME] [--kind KIND]… [--from MOMENT] [--to MOMENT] [--differences]',
  does: 'write down what has happened, a line of JSON for each event, to a file or to standard output',
  about:
    'The last line says {"complete": true, …}. A FILE has its name only once it is whole; one that was cut off is left as\n' +
    'FILE.unfinished, and --resume, with the same options, goes on behind its last line.\n' +
    'For example: contractor history export march.jsonl --site site1 --from 2026-03-01 --to 2026-04-01',
  names: [0, 1],
  ofNow: true,
  options: {
    object: { type: 'string', value: 'KIND/ID', does: 'only what touches this object: site/site1' },
    site: { type: 'string', value: 'SITE', does: 'only at this site or within it', completes: { model: 'Site/Site' } },
    actor: { type: 'string', value: 'NAME', does: 'only what this user or service has asked for' },
    kind: { type: 'string', multiple: true, value: 'KIND', does: 'only these: foundation.built, job.*, *.deleted' },
    from: { type: 'string', value: 'MOMENT', does: 'behind this position of the log or time (ISO 8601)' },
    to: { type: 'string', value: 'MOMENT', does: 'up to this position of the log or time; now unless said' },
    differences: { type: 'boolean', does: 'with how each object was before and after; takes longer' },
    resume: { type: 'boolean', does: 'go on with FILE.unfinished' },
  },
  run: (asked, tools) => {
    const [file] = asked.names;
    return file === undefined ? toOutput(asked, tools) : intoFile(file, asked, tools);
  },
};
