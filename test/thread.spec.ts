import { mkdtemp, chmod, rm } from 'node:fs/promises';
import type { Server } from 'node:net';
import { createServer } from 'node:net';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type pg from 'pg';
import { CinpClient, InvalidRequest } from '#cinp';
import { hashOf } from '#event-store';
import { iputils } from '#platforms/iputils/agent';
import type { RunningProgram, TestContractor } from '#testing';
import { ADMIN_PASSWORD, freePort, startContractor, startNatsServer, startProgram, testDatabase } from '#testing';
import type { EventRow } from '../libs/event-store/src/event-row.ts';

jest.setTimeout(900_000);

type Values = Readonly<Record<string, unknown>>;

/** The one that agents serve; each walk has a foundation, a script and a blueprint of its own at it. */
const SITE = '/api/v1/Site/Site:site1:';

const script = (port: number): string => `
begin( description="Look at the host", expected_time=1:00 )
  received = iputils.ping( target="127.0.0.1", count=1 )
  if ( received < 50 ) then
    fatal_error( msg=( "only " . received ) )
  iputils.wait_for_port( target="127.0.0.1", port=${port} )
end
`;

/** How long the steps of a test may take on a busy machine, in milliseconds. */
const LIMIT_MS = 300_000;

/** Tries again while the server is away. */
async function persist<T>(task: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    try {
      return await task();
    } catch (error) {
      if (error instanceof InvalidRequest || Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

async function until<T>(task: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const value = await task();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error('it did not come to that in time');
    await sleep(50);
  }
}

/** What an operator does, with the client of an operator; every step may be repeated. */
class Walk {
  readonly client: CinpClient;
  /** Of its foundation, and of what that is made by. */
  readonly name: string;
  readonly foundation: string;

  constructor(url: string, name: string) {
    this.client = new CinpClient(url, { version: '0.9' });
    this.name = name;
    this.foundation = `/api/v1/Building/Foundation:${name}:`;
  }

  async login(): Promise<void> {
    await persist(() => this.client.login('root', ADMIN_PASSWORD));
  }

  async create(model: string, values: Values): Promise<void> {
    await persist(() => this.client.create(model, values)).catch((error: unknown) => {
      // Its answer was lost when the server was killed, or the request never arrived: then the retry finds it there.
      if (!/already exists/.test(JSON.stringify((error as InvalidRequest).body))) throw error;
    });
  }

  steps(port: number): (() => Promise<void>)[] {
    const { name } = this;
    const blueprint = `/api/v1/BluePrint/FoundationBluePrint:${name}:`;
    return [
      () => this.create('/api/v1/Site/Site', { name: 'site1', description: 'the first' }),
      () => this.create('/api/v1/BluePrint/Script', { name, description: 'looks', script: script(port) }),
      () =>
        this.create('/api/v1/BluePrint/FoundationBluePrint', {
          name,
          description: 'by hand',
          foundation_type_list: ['Manual'],
        }),
      () =>
        this.create('/api/v1/BluePrint/BluePrintScript', {
          blueprint: `/api/v1/BluePrint/BluePrint:${name}:`,
          script: `/api/v1/BluePrint/Script:${name}:`,
          name: 'create',
        }),
      () => this.create('/api/v1/Manual/ManualFoundation', { site: SITE, locator: name, blueprint }),
      async () => {
        await persist(() => this.client.call(`${this.foundation}(doCreate)`)).catch((error: unknown) => {
          if ((error as InvalidRequest).code !== 'JOB_EXISTS') throw error;
        });
      },
    ];
  }

  job = (): Promise<Values | undefined> =>
    persist(async () => {
      const uri = await this.client.call<string | null>(`${this.foundation}(getJob)`);
      return uri === null ? undefined : this.client.get(uri).catch(() => undefined);
    });

  message = async (): Promise<string> => JSON.stringify((await this.job())?.['message'] ?? '');

  built = (): Promise<boolean> => persist(async () => (await this.client.get(this.foundation))['state'] === 'built');

  /** What must hold when all is over. */
  async expectDone(): Promise<void> {
    const { client, foundation } = this;
    expect(await client.call(`${foundation}(getJob)`)).toBeNull();
    const open = await client.getMulti((await client.list('/api/v1/Foreman/FoundationJob')).uris);
    expect([...open.values()].filter((job) => job['foundation'] === foundation)).toEqual([]);
    const over = await client.getMulti((await client.list('/api/v1/Foreman/JobLog')).uris);
    expect([...over.values()].filter((job) => job['target_id'] === this.name)).toMatchObject([
      {
        site: SITE,
        target_class: 'Foundation',
        script_name: 'create',
        creator: 'root',
        started_at: expect.any(String),
        finished_at: expect.any(String),
      },
    ]);
  }
}

/** What the log must hold when all is over, however often somebody was killed: each effect once, every chain whole. */
async function expectWholeLog(pool: pg.Pool, name: string): Promise<void> {
  const { rows } = await pool.query<EventRow>('SELECT * FROM log.events ORDER BY stream, revision');
  const jobs = new Set(
    rows
      .filter(({ type, data }) => type === 'JobCreated' && (JSON.parse(data) as JobCreated).target.id === name)
      .map(({ stream }) => stream),
  );
  const own = rows.filter(({ stream }) => jobs.has(stream) || stream === `foundation-${name}`);
  const count = (type: string) => own.filter((row) => row.type === type).length;
  for (const type of ['JobCreated', 'JobStarted', 'FoundationTaken', 'FoundationLocated', 'FoundationBuilt']) {
    expect([type, count(type)]).toEqual([type, 1]);
  }
  expect([count('FoundationReleased'), count('JobEnded')]).toEqual([1, 1]);
  const tasks = own
    .filter(({ type }) => type === 'JobStepCompleted')
    .map(({ data }) => (JSON.parse(data) as { task: string }).task);
  expect(tasks).toEqual([...new Set(tasks)]);
  let previous: { stream: string; hash: string; at: string } | undefined;
  for (const row of rows) {
    const meta = JSON.parse(row.meta) as { prev: string; at: string };
    const before = previous?.stream === row.stream ? previous : undefined;
    expect(meta.prev).toBe(before?.hash ?? '');
    expect(meta.at > (before?.at ?? '')).toBe(true);
    previous = { stream: row.stream, hash: hashOf(row.stream, Number(row.revision), row), at: meta.at };
  }
}

interface JobCreated {
  readonly target: { readonly id: string };
}

/** One way tasks reach an agent. */
interface Form {
  readonly server: TestContractor;
  /** Where the log can be read directly; the embedded one is looked at through the API only. */
  readonly pool?: pg.Pool;
  /** Ends the agent the hard way, with whatever it is at work on, and starts it again. */
  readonly killAgent?: () => Promise<void>;
  readonly tearDown: () => Promise<void>;
}

/** Everything in one process. */
async function embedded(): Promise<Form> {
  const data = await mkdtemp(path.join(os.tmpdir(), 'contractor-thread-'));
  await chmod(data, 0o755);
  const server = await startContractor({ CONTRACTOR_DATA: data });
  return {
    server,
    tearDown: async () => {
      await server.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** A subcontractor of its own, reached over NATS. */
async function overNats(): Promise<Form> {
  const [database, nats] = await Promise.all([testDatabase(), startNatsServer()]);
  const server = await startContractor({ DATABASE_URL: database.url, NATS_URL: nats.url });
  const settings = { NATS_URL: nats.url, SUBCONTRACTOR_SITE: 'site1' };
  // It serves as soon as its site is there.
  const startAgent = () => startProgram('apps/subcontractor/src/main', settings, 'connected to NATS');
  let agent: RunningProgram = await startAgent();
  return {
    server,
    pool: database.pool,
    killAgent: async () => {
      await agent.kill();
      agent = await startAgent();
    },
    tearDown: async () => {
      await Promise.all([agent.stop(), server.stop()]);
      await nats.stop();
      await database.drop();
    },
  };
}

/** An agent that polls over HTTP as the existing ones do. */
async function overHttp(): Promise<Form> {
  const database = await testDatabase();
  const server = await startContractor({ DATABASE_URL: database.url, CONTRACTOR_SUBCONTRACTOR: 'none' });
  let poller = startPoller(server.url);
  return {
    server,
    pool: database.pool,
    killAgent: async () => {
      await poller.stop();
      poller = startPoller(server.url);
    },
    tearDown: async () => {
      await poller.stop();
      await server.stop();
      await database.drop();
    },
  };
}

/** Polls, does what it is given, and reports; stopped, it forgets everything, like a process that was killed. */
function startPoller(url: string): { stop(): Promise<void> } {
  const client = new CinpClient(url, { version: '1.0' });
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = async (): Promise<void> => {
    await persist(() => client.login('root', ADMIN_PASSWORD));
    while (!signal.aborted) {
      const tasks = await client
        .call<PolledTask[]>('/api/v1/SubContractor/Dispatch(getJobs)', {
          site: SITE,
          module_list: ['iputils'],
          max_jobs: 5,
        })
        .catch(() => []);
      for (const { job_id, cookie, function: name, paramaters } of tasks) {
        const data = await iputils.tasks[name](paramaters as never, {
          task: '',
          job: job_id,
          signal,
          credentials: async () => null,
          debug: () => undefined,
        });
        if (signal.aborted) return;
        const report = () => client.call('/api/v1/SubContractor/Dispatch(jobResults)', { job_id, cookie, data });
        expect(await persist(report)).toBe('Accepted');
        // Said twice, as after an answer that was lost: accepted, and done once.
        expect(await persist(report)).toBe('Accepted');
      }
      await sleep(50);
    }
  };
  const running = loop();
  return {
    stop: async () => {
      stopping.abort();
      await running.catch((error: unknown) => {
        if ((error as Error).name !== 'AbortError') throw error;
      });
    },
  };
}

interface PolledTask {
  readonly job_id: number;
  readonly cookie: string;
  readonly function: keyof typeof iputils.tasks;
  readonly paramaters: Values;
}

let port: number;
let listener: Server | undefined;

const openPort = async (): Promise<void> => {
  listener = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1');
  await once(listener, 'listening');
};

describe.each([
  { name: 'everything in one process', setUp: embedded, agentApart: false, killed: 0 },
  { name: 'a subcontractor reached over NATS', setUp: overNats, agentApart: true, killed: 1 },
  { name: 'an agent that polls over HTTP', setUp: overHttp, agentApart: true, killed: 2 },
])('one job from end to end: $name', ({ setUp, agentApart, killed }) => {
  let form: Form;
  beforeAll(async () => {
    form = await setUp();
  });
  afterAll(() => form.tearDown());
  afterEach(() => {
    listener?.close();
    listener = undefined;
  });

  const begin = async (name: string): Promise<Walk> => {
    port = await freePort();
    const walk = new Walk(form.server.url, name);
    await walk.login();
    return walk;
  };
  const waitsForPort = (walk: Walk) => until(async () => (await walk.message()).includes('closed'));
  const finish = async (walk: Walk) => {
    await until(walk.built);
    await until(async () => (await walk.job()) === undefined);
    await walk.expectDone();
    if (form.pool) await expectWholeLog(form.pool, walk.name);
  };

  it('waits while the port is closed, says so, and builds the foundation when it opens', async () => {
    const walk = await begin('host1');
    const { client, foundation } = walk;
    expect(await client.call('/api/v1/Auth/User(whoami)')).toBe('root');
    for (const step of walk.steps(port)) await step();
    await expect(client.call(`${foundation}(doCreate)`)).rejects.toMatchObject({
      body: { exception: 'ForemanException', error: 'JOB_EXISTS', message: 'target has an existing job' },
    });
    await waitsForPort(walk);
    expect(await walk.job()).toMatchObject({ state: 'queued', site: SITE, can_start: 'True', foundation });
    expect(await client.get(foundation)).toMatchObject({ state: 'located' });
    await openPort();
    await finish(walk);
  });

  it('comes to the same end when the server is killed at any point', async () => {
    const walk = await begin('host2');
    const { server } = form;
    const killAfter = async (wait: number): Promise<void> => {
      await sleep(wait);
      await server.kill();
      await server.start();
    };
    // After every third step of the way here; the ways of agents take turns.
    for (const [n, step] of walk.steps(port).entries()) {
      await step();
      if (n % 3 === killed) await killAfter(0);
    }
    for (const wait of [20, 150]) await killAfter(wait);
    await waitsForPort(walk);
    await openPort();
    await killAfter(5);
    await finish(walk);
  });

  // The agent inside the server dies with it: that is the test before.
  if (agentApart) {
    it('comes to the same end when the agent is killed at any point', async () => {
      const walk = await begin('host3');
      for (const step of walk.steps(port)) await step();
      for (const wait of [10, 120]) {
        await sleep(wait);
        await form.killAgent?.();
      }
      await waitsForPort(walk);
      await openPort();
      await finish(walk);
    });
    return;
  }

  it('refuses a wrong password and a script with a fault, and says where the fault is', async () => {
    const { client } = new Walk(form.server.url, 'nobody');
    await expect(client.login('root', 'wrong')).rejects.toMatchObject({ message: 'Invalid Login' });
    await client.login('root', ADMIN_PASSWORD);
    const bad = { name: 'bad', description: 'broken', script: 'begin()\n  one = \nend\n' };
    await expect(client.create('/api/v1/BluePrint/Script', bad)).rejects.toMatchObject({
      body: { script: [expect.stringMatching(/^Script is invalid: line 2 column \d+: /)] },
    });
  });
});
