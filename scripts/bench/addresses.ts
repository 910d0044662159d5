import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Pool } from 'pg';
import { CommandExecutor, postgresEventStore, systemClock } from '#event-store';
import { CinpClient } from '#cinp';
import { ADMIN_PASSWORD } from '#testing';
import { address } from '../../libs/ipam/src/address/address.ts';
import { addressBlock } from '../../libs/ipam/src/block/address-block.ts';
import type { Limit } from './limit.ts';
import type { Load, LoadedServer } from './loaded-server.ts';
import { loadedServer } from './loaded-server.ts';
import { median } from './median.ts';

/** Hosts that addresses are given to. */
const HOSTS = 1000;
/** Usable addresses of a block of the size /16. */
const SIZE = 65_534;
/** Over so many blocks the load is spread. */
const BLOCKS = 16;
/** So many addresses are free in a block that is 99 % full; a block of its own for each round. */
const LEFT = SIZE - Math.floor(SIZE * 0.99);
const PER_APPEND = 400;

const create: Load = {
  verb: 'CREATE',
  uri: '/api/v1/Site/Site',
  body: '{"name":"c#","description":"a site"}',
  clients: 8,
};
const nextIn = (blocks: readonly number[], hosts: readonly number[]): Load => ({
  verb: 'CALL',
  uri: `/api/v1/Utilities/AddressBlock:${blocks.length === 1 ? blocks[0] : oneOf(blocks)}:(nextAddress)`,
  body: `{"networked":"/api/v1/Utilities/Networked:{id}:","interface_name":"e#","is_primary":false}`,
  clients: 8,
  ids: hosts,
});

const oneOf = (ids: readonly number[]): string => `{${ids.join('|')}}`;

/** Reserves the offsets of a block from one up to another, without HTTP. */
async function fill(url: string, block: number, first: number, last: number): Promise<void> {
  const pool = new Pool({ connectionString: url });
  const store = await postgresEventStore(pool);
  try {
    const clock = systemClock();
    const executor = new CommandExecutor(store, clock);
    for (let from = first; from <= last; from += PER_APPEND) {
      const request = randomUUID();
      await executor.execute({ actor: 'bench', request, correlation: request }, async (work) => {
        for (let at = from; at < Math.min(from + PER_APPEND, last + 1); at += 1) {
          const id = block * 1_000_000 + at;
          const place = { block, offset: String(at), kind: 'ReservedAddress' as const };
          const taken = { offset: place.offset, kind: place.kind, address: id, now: clock.now() };
          const nobody = { holder: null, interfaceName: null, aliasIndex: null, pointer: null, primary: false };
          await work.decide(addressBlock, block, { type: 'TakeOffset', data: taken });
          await work.decide(address, id, {
            type: 'DefineAddress',
            data: { ...place, ...nobody, reason: 'bench', pxe: null },
          });
        }
      });
    }
  } finally {
    await store.close();
    await pool.end();
  }
}

async function each(count: number, task: (n: number) => Promise<unknown>): Promise<void> {
  let next = 1;
  const worker = async (): Promise<void> => {
    while (next <= count) {
      const n = next;
      next += 1;
      await task(n);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

/**
 * Measures `nextAddress` over HTTP, 8 clients: `addresses [--rounds 5] [--seconds 1]`. A block of 65,534 addresses that
 * is empty, half full and 99 % full (one for each round), a /8 and an IPv6 /64, and 16 blocks at once; each as a ratio to what creating sites
 * comes to in the same round.
 */
export async function run(args: string[], limit: Limit): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '1' } },
  });
  const server = await limit.step('starting a server', () => loadedServer());
  try {
    await measure(server, Number(values.rounds), Number(values.seconds), limit);
  } finally {
    await server.stop();
  }
}

async function measure(server: LoadedServer, rounds: number, seconds: number, limit: Limit): Promise<void> {
  const client = new CinpClient(server.url);
  await client.login('root', ADMIN_PASSWORD);
  const site = (await client.create('/api/v1/Site/Site', { name: 'main', description: 'a site' })).uri;
  const block = async (name: string, subnet: string, prefix: number): Promise<number> => {
    const { uri } = await client.create('/api/v1/Utilities/AddressBlock', { site, name, subnet, prefix });
    return Number(uri.split(':')[1]);
  };
  const spread: number[] = [];
  for (let n = 1; n <= BLOCKS; n += 1) spread.push(await block(`b${n}`, `10.${n}.0.0`, 16));
  const [empty, half] = [await block('e', '172.16.0.0', 16), await block('h', '172.17.0.0', 16)];
  const full: number[] = [];
  for (let n = 0; n <= rounds; n += 1) full.push(await block(`f${n}`, `12.${n}.0.0`, 16));
  const wide = await block('w', '11.0.0.0', 8);
  const six = await block('s', '2001:db8::', 64);
  const hosts: number[] = [];
  await limit.step('making hosts', () =>
    each(HOSTS, async (n) => {
      const { uri } = await client.create('/api/v1/Utilities/Networked', { hostname: `h${n}x`, site });
      hosts.push(Number(uri.split(':')[1]));
    }),
  );
  await limit.step('filling blocks', async () => {
    await fill(server.databaseUrl, half, 1, SIZE / 2);
    for (const one of full) await fill(server.databaseUrl, one, 1, SIZE - LEFT);
  });
  // What was appended by somebody else is read and shown once before anything is measured.
  await limit.step('reading blocks', async () => {
    for (const one of [half, ...full]) {
      const given = {
        networked: `/api/v1/Utilities/Networked:${hosts[0]}:`,
        interface_name: `b${one}`,
        is_primary: false,
      };
      await client.call(`/api/v1/Utilities/AddressBlock:${one}:(nextAddress)`, given);
    }
  });
  const rates = new Map<string, number[]>();
  // The first round is for warming up.
  for (let round = 0; round <= rounds; round += 1) {
    const loads: Readonly<Record<string, Load>> = {
      'CREATE of a site': create,
      'one block, empty': nextIn([empty], hosts),
      'one block, half full': nextIn([half], hosts),
      'one block, 99 % full': { ...nextIn([full[round] as number], hosts), count: LEFT - 1 - create.clients },
      'a block of the size /8': nextIn([wide], hosts),
      'an IPv6 block of the size /64': nextIn([six], hosts),
      '16 blocks': nextIn(spread, hosts),
    };
    for (const [what, load] of Object.entries(loads)) {
      const { rate, failed } = await limit.step(what, () => server.load({ ...load, seconds }));
      if (failed > 0) throw new Error(`${what}: ${failed} requests failed`);
      if (round > 0) rates.set(what, [...(rates.get(what) ?? []), rate]);
    }
  }
  const base = median(rates.get('CREATE of a site') ?? []);
  for (const [what, found] of rates) {
    const rate = median(found);
    process.stdout.write(`${what}: ${rate.toFixed(0)}/s, ${((100 * rate) / base).toFixed(0)} % of a CREATE\n`);
  }
}
