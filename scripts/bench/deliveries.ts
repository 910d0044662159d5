import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePort } from '#testing';
import type { Limit } from './limit.ts';
import type { LoadedServer } from './loaded-server.ts';
import { loadedServer } from './loaded-server.ts';

/** What a receiver has got: positions by object, and the ids. */
interface Got {
  readonly ids: string[];
  readonly positions: Map<string, number[]>;
}

interface Told {
  readonly id: string;
  readonly position: string;
  readonly object: { readonly id: string };
}

async function receive(port: number, delayMs = 0): Promise<{ readonly got: Got; readonly server: Server }> {
  const got: Got = { ids: [], positions: new Map() };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => (body += text));
    request.on('end', () => {
      const { id, position, object } = JSON.parse(body) as Told;
      got.ids.push(id);
      got.positions.set(object.id, [...(got.positions.get(object.id) ?? []), Number(position)]);
      if (delayMs > 0) setTimeout(() => response.end(), delayMs);
      else response.end();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { got, server };
}

/**
 * Deliveries to webhooks: `deliveries [--waiting 10000] [--slow-ms 30000]`. So many wait for a receiver that is down; how
 * fast they are delivered when it is back, in order about each object and each once; and what a slow receiver beside it
 * costs the same number.
 */
export async function run(args: string[], limit: Limit): Promise<void> {
  const options = {
    waiting: { type: 'string', default: '10000' },
    'slow-ms': { type: 'string', default: '30000' },
  } as const;
  const { values } = parseArgs({ args, options });
  const count = Number(values.waiting);
  const server = await loadedServer(undefined, {
    CONTRACTOR_WEBHOOK_ALLOW: '127.0.0.1/32',
    CONTRACTOR_WEBHOOK_MAX_PAUSE: '1',
  });
  try {
    const alone = await limit.step('deliveries came', () => delivered(server, 'alone', 0, count));
    const slow = await receive(await freePort(), Number(values['slow-ms']));
    await subscribe(server, 'slow', slow.server);
    const beside = await limit.step('deliveries came beside a slow receiver', () =>
      delivered(server, 'beside', count, count),
    );
    const cost = (100 * (alone - beside)) / alone;
    process.stdout.write(`a slow receiver costs the other one ${cost.toFixed(1)} %\n`);
    slow.server.closeAllConnections();
    slow.server.close();
  } finally {
    await server.stop();
  }
}

const subscribe = async ({ url, token }: LoadedServer, name: string, to: Server | number): Promise<void> => {
  const port = typeof to === 'number' ? to : (to.address() as { readonly port: number }).port;
  const response = await fetch(`${url}/api/rest/PostOffice/Subscription`, {
    method: 'POST',
    headers: { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name, url: `http://127.0.0.1:${port}/`, kinds: ['site.created'] }),
  });
  if (!response.ok) throw new Error(await response.text());
};

/** @returns deliveries a second, once the receiver is back */
async function delivered(server: LoadedServer, name: string, from: number, count: number): Promise<number> {
  const port = await freePort();
  await subscribe(server, name, port);
  await server.makeSites(from, from + count);
  const waiting = async () =>
    ((await server.call(`PostOffice/Subscription/${name}/status`, {})) as { readonly waiting: number }).waiting;
  while ((await waiting()) < count) await sleep(100);
  const { got, server: receiver } = await receive(port);
  while (got.ids.length === 0) await sleep(1);
  const begun = performance.now();
  const before = got.ids.length;
  while (got.ids.length < count) await sleep(5);
  const rate = (got.ids.length - before) / ((performance.now() - begun) / 1000);
  while ((await waiting()) > 0) await sleep(50);
  const twice = got.ids.length - new Set(got.ids).size;
  const disordered = [...got.positions.values()].filter((all) =>
    all.some((one, n) => n > 0 && one < (all[n - 1] ?? 0)),
  );
  process.stdout.write(
    `${name}: ${count} waited, ${got.ids.length} delivered, ${twice} twice, ${disordered.length} objects out of order, ${rate.toFixed(0)}/s\n`,
  );
  receiver.closeAllConnections();
  receiver.close();
  return rate;
}
