import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { containerNamed } from './containers.ts';
import { reachEngine } from './engine.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** What is found under a name, where the engine answers so. */
async function foundOf(name: string, status: number, answer: object) {
  server = createServer((_, response) => void response.writeHead(status).end(JSON.stringify(answer)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const endpoint = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return containerNamed(await reachEngine({ host: 'unused', endpoint }, {}, new AbortController().signal), name);
}

const container = (name: string) => ({
  Id: `db${'0'.repeat(62)}`,
  Name: name,
  State: { Status: 'running' },
  Config: { Labels: {} },
});

it.each([
  ['of that name', 200, container('/db'), { name: 'db' }],
  ['whose id begins with it', 200, container('/other'), undefined],
  ['that there is not', 404, { message: 'No such container: db' }, undefined],
  [
    'of which several ids begin with it, by Docker',
    400,
    { message: 'multiple IDs found with provided prefix: db' },
    undefined,
  ],
  [
    'of which several ids begin with it, by Podman',
    500,
    { message: 'more than one result for container name or ID "db"' },
    undefined,
  ],
])('a container %s', async (_, status, answer, expected) => {
  const found = await foundOf('db', status, answer);
  if (expected === undefined) expect(found).toBeUndefined();
  else expect(found).toMatchObject(expected);
});

it('what else an engine refuses is told', async () => {
  await expect(foundOf('db', 500, { message: 'no space left on device' })).rejects.toThrow('no space left on device');
});
