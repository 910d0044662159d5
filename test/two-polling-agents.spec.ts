import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { CinpClient } from '#cinp';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, testDatabase } from '#testing';

jest.setTimeout(600_000);

/** How long a step may take on a busy machine, in milliseconds. */
const LIMIT_MS = 120_000;
const POLL_MS = 20;

interface PolledTask {
  readonly job_id: number;
  readonly cookie: string;
  readonly function: string;
}

const siteUri = (name: string): string => `/api/v1/Site/Site:${name}:`;

/** An agent as the existing ones are: all log in with the account of the administrator, from one address. */
class Poller {
  readonly client: CinpClient;
  readonly #site: string;
  readonly #module: string;

  constructor(url: string, site: string, module: string) {
    this.client = new CinpClient(url, { version: '1.0' });
    this.#site = siteUri(site);
    this.#module = module;
  }

  login = () => this.client.login('root', ADMIN_PASSWORD);
  poll = (): Promise<PolledTask[]> =>
    this.client.call('/api/v1/SubContractor/Dispatch(getJobs)', { site: this.#site, module_list: [this.#module] });
  report = ({ job_id, cookie }: PolledTask, data: Readonly<Record<string, unknown>>) =>
    this.client.call('/api/v1/SubContractor/Dispatch(jobResults)', { job_id, cookie, data });

  /** Polls again and again; stopped, it gives what it was handed. */
  keepPolling(): { stop(): Promise<PolledTask[]> } {
    const stopping = new AbortController();
    const handed: PolledTask[] = [];
    const loop = (async () => {
      while (!stopping.signal.aborted) {
        handed.push(...(await this.poll()));
        await sleep(POLL_MS);
      }
      return handed;
    })();
    return {
      stop: () => {
        stopping.abort();
        return loop;
      },
    };
  }

  /** Polls until it is handed a task. */
  async task(): Promise<PolledTask> {
    const deadline = Date.now() + LIMIT_MS;
    for (;;) {
      const [task] = await this.poll();
      if (task) return task;
      if (Date.now() > deadline) throw new Error('it was handed no task');
      await sleep(POLL_MS);
    }
  }
}

describe('agents that poll with one account from one address', () => {
  let database: TestDatabase;
  let server: TestContractor;
  let operator: CinpClient;

  const built = async (locator: string) =>
    (await operator.get(`/api/v1/Building/Foundation:${locator}:`))['state'] === 'built';

  /** Has a foundation built whose script is this line. */
  async function build(site: string, locator: string, line: string): Promise<void> {
    await operator.create('/api/v1/BluePrint/Script', { name: `do-${locator}`, description: 'x', script: `${line}\n` });
    await operator.create('/api/v1/BluePrint/FoundationBluePrint', {
      name: `bp-${locator}`,
      description: 'x',
      foundation_type_list: ['Manual'],
    });
    await operator.create('/api/v1/BluePrint/BluePrintScript', {
      blueprint: `/api/v1/BluePrint/BluePrint:bp-${locator}:`,
      script: `/api/v1/BluePrint/Script:do-${locator}:`,
      name: 'create',
    });
    await operator.create('/api/v1/Manual/ManualFoundation', {
      site: siteUri(site),
      locator,
      blueprint: `/api/v1/BluePrint/FoundationBluePrint:bp-${locator}:`,
    });
    await operator.call(`/api/v1/Building/Foundation:${locator}:(doCreate)`);
  }

  beforeAll(async () => {
    database = await testDatabase();
    server = await startContractor({ DATABASE_URL: database.url, CONTRACTOR_SUBCONTRACTOR: 'none' });
    operator = new CinpClient(server.url);
    await operator.login('root', ADMIN_PASSWORD);
    // Each test has sites of its own, and hosts that are called as they are.
    for (const name of ['sites1', 'sites2', 'modules1', 'again1']) {
      await operator.create('/api/v1/Site/Site', { name, description: 'x' });
    }
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const PING = 'received = iputils.ping( target="127.0.0.1" )';

  it.each([
    ['different sites', 'sites1', 'sites2', 'iputils', PING, { result: 100 }],
    ['different modules', 'modules1', 'modules1', 'test', 'test.act( name="disk" )', { effects: 1 }],
  ])('for %s both finish everything', async (_, first, site, module, line, result) => {
    const [host, otherHost] = [`${first}-host`, `${site}-other`];
    const one = new Poller(server.url, first, 'iputils');
    const other = new Poller(server.url, site, module);
    await one.login();
    await other.login();
    await Promise.all([one.poll(), other.poll()]);
    await build(first, host, PING);
    const ones = await one.task();
    const polls = one.keepPolling();
    await build(site, otherHost, line);
    const others = await other.task();
    // Both are at work and go on polling, and a third one logs in.
    const third = new Poller(server.url, first, 'manual');
    await third.login();
    for (let n = 0; n < 5; n += 1) expect([await third.poll(), await other.poll()]).toEqual([[], []]);
    expect(await polls.stop()).toEqual([]);
    expect(await one.report(ones, { result: 100 })).toBe('Accepted');
    expect(await other.report(others, result)).toBe('Accepted');
    expect([await built(host), await built(otherHost)]).toEqual([true, true]);
  });

  it('that start again are handed their tasks once more when the old session has been silent for three intervals', async () => {
    await build('again1', 'again1-host', PING);
    const dead = new Poller(server.url, 'again1', 'iputils');
    await dead.login();
    const first = await dead.task();
    for (let n = 0; n < 3; n += 1) await dead.poll();
    const restarted = new Poller(server.url, 'again1', 'iputils');
    await restarted.login();
    const again = await restarted.task();
    expect(again).toMatchObject({ job_id: first.job_id, function: 'ping' });
    expect(again.cookie).not.toBe(first.cookie);
    expect(await restarted.report(again, { result: 100 })).toBe('Accepted');
    expect(await built('again1-host')).toBe(true);
  });
});
