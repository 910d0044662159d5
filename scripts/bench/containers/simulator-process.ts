import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

/** How long every answer takes, in milliseconds. */
const ANSWER_MS = Number(process.argv[2]);

interface Container {
  readonly Id: string;
  readonly Name: string;
  readonly Config: object;
  readonly State: object;
}

const containers = new Map<string, Container>();
let [made, requests, atOnce, now] = [0, 0, 0, 0];
let [first, last] = [Number.NaN, Number.NaN];

/** The part of Docker's API that creating a container asks for. */
function answer(method: string, url: URL, body: string): readonly [number, unknown] {
  const [, , what = '', which = ''] = url.pathname.split('/');
  if (what === 'images') return [200, { status: 'Status: Image is up to date' }];
  if (method === 'POST' && which === 'create') {
    const name = url.searchParams.get('name') ?? '';
    if (containers.has(name)) return [409, { message: `the container name "/${name}" is already in use` }];
    const id = randomBytes(32).toString('hex');
    const { Labels } = JSON.parse(body) as { readonly Labels: object };
    containers.set(name, { Id: id, Name: `/${name}`, Config: { Labels }, State: { Status: 'created' } });
    made += 1;
    return [201, { Id: id, Warnings: [] }];
  }
  const found = containers.get(which);
  return found ? [200, found] : [404, { message: `No such container: ${which}` }];
}

const server = createServer((request, response) => {
  const begun = performance.now();
  if (Number.isNaN(first)) first = begun;
  requests += 1;
  atOnce = Math.max(atOnce, (now += 1));
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (part: string) => (body += part));
  request.on('end', () => {
    const [status, said] = answer(request.method ?? '', new URL(request.url ?? '', 'http://engine'), body);
    const text = JSON.stringify(said);
    setTimeout(
      () => {
        response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
        response.end(text);
        now -= 1;
        last = performance.now();
      },
      Math.max(0, ANSWER_MS - (performance.now() - begun)),
    );
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
for await (const line of createInterface(process.stdin)) {
  if (line === 'made') {
    process.stdout.write(`${made}\n`);
    continue;
  }
  process.stdout.write(`${JSON.stringify({ made, requests, seconds: (last - first) / 1000, atOnce })}\n`);
  [made, requests, atOnce] = [0, 0, 0];
  [first, last] = [Number.NaN, Number.NaN];
}
process.exit(0);
