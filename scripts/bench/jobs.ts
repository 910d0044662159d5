import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { transactionsOf } from './count-of.ts';
import { allQueued, CLIENTS, createJobs, makeFoundations, prepare, stepsOf } from './jobs/job-server.ts';
import type { PollingResult } from './jobs/polling-load.ts';
import { turnRoundsOn } from './jobs/turn-rounds.ts';
import { withSubcontractor } from './jobs/with-subcontractor.ts';
import type { Limit } from './limit.ts';
import type { LoadedServer } from './loaded-server.ts';
import { loadedServer } from './loaded-server.ts';
import { processorTime } from './processor-time.ts';
import { residentMemory } from './resident-memory.ts';

/** How many tasks an agent that polls asks for at a time. */
const FULL_POLL = 100;
/** How long a step takes whose job is watched, in milliseconds. */
const STEP_MS = 4000;
/** Jobs that wait for an agent meanwhile. */
const QUEUED = 5000;
/** How long everything may settle after they were made, in milliseconds. */
const SETTLE_MS = 15_000;

/** A build that is measured. */
interface Build {
  readonly name: string;
  /** Its folder; this one where none is given. */
  readonly folder: string | undefined;
  /** The line of the script that is a step over NATS, and its module. */
  readonly step: (port: number) => string;
  readonly module: string;
  /** Settings of its server. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Measures jobs: `jobs [--beside FOLDER] [--seconds 60] [--jobs 1000] [--only create|poll|nats|turn] [--node-options '...']`. A
 * thousand jobs, each an endless row of steps; over the HTTP poll with eight clients, over NATS with a subcontractor of its
 * own, and how soon a job goes on. Where another build is given, it is measured in the same run.
 */
export async function run(args: string[], limit: Limit): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      beside: { type: 'string' },
      seconds: { type: 'string', default: '60' },
      jobs: { type: 'string', default: '1000' },
      only: { type: 'string' },
      'node-options': { type: 'string', default: '' },
    },
  });
  const seconds = Number(values.seconds);
  const jobs = Number(values.jobs);
  const settings = { NODE_OPTIONS: values['node-options'] };
  const step = () => 'test.act_again( name="one" )';
  const builds: Build[] = [{ name: 'this build', folder: undefined, module: 'test', step, settings }];
  if (values.beside !== undefined) {
    const step = (port: number) => `iputils.wait_for_port( target="127.0.0.1", port=${port} )`;
    builds.unshift({ name: values.beside, folder: values.beside, module: 'iputils', step, settings: {} });
  }
  const wanted = (what: string): boolean => (values.only ?? what) === what;
  for (const build of builds) {
    if (wanted('create')) await limit.step(`${build.name}, jobs made`, () => jobsMade(build, jobs));
    if (wanted('poll')) await limit.step(`${build.name} over the poll`, () => overPoll(build, jobs, seconds));
    if (wanted('nats')) await limit.step(`${build.name} over NATS`, () => overNats(build, jobs, seconds));
    if (wanted('turn') && build.folder === undefined) {
      await limit.step('turn-rounds', () => turnRounds(build, jobs, seconds));
    }
  }
}

const print = (build: Build, what: string, text: string): void =>
  void process.stdout.write(`${build.name}: ${what}: ${text}\n`);

/** How soon jobs are made, and what of everything else they cause falls to each. */
async function jobsMade(build: Build, jobs: number): Promise<void> {
  const server = await loadedServer(build.folder, { ...build.settings, CONTRACTOR_SUBCONTRACTOR: 'none' });
  try {
    await prepare(server, 'iputils.ping( target="127.0.0.1" )');
    await makeFoundations(server, { count: jobs });
    let rate = 0;
    await measured(server, build, 'doCreate', async () => {
      const start = performance.now();
      rate = await createJobs(server, { count: jobs });
      await allQueued(server, jobs);
      return { steps: jobs, seconds: (performance.now() - start) / 1000 };
    });
    print(build, 'doCreate', `${rate.toFixed(0)}/s with ${CLIENTS} clients`);
  } finally {
    await server.stop();
  }
}

async function overPoll(build: Build, jobs: number, seconds: number): Promise<void> {
  const server = await loadedServer(build.folder, { ...build.settings, CONTRACTOR_SUBCONTRACTOR: 'none' });
  try {
    await prepare(server, 'iputils.ping( target="127.0.0.1" )');
    await makeFoundations(server, { count: jobs });
    await createJobs(server, { count: jobs });
    await allQueued(server, jobs);
    const figures = await measured(server, build, 'poll', () =>
      poll(server, { clients: CLIENTS, seconds, most: FULL_POLL, report: true }),
    );
    print(build, 'a poll that hands out 100 tasks', `${figures.fullPoll.toFixed(0)} ms (with ${CLIENTS} at a time)`);
    // Everything is in the hands of agents, and nothing is left to be handed out.
    await poll(server, { clients: 1, seconds: 3, most: FULL_POLL, report: false });
    const idle = await poll(server, { clients: 1, seconds: 3, most: FULL_POLL, report: false });
    print(
      build,
      `a poll with nothing to give, ${jobs} in flight`,
      `${((idle.seconds * 1000) / idle.polls).toFixed(1)} ms`,
    );
  } finally {
    await server.stop();
  }
}

async function overNats(build: Build, jobs: number, seconds: number): Promise<void> {
  const listener = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  try {
    await withSubcontractor(build, async ({ server, agent }) => {
      await prepare(server, build.step(port));
      await makeFoundations(server, { count: jobs });
      await createJobs(server, { count: jobs });
      await allQueued(server, jobs);
      const before = await processorTime(agent.pid);
      const found = await measured(server, build, 'NATS', async () => {
        const begun = await stepsOf(server);
        const start = performance.now();
        await sleep(seconds * 1000);
        const spent = (performance.now() - start) / 1000;
        return { steps: (await stepsOf(server)) - begun, seconds: spent };
      });
      const each = (((await processorTime(agent.pid)) - before) * 1000) / found.steps;
      print(build, 'NATS', `the subcontractor takes ${each.toFixed(2)} ms of processor time for a step`);
    });
  } finally {
    listener.close();
  }
}

/**
 * How soon a job whose steps take four seconds has its next task at the agent, also beside five thousand that wait for an
 * agent.
 */
async function turnRounds(build: Build, jobs: number, seconds: number): Promise<void> {
  await withSubcontractor(build, async ({ server, nats }) => {
    await prepare(server, `test.act_again( name="one", delay_ms=${STEP_MS} )`);
    await makeFoundations(server, { count: jobs });
    await createJobs(server, { count: jobs });
    await allQueued(server, jobs);
    await sleep(SETTLE_MS);
    const watch = async (what: string): Promise<void> => {
      const { count, p50, p95 } = await turnRoundsOn(nats.url, seconds);
      print(
        build,
        `result in to next task out, ${what}`,
        `p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms of ${count}`,
      );
    };
    const load = `${jobs} jobs with steps of ${STEP_MS / 1000} s`;
    await watch(load);
    await server.client.create('/api/v1/Site/Site', { name: 'unserved', description: 'no agent serves it' });
    await makeFoundations(server, { from: jobs, count: QUEUED }, { site: 'unserved' });
    await createJobs(server, { from: jobs, count: QUEUED });
    await allQueued(server, jobs + QUEUED);
    // What making them has caused is over then.
    await sleep(SETTLE_MS);
    await watch(`${load}, and ${QUEUED} that wait for an agent`);
  });
}

/** Runs a load and prints what a step of it costs. */
async function measured<R extends { readonly steps: number; readonly seconds: number }>(
  server: LoadedServer,
  build: Build,
  what: string,
  load: () => Promise<R>,
): Promise<R> {
  const before = [
    await transactionsOf(server.databaseUrl),
    await processorTime(server.pid),
    await server.processorTime(),
  ];
  const result = await load();
  const after = [
    await transactionsOf(server.databaseUrl),
    await processorTime(server.pid),
    await server.processorTime(),
  ];
  const { steps, seconds } = result;
  const [commits = 0, own = 0, all = 0] = after.map((value, n) => (value - (before[n] ?? 0)) / steps);
  const memory = await residentMemory(server.pid);
  print(
    build,
    what,
    `${(steps / seconds).toFixed(0)} steps/s over ${seconds.toFixed(0)} s; a step takes ${(own * 1000).toFixed(2)} ms of processor ` +
      `time in the server, ${((all - own) * 1000).toFixed(2)} in the database, and ${commits.toFixed(2)} transactions; ` +
      `the server has ${memory.toFixed(0)} MB`,
  );
  return result;
}

async function poll(
  server: LoadedServer,
  load: { readonly clients: number; readonly seconds: number; readonly most: number; readonly report: boolean },
): Promise<PollingResult> {
  const script = fileURLToPath(new URL('jobs/polling-load.ts', import.meta.url));
  const { clients, seconds, most, report } = load;
  const given = [server.url, server.token, clients, seconds, most, report ? 1 : 0].map(String);
  const child = spawn(process.execPath, [...process.execArgv, script, ...given], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (part: Buffer) => (text += part.toString()));
  await once(child, 'close');
  return JSON.parse(text) as PollingResult;
}
