import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { CinpClient } from '#cinp';
import type { Named } from '#testing';
import { ADMIN_PASSWORD, startNamed } from '#testing';
import type { Limit } from './limit.ts';
import type { LoadedServer } from './loaded-server.ts';
import { loadedServer } from './loaded-server.ts';
import { median } from './median.ts';

const execute = promisify(execFile);

/** How many hosts are made at a time. */
const CLIENTS = 16;
/** Usable addresses of the block that hosts are put into, each but the last of its /24. */
const PER_24 = 250;
/** How long an answer is waited for, in milliseconds. */
const TIMEOUT_MS = 60_000;

interface Host {
  readonly name: string;
  readonly address: string;
  /** Of the /24 it is in. */
  readonly first: number;
}

/**
 * Measures when BIND answers a change: `dns [--hosts 10000] [--rounds 20]`. All hosts are in one zone; in each round one of
 * them gets another address, and `dig` is asked for it until it says so, from the moment the command was answered.
 */
export async function run(args: string[], limit: Limit): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { hosts: { type: 'string', default: '10000' }, rounds: { type: 'string', default: '20' } },
  });
  const named = await startNamed();
  try {
    const server = await limit.step('starting a server', () =>
      loadedServer(undefined, {
        BIND_ZONE_DIRECTORY: named.zones,
        BIND_SERVER: named.address,
        BIND_RNDC_PORT: String(named.rndcPort),
        BIND_RNDC_KEY: named.rndcKey,
      }),
    );
    try {
      await measure(server, named, { hosts: Number(values.hosts), rounds: Number(values.rounds) }, limit);
    } finally {
      await server.stop();
    }
  } finally {
    await named.stop();
  }
}

async function measure(
  server: LoadedServer,
  named: Named,
  { hosts, rounds }: { readonly hosts: number; readonly rounds: number },
  limit: Limit,
): Promise<void> {
  const client = new CinpClient(server.url);
  await client.login('root', ADMIN_PASSWORD);
  const answer = async (question: readonly string[], awaited: string): Promise<number> => {
    const begun = performance.now();
    for (;;) {
      const where = ['@127.0.0.1', '-p', String(named.port), '+short', '+time=2', '+tries=1'];
      const { stdout } = await execute('dig', [...where, ...question]);
      const ms = performance.now() - begun;
      if (stdout.trim() === awaited) return ms;
      if (ms > TIMEOUT_MS) throw new Error(`BIND still answers ${question.join(' ')} with "${stdout.trim()}"`);
    }
  };
  const made = await limit.step(`making ${hosts} hosts`, () => makeHosts(client, hosts));
  const last = made.at(-1) as Host;
  const whole = await answer([`${last.name}.lab`, 'A'], addressOf(last.first, ((hosts - 1) % PER_24) + 1));
  console.log(`the last of ${hosts} hosts is answered ${whole.toFixed(0)} ms after it was made`);
  const forward: number[] = [];
  const backward: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const host = made[Math.floor((round * hosts) / rounds)] as Host;
    const [offset, address] = [host.first + 251 + (round % 3), addressOf(host.first, 251 + (round % 3))];
    await limit.step('changing a host', async () => {
      await client.update(host.address, { offset });
      const begun = performance.now();
      forward.push(await answer([`${host.name}.lab`, 'A'], address));
      await answer(['-x', address], `${host.name}.lab.`);
      backward.push(performance.now() - begun);
    });
  }
  const told = (all: readonly number[]): string =>
    `median ${median(all).toFixed(0)} ms, at most ${Math.max(...all).toFixed(0)} ms`;
  console.log(
    `one of ${hosts} hosts changed, answered by name: ${told(forward)}; by address as well: ${told(backward)}`,
  );
}

const addressOf = (first: number, offset: number): string => `10.0.${first / 256}.${offset}`;

/** Makes hosts in one zone, {@link PER_24} of them in each /24. */
async function makeHosts(client: CinpClient, count: number): Promise<readonly Host[]> {
  const zone = (await client.create('/api/v1/Directory/Zone', { name: 'lab' })).uri;
  const site = (await client.create('/api/v1/Site/Site', { name: 'lab', description: 'a site', zone })).uri;
  const values = { site, name: 'lab', subnet: '10.0.0.0', prefix: 16 };
  const block = (await client.create('/api/v1/Utilities/AddressBlock', values)).uri;
  const hosts: Host[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const n = next;
      next += 1;
      const first = Math.floor(n / PER_24) * 256;
      const name = `host${n}`;
      const networked = (await client.create('/api/v1/Utilities/Networked', { hostname: name, site })).uri;
      const offset = first + (n % PER_24) + 1;
      const of = { networked, address_block: block, offset, interface_name: 'eth0', is_primary: true };
      hosts[n] = { name, first, address: (await client.create('/api/v1/Utilities/Address', of)).uri };
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, worker));
  return hosts;
}
