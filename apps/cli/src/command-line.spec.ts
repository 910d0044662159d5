import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { commandLine } from './command-line.ts';

describe('a command line', () => {
  let server: Server;
  let url: string;
  let asked: string[];
  let answer: (path: string) => { readonly status?: number; readonly body: unknown } | { readonly stream: string };
  let interrupt: AbortController;
  /** It is given up when it has said this. */
  let last: string | undefined;

  beforeEach(async () => {
    [asked, interrupt, last] = [[], new AbortController(), undefined];
    server = createServer((request, response) => {
      const path = String(request.url).replace('/api/rest/', '');
      asked.push(path);
      const given = answer(path);
      if ('stream' in given) {
        response.write(given.stream);
      } else {
        response.writeHead(given.status ?? 200, { 'Content-Type': 'application/json' }).end(JSON.stringify(given.body));
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** What a command line comes to. */
  async function run(line: string) {
    const said = { out: '', err: '' };
    const into = (stream: 'out' | 'err') =>
      new Writable({
        write: (chunk: Buffer, _, done) => {
          said[stream] += chunk.toString();
          if (last !== undefined && said[stream].includes(last)) interrupt.abort();
          done();
        },
      });
    const code = await commandLine({
      args: line.split(' '),
      environment: { HOME: path.join(os.tmpdir(), 'contractor-no-home'), CONTRACTOR_URL: url },
      input: Readable.from([]) as unknown as NodeJS.ReadStream,
      output: into('err'),
      result: into('out'),
      signal: interrupt.signal,
    });
    return { code, ...said };
  }

  it('that is given up while it waits ends as one that was given up', async () => {
    last = 'zones are served';
    const zone = { name: 'a.test', wanted: 2, served: 1, error: null };
    answer = () => ({ body: { value: { total: 1, zones: [zone] } } });
    expect(await run('dns publish')).toEqual({
      code: 130,
      out: '',
      err: '0 of 1 zones are served\ncontractor: given up\n',
    });
  });

  it('that is given up while it follows jobs does, too', async () => {
    last = '40 %';
    const job = { job: 7, target: { kind: 'Foundation', id: 'a' }, name: 'a', script: 'create', state: 'queued' };
    const progress = { ...job, percent: 40, line: null, message: '', remaining: null, conditions: [] };
    answer = () => ({ stream: `event: snapshot\ndata: ${JSON.stringify(progress)}\n\n` });
    expect(await run('job watch 7')).toEqual({ code: 130, out: '', err: '#7 create foundation a: 40 %, queued\n' });
  });

  it.each([
    ['platform list', 'Setup/Platform/list'],
    ['resources list', 'BluePrint/ResourceFile/shipped'],
    ['permission list', 'Auth/Account/permissions'],
    ['site list', 'Site/Site'],
  ])('%s --at asks for the past, and is told where there is none', async (line, path) => {
    answer = () => ({ status: 400, body: { title: 'Bad Request', detail: 'at is unknown.' } });
    expect(await run(`${line} --at 5`)).toEqual({ code: 1, out: '', err: 'contractor: at is unknown.\n' });
    expect(asked).toEqual([expect.stringMatching(new RegExp(`^${path}\\?.*at=5$`))]);
  });

  it.each(['why 1 --at 5', 'context list --at 5'])('%s is refused: it can show only what is now', async (line) => {
    expect(await run(line)).toMatchObject({ code: 2, err: expect.stringContaining("unknown option '--at'") });
  });

  it('tells of streams, too, with --debug', async () => {
    answer = () => ({ status: 404, body: { detail: 'There is no job 7.' } });
    expect((await run('job watch 7 --debug')).err).toContain(`contractor: GET ${url}/api/rest/feed?job=7: 404\n`);
  });

  it('needs no server to set up BIND', async () => {
    const { code, err } = await run(`dns bind-setup --etc ${os.devNull} --server nonsense`);
    expect([code, err]).toEqual([1, expect.stringContaining('install BIND first')]);
  });
});
