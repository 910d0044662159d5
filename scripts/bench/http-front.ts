import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { fuzzFraming } from '../../libs/http/test/framing-fuzz.ts';
import { acceptCustomVerbs } from '#http';

const BODY = JSON.stringify({ name: 'site-1', description: 'x'.repeat(80) });
const CONNECTIONS = 32;
const REQUESTS_EACH = 500;
const ROUNDS = 7;

/**
 * Bench of the verb front: `http-front [inputs] [first seed]`. First the framer against Node's parser on random input
 * (throws when they disagree), then the server's CPU time per request with and without the front, in turns.
 */
export async function run(args: string[]): Promise<void> {
  fuzz(Number(args[0] ?? 100_000), Number(args[1] ?? 1));
  await overhead('no body', '');
  await overhead(`${BODY.length} B body`, BODY);
}

function fuzz(count: number, seed: number): void {
  const { disagreements, ...tally } = fuzzFraming(seed, count);
  console.log(`framer and parser, seeds ${seed} to ${seed + count - 1}: ${JSON.stringify(tally)}`);
  if (disagreements.length === 0) return;
  throw new Error(`${disagreements.length} disagreements\n${disagreements.slice(0, 10).join('\n')}`);
}

async function overhead(what: string, body: string): Promise<void> {
  const plain = await started(false);
  const fronted = await started(true);
  const times: { plain: number[]; fronted: number[] } = { plain: [], fronted: [] };
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      times.plain.push(await microsecondsPerRequest(plain, 'POST', body));
      times.fronted.push(await microsecondsPerRequest(fronted, 'LIST', body));
    }
  } finally {
    for (const server of [plain, fronted]) server.close().closeAllConnections();
  }
  const before = median(times.plain.slice(1));
  const after = median(times.fronted.slice(1));
  const figures = `${before.toFixed(1)} us without, ${after.toFixed(1)} us with the front`;
  console.log(`CPU per request, ${what}: ${figures} (ratio ${(after / before).toFixed(2)})`);
}

async function started(front: boolean): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, { 'Content-Length': 2 }).end('{}'));
  });
  if (front) acceptCustomVerbs(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

async function microsecondsPerRequest(server: Server, method: string, body: string): Promise<number> {
  const { port } = server.address() as AddressInfo;
  const request = [
    `${method} /api/v1/Site/Site HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'User-Agent: python CInP client 1.0',
    'Accepts: application/json',
    'Accept-Charset: utf-8',
    'CInP-Version: 1.0',
    'Content-Type: application/json;charset=utf-8',
    'Auth-Id: root',
    'Auth-Token: 0123456789abcdef',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
  const script = fileURLToPath(new URL('http-load.ts', import.meta.url));
  const load = [port, CONNECTIONS, REQUESTS_EACH].map(String);
  const start = process.cpuUsage();
  const client = spawn(process.execPath, [...process.execArgv, script, ...load, request], { stdio: 'inherit' });
  const [code] = (await once(client, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`The load ended with ${code}`);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / (CONNECTIONS * REQUESTS_EACH);
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
}
