import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startNatsServer, until } from '#testing';
import { transactionsOf } from './count-of.ts';
import type { Limit } from './limit.ts';
import { loadedServer } from './loaded-server.ts';
import { processorTime } from './processor-time.ts';

const INSTALLATION = 'idle';

/**
 * What a server costs that has nothing to do: `idle [--sites 1000] [--seconds 30]`. First without agents, then with one that
 * announces itself for each site.
 */
export async function run(args: string[], limit: Limit): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { sites: { type: 'string', default: '1000' }, seconds: { type: 'string', default: '30' } },
  });
  const sites = Number(values.sites);
  const seconds = Number(values.seconds);
  const nats = await startNatsServer();
  const server = await loadedServer(undefined, { NATS_URL: nats.url, CONTRACTOR_INSTALLATION: INSTALLATION });
  const script = fileURLToPath(new URL('jobs/idle-agents.ts', import.meta.url));
  let agents: ReturnType<typeof spawn> | undefined;
  try {
    await limit.step(`${sites} sites were made`, () => server.makeSites(0, sites));
    const measure = async (what: string): Promise<void> => {
      const cpu = await processorTime(server.pid);
      const commits = await transactionsOf(server.databaseUrl);
      const begun = performance.now();
      await sleep(seconds * 1000);
      const spent = (performance.now() - begun) / 1000;
      const share = (100 * ((await processorTime(server.pid)) - cpu)) / spent;
      // Asking how many there were is one itself.
      const rate = ((await transactionsOf(server.databaseUrl)) - commits - 1) / spent;
      console.log(`${what}: ${share.toFixed(2)} % of a core, ${rate.toFixed(1)} transactions/s`);
    };
    await limit.step('it was idle without agents', async () => {
      await sleep(5000);
      await measure(`${sites} sites without agents`);
    });
    agents = spawn(process.execPath, [...process.execArgv, script, nats.url, INSTALLATION, String(sites)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const known = async (): Promise<boolean> => {
      const health = (await (await fetch(`${server.url}/health`)).json()) as {
        readonly checks: { readonly subcontractors: { readonly agents?: number } };
      };
      return health.checks.subcontractors.agents === sites;
    };
    await limit.step('all agents were known', () => until(known, 300_000));
    await limit.step('it was idle', async () => {
      await sleep(10_000);
      await measure(`${sites} sites with an agent each`);
    });
  } finally {
    const ended = agents && once(agents, 'close');
    agents?.kill('SIGKILL');
    await ended;
    await server.stop();
    await nats.stop();
  }
}
