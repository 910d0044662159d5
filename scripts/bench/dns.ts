import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { parseArgs, promisify } from 'node:util';
import { Pool } from 'pg';
import { CommandExecutor, postgresEventStore, systemClock } from '#event-store';
import { CinpClient } from '#cinp';
import type { Named } from '#testing';
import { ADMIN_PASSWORD, startNamed } from '#testing';
import { networked } from '../../libs/building/src/networked/networked.ts';
import { address } from '../../libs/ipam/src/address/address.ts';
import type { Limit } from './limit.ts';
import type { LoadedServer } from './loaded-server.ts';
import { loadedServer } from './loaded-server.ts';
import { median } from './median.ts';

const execute = promisify(execFile);

/** Hosts that are made over HTTP, one of them in each /24, and changed; the others are written into the log. */
const CHANGED = 20;
/** Hosts in each /24. */
const PER_24 = 250;
/** Ids of hosts and addresses that are written into the log begin here. */
const FIRST_ID = 1_000_000;
const PER_APPEND = 250;
/** How long an answer is waited for, in milliseconds. */
const TIMEOUT_MS = 120_000;

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
  const made = await limit.step(`making ${hosts} hosts`, () => makeHosts(client, server.databaseUrl, hosts));
  const begunAt = performance.now();
  const last = made.at(-1) as Host;
  await limit.step('waiting for all of them', () => answer([`${last.name}.lab`, 'A'], addressOf(last.first, 251)));
  console.log(
    `all of ${hosts} hosts are answered ${(performance.now() - begunAt).toFixed(0)} ms after the last was made`,
  );
  const forward: number[] = [];
  const backward: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const host = made[round % made.length] as Host;
    const at = 252 + (Math.floor(round / made.length) % 3);
    const [offset, address] = [host.first + at, addressOf(host.first, at)];
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

/** Makes hosts in one zone. @returns those that can be changed */
async function makeHosts(client: CinpClient, databaseUrl: string, count: number): Promise<readonly Host[]> {
  const zone = (await client.create('/api/v1/Directory/Zone', { name: 'lab' })).uri;
  const site = (await client.create('/api/v1/Site/Site', { name: 'lab', description: 'a site', zone })).uri;
  const values = { site, name: 'lab', subnet: '10.0.0.0', prefix: 16 };
  const block = (await client.create('/api/v1/Utilities/AddressBlock', values)).uri;
  await writeHosts(databaseUrl, Number(block.split(':')[1]), count - CHANGED);
  const hosts: Host[] = [];
  for (let n = 0; n < CHANGED; n += 1) {
    const [name, first] = [`changed${n}`, n * 256];
    const networked = (await client.create('/api/v1/Utilities/Networked', { hostname: name, site })).uri;
    const of = { networked, address_block: block, offset: first + 251, interface_name: 'eth0', is_primary: true };
    hosts.push({ name, first, address: (await client.create('/api/v1/Utilities/Address', of)).uri });
  }
  return hosts;
}

/** Writes hosts with an address each into the log, {@link PER_24} of them in each /24. */
async function writeHosts(databaseUrl: string, block: number, count: number): Promise<void> {
  const pool = new Pool({ connectionString: databaseUrl });
  const store = await postgresEventStore(pool);
  try {
    const executor = new CommandExecutor(store, systemClock());
    for (let from = 0; from < count; from += PER_APPEND) {
      const request = randomUUID();
      await executor.execute({ actor: 'bench', request, correlation: request }, async (work) => {
        for (let n = from; n < Math.min(from + PER_APPEND, count); n += 1) {
          const id = FIRST_ID + n;
          const offset = String(Math.floor(n / PER_24) * 256 + (n % PER_24) + 1);
          const host = { hostname: `host${n}`, site: 'lab', zone: null };
          await work.decide(networked, id, { type: 'DefineNetworked', data: host });
          const place = {
            kind: 'Address' as const,
            block,
            offset,
            holder: id,
            interfaceName: 'eth0',
            aliasIndex: null,
          };
          const rest = { pointer: null, primary: true, reason: null, pxe: null };
          await work.decide(address, id, { type: 'DefineAddress', data: { ...place, ...rest } });
        }
      });
    }
  } finally {
    await store.close();
    await pool.end();
  }
}
