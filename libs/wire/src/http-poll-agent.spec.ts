import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { recordedLog, until } from '#testing';
import { httpPollAgent } from './http-poll-agent.ts';
import type { KeptReport, ReportStore } from './kept-report.ts';
import { pollBackoffMs, pollServer } from './poll-server.ts';
import type { AgentWire, Outcome, Task } from './wire.ts';

interface Asked {
  readonly verb: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly token: string | undefined;
}
type Answer = readonly [status: number, body: unknown];

/** Answers as the first servers do: a small HTTP server that knows their verbs. */
async function startPollServer(answer: (asked: Asked) => Answer): Promise<Server> {
  const server = createServer((socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const end = text.indexOf('\r\n\r\n');
      const length = Number(/^content-length: (\d+)/im.exec(text)?.[1] ?? 0);
      if (end < 0 || Buffer.byteLength(text) < end + 4 + length) return;
      const [verb = '', path = ''] = text.split(' ');
      const body = JSON.parse(text.slice(end + 4) || '{}') as Asked['body'];
      const [status, said] = answer({ verb, path, body, token: /^auth-token: (\S+)/im.exec(text)?.[1] });
      text = '';
      const bytes = Buffer.from(JSON.stringify(said));
      socket.write(`HTTP/1.1 ${status} x\r\nContent-Length: ${bytes.length}\r\nConnection: close\r\n\r\n`);
      socket.end(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

class Shelf implements ReportStore {
  readonly room = true;
  readonly kept: KeptReport[] = [];
  keep = async (report: KeptReport) => void this.kept.push(report);
  remove = async ({ report }: KeptReport) => {
    const index = this.kept.findIndex((one) => one.report.cookie === report.cookie);
    if (index >= 0) this.kept.splice(index, 1);
  };
}

describe('an agent that polls', () => {
  let server: Server;
  let asked: Asked[];
  let open: object[];
  let version: string;
  let sites: string[];
  let valid: string | undefined;
  /** What results are answered with. */
  let results: () => Answer;
  let agent: AgentWire;
  let shelf: Shelf;
  const { log, lines } = recordedLog();
  let logins: number;
  const answer = (it: Asked): Answer => {
    asked.push(it);
    if (it.verb === 'DESCRIBE') return [200, { 'api-version': version }];
    if (it.path === '/api/v1/Auth/User(login)') {
      logins += 1;
      valid = `token${logins}`;
      return it.body['password'] === 'secret' ? [200, valid] : [400, { message: 'Invalid Login' }];
    }
    if (it.token !== valid) return [401, { message: 'Invalid Session' }];
    if (it.path.endsWith('(logout)')) return [200, null];
    if (it.verb === 'GET') return sites.some((site) => it.path.includes(`:${site}:`)) ? [200, {}] : [404, {}];
    if (it.path.endsWith('(getJobs)')) return [200, open.splice(0, Number(it.body['max_jobs']))];
    return results();
  };
  const calls = (name: string) => asked.filter(({ path }) => path.endsWith(`(${name})`));
  const task = (id: number, more: object = {}) => ({
    module: 'ipmi',
    function: 'power',
    cookie: `c${id}`,
    paramaters: { state: 'on' },
    job_id: id,
    ...more,
  });

  beforeEach(async () => {
    [asked, open, version, sites, valid, logins] = [[], [], '1.0', ['berlin'], undefined, 0];
    results = () => [200, 'Accepted'];
    shelf = new Shelf();
    server = await startPollServer(answer);
  });
  afterEach(async () => {
    await agent.stop();
    server.close();
  });

  const start = async (
    work: (task: Task) => Promise<Outcome | undefined>,
    { password = 'secret', limit = 2 }: { readonly password?: string; readonly limit?: number } = {},
  ) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const session = pollServer({ server: url, username: 'agent1', password, log });
    agent = httpPollAgent({
      session,
      server: url,
      everyMs: 10,
      maxRequested: 5,
      store: shelf,
      log,
      backoffMs: () => 5,
    });
    await agent.start({ agent: 'a1', site: 'berlin', modules: { ipmi: limit, off: 0 } }, work);
  };
  const done = async (): Promise<Outcome> => ({ result: { power: 'on' } });

  it('logs in, looks whether its site is there, does what it is handed, and reports', async () => {
    open = [task(1)];
    await start(async ({ job }) => (job === 1 ? done() : { error: 'no such chassis' }));
    await until(() => calls('jobResults').length === 1);
    expect(asked.slice(0, 4).map(({ verb, path }) => `${verb} ${path}`)).toEqual([
      'DESCRIBE /api/v1/',
      'CALL /api/v1/Auth/User(login)',
      'GET /api/v1/Site/Site:berlin:',
      'CALL /api/v1/SubContractor/Dispatch(getJobs)',
    ]);
    expect(calls('getJobs')[0]?.body).toEqual({
      site: '/api/v1/Site/Site:berlin:',
      module_list: ['ipmi'],
      max_jobs: 2,
    });
    expect(calls('jobResults')[0]?.body).toEqual({ job_id: 1, cookie: 'c1', data: { power: 'on' } });
    open = [task(2)];
    await until(() => calls('jobError').length === 1);
    expect(calls('jobError')[0]?.body).toEqual({ job_id: 2, cookie: 'c2', msg: 'no such chassis' });
    expect(await agent.fault?.()).toBeUndefined();
  });

  it('asks for what it has free hands for, and goes on asking with none', async () => {
    const ends: (() => void)[] = [];
    open = [task(1), task(2), task(3), task(1)];
    await start(() => new Promise((resolve) => ends.push(() => resolve({ result: {} }))));
    await until(() => ends.length >= 2);
    const before = calls('getJobs').length;
    await until(() => calls('getJobs').length > before + 3);
    // Slots are those of who does the work; here nobody takes any, so the limit is what is asked for.
    expect(calls('getJobs').every(({ body }) => Number(body['max_jobs']) <= 2)).toBe(true);
    await until(() => ends.length >= 3);
    for (const end of ends) end();
    await until(() => calls('jobResults').length === 3);
    // Handed out once more, it was not begun again.
    expect(
      calls('jobResults')
        .map(({ body }) => String(body['cookie']))
        .toSorted(),
    ).toEqual(['c1', 'c2', 'c3']);
  });

  it('begins a new session where its own is over, once however many want one', async () => {
    open = [task(1), task(2)];
    const ends: (() => void)[] = [];
    await start(() => new Promise((resolve) => ends.push(() => resolve({ result: {} }))));
    await until(() => ends.length === 2);
    valid = undefined;
    for (const end of ends) end();
    await until(() => calls('jobResults').filter(({ token }) => token === 'token2').length === 2);
    expect(logins).toBe(2);
  });

  it('drops a result that is refused, and sends again what was not taken', async () => {
    const answers: Answer[] = [
      [400, { class: 'BAD_COOKIE' }],
      [500, 'oops'],
      [200, 'Error'],
      [200, 'Accepted'],
    ];
    results = () => answers.shift() ?? [200, 'Accepted'];
    open = [task(1)];
    await start(done);
    await until(() => lines.some(({ message }) => message === 'a result is refused, and dropped'));
    open = [task(2)];
    await until(() => answers.length === 0 && calls('jobResults').length === 4);
    expect(calls('jobResults').map(({ body }) => String(body['cookie']))).toEqual(['c1', 'c2', 'c2', 'c2']);
    await until(() => shelf.kept.length === 0);
  });

  it('keeps a result that cannot be sent, and does not begin its task again after a restart', async () => {
    results = () => [503, 'away'];
    open = [task(1)];
    await start(done);
    await until(() => shelf.kept.length === 1);
    await agent.stop();
    expect(shelf.kept).toHaveLength(1);
    results = () => [200, 'Accepted'];
    open = [task(1)];
    const begun: Task[] = [];
    await start(async (it) => {
      begun.push(it);
      return done();
    });
    await until(() => shelf.kept.length === 0);
    await until(() => open.length === 0);
    expect(begun).toEqual([]);
  });

  it.each<[string, () => void, string]>([
    ['a server of another version', () => (version = '2.0'), 'speaks version "2.0" of the API, and not 1.0'],
    ['a site that is not there', () => (sites = []), 'there is no site "berlin"'],
  ])('tells of %s once, and tries again for ever', async (_, spoil, reason) => {
    spoil();
    await start(done);
    await until(async () => (await agent.fault?.())?.includes(reason) ?? false);
    const before = asked.length;
    await until(() => asked.length > before + 4);
    expect(lines.filter((line) => String(line['reason']).includes(reason))).toHaveLength(1);
    [version, sites] = ['1.0', ['berlin']];
    open = [task(1)];
    await until(() => calls('jobResults').length === 1);
  });

  it('waits longer and longer, a minute at the most', () => {
    expect([1, 2, 3, 4, 10, 1000].map((attempt) => pollBackoffMs(attempt, () => 0))).toEqual([
      0, 10_000, 16_000, 20_000, 30_000, 30_000,
    ]);
    expect(pollBackoffMs(1000, () => 1)).toBe(60_000);
  });
});
