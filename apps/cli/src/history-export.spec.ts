import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Tools } from './command.ts';
import { historyExport } from './history-export-command.ts';
import { historyLines } from './history-lines.ts';
import { ProgressLine } from './progress-line.ts';
import { RestClient } from './rest-client.ts';

/** How many events the server has. */
const EVENTS = 5;

/** A server with a few events, that cuts its answers off as it is told to. */
const asked: string[] = [];
let cuts: readonly ((position: number) => string)[] = [];
const server = createServer((request, response) => {
  const query = new URL(request.url ?? '', 'http://x').searchParams;
  asked.push(query.toString());
  const [cut = () => 'go on', ...others] = cuts;
  cuts = others;
  const [from, to] = [Number(query.get('from') ?? 0), Number(query.get('to') ?? EVENTS)];
  response.writeHead(200, { 'Contractor-Position': String(to) });
  for (let position = from + 1; position <= to; position += 1) {
    const what = cut(position);
    if (what === 'break') {
      response.write('{"posi', () => response.destroy());
      return;
    }
    if (what !== 'go on') {
      response.end(`${JSON.stringify({ complete: false, reason: what, position: String(position - 1) })}\n`);
      return;
    }
    response.write(`${JSON.stringify({ position: String(position), kind: 'site.described' })}\n`);
  }
  response.end(`${JSON.stringify({ complete: true, from: String(from), to: String(to), events: to - from })}\n`);
});

let client: RestClient;
let folder: string;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = new RestClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-history-'));
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  asked.length = 0;
  cuts = [];
});

const { signal } = new AbortController();
const linesOf = async (query: Readonly<Record<string, string>>) => {
  const lines: unknown[] = [];
  const options = { query: new URLSearchParams(query), signal, retryMs: 1 };
  for await (const line of historyLines(client, options)) lines.push(JSON.parse(line));
  return lines;
};
const events = (...positions: readonly number[]) =>
  positions.map((position) => ({ position: String(position), kind: 'site.described' }));

describe('an export of history', () => {
  it('goes on where it broke, to where it was to end, and is told as one', async () => {
    cuts = [(position) => (position === 3 ? 'break' : 'go on'), (position) => (position === 5 ? 'stopping' : 'go on')];
    expect(await linesOf({ site: 'a' })).toEqual([
      ...events(1, 2, 3, 4, 5),
      { complete: true, from: '0', to: '5', events: 5 },
    ]);
    expect(asked).toEqual(['site=a', 'site=a&to=5&from=2', 'site=a&to=5&from=4']);
  });

  it('says where to go on when the session has ended', async () => {
    cuts = [(position) => (position === 4 ? 'session' : 'go on')];
    await expect(linesOf({})).rejects.toThrow('cut off (session): go on with --resume, or with --from 3');
  });

  const run = async (names: readonly string[], options: Readonly<Record<string, string | boolean>> = {}) => {
    const result = new PassThrough();
    const tools = { client, signal, progress: new ProgressLine(new PassThrough()), terminal: { result } };
    const came = await historyExport.run({ names, options }, tools as unknown as Tools);
    result.end();
    return { came, text: (await result.setEncoding('utf8').toArray()).join('') };
  };
  const texts = (all: readonly unknown[]) => all.map((one) => `${JSON.stringify(one)}\n`).join('');
  const whole = texts([...events(1, 2, 3, 4, 5), { complete: true, from: '0', to: '5', events: 5 }]);

  it('is written to standard output, as it is asked for', async () => {
    const { came, text } = await run([], { object: 'site/a b', kind: 'site.*', from: '0', differences: true });
    expect([came.silent, text]).toEqual([true, whole]);
    expect(asked).toEqual(['kind=site.*&from=0&differences=true&model=Site%2FSite&id=a+b']);
  });

  it('is written into a file that has its name once it is complete, and is resumed behind its last whole line', async () => {
    const file = path.join(folder, 'all.jsonl');
    cuts = [(position) => (position === 3 ? 'session' : 'go on')];
    await expect(run([file])).rejects.toThrow('--resume');
    await expect(run([file])).rejects.toThrow('.unfinished is there');
    await writeFile(`${file}.unfinished`, '{"position":"3","ki', { flag: 'a' });
    const { came } = await run([file], { resume: true });
    expect(came.text).toBe(`wrote 5 events to ${file}`);
    expect(await readFile(file, 'utf8')).toBe(whole);
    await expect(run([file])).rejects.toThrow('is there already');
    await expect(run([path.join(folder, 'other')], { resume: true })).rejects.toThrow('there is no');
  });
});
