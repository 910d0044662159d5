import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CinpClient } from '#cinp';
import type { TestContractor } from '#testing';
import { ADMIN_PASSWORD, startContractor } from '#testing';
import type { Limit } from './limit.ts';

const JOB = '/api/v1/Foreman/FoundationJob';
const SITE = '/api/v1/Site/Site:bench:';

/** Two tasks and a decision; the port is open from the start, so nothing waits. */
const script = (port: number): string => `
begin( description="Look at the host" )
  received = iputils.ping( target="127.0.0.1", count=1 )
  if ( received < 50 ) then
    fatal_error( msg="too many echoes were lost" )
  iputils.wait_for_port( target="127.0.0.1", port=${port} )
end
`;
/** Tasks of one job. */
const STEPS = 2;

/**
 * Builds foundations, each by a job of two tasks, on a server with everything embedded, and prints jobs and steps per
 * second from the first request to the last foundation built. Argument: the number of jobs (100).
 */
export async function run([count = '100']: string[], limit: Limit): Promise<void> {
  const jobs = Number(count);
  const data = await mkdtemp(path.join(os.tmpdir(), 'contractor-bench-'));
  await chmod(data, 0o755);
  const listener = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  let server: TestContractor | undefined;
  try {
    server = await startContractor({ CONTRACTOR_DATA: data });
    const client = new CinpClient(server.url);
    await limit.step('logging in', () => client.login('root', ADMIN_PASSWORD));
    const { port } = listener.address() as AddressInfo;
    await limit.step('making site, script and blueprint', () => prepare(client, port));
    const blueprint = '/api/v1/BluePrint/FoundationBluePrint:bench:';
    const locators = Array.from({ length: jobs }, (_, n) => `host${n}`);
    await limit.step(`making ${jobs} foundations`, () =>
      inParallel(8, locators, (locator) =>
        client.create('/api/v1/Manual/ManualFoundation', { site: SITE, locator, blueprint }),
      ),
    );

    const begun = performance.now();
    await limit.step(`asking for ${jobs} jobs`, () =>
      inParallel(8, locators, (locator) => client.call(`/api/v1/Building/Foundation:${locator}:(doCreate)`)),
    );
    const asked = performance.now();
    await limit.step(`waiting for the end of ${jobs} jobs`, () => allEnded(client));
    const seconds = (performance.now() - begun) / 1000;

    const log = await client.list('/api/v1/Foreman/JobLog', { count: 1 });
    if (log.total !== jobs) throw new Error(`${log.total} of ${jobs} jobs are in the log`);
    const rate = (n: number) => (n / seconds).toFixed(1);
    process.stdout.write(
      `${jobs} jobs of ${STEPS} tasks in ${seconds.toFixed(2)} s (asked for in ${((asked - begun) / 1000).toFixed(2)} s): ` +
        `${rate(jobs)} jobs/s, ${rate(jobs * STEPS)} steps/s\n`,
    );
  } finally {
    listener.close();
    await server?.stop();
    await rm(data, { recursive: true, force: true });
  }
}

/** Resolves when no job is left. @throws Error where one will not end by itself, with what it says */
async function allEnded(client: CinpClient): Promise<void> {
  for (;;) {
    const { total, uris } = await client.list(JOB, { count: 1 });
    const [first] = uris;
    if (total === 0 || first === undefined) return;
    const { state, message } = await client.get(first).catch(() => ({ state: 'done', message: '' }));
    if (['error', 'aborted', 'paused'].includes(String(state))) {
      throw new Error(`${total} jobs are left, and ${first} is in ${String(state)}: ${String(message)}`);
    }
    await sleep(20);
  }
}

async function prepare(client: CinpClient, port: number): Promise<void> {
  await client.create('/api/v1/Site/Site', { name: 'bench', description: 'bench' });
  await client.create('/api/v1/BluePrint/Script', { name: 'look', description: 'looks', script: script(port) });
  await client.create('/api/v1/BluePrint/FoundationBluePrint', {
    name: 'bench',
    description: 'bench',
    foundation_type_list: ['Manual'],
  });
  await client.create('/api/v1/BluePrint/BluePrintScript', {
    blueprint: '/api/v1/BluePrint/BluePrint:bench:',
    script: '/api/v1/BluePrint/Script:look:',
    name: 'create',
  });
}

async function inParallel<T>(width: number, items: readonly T[], task: (item: T) => Promise<unknown>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await task(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
