import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { taskContext } from '../../test/task-context.ts';
import { docker } from './agent.ts';

const CONTAINERS = 1000;
/** As the Engine API lists it; whether an engine does so is tried in `agent.spec.ts`. */
const container = (n: number) => ({
  Id: `id${n}`,
  Names: [`/node${n}`],
  State: n % 2 === 0 ? 'running' : 'exited',
  Labels: n === 1 ? { 'contractor.task': '7-1' } : {},
});

const calls: string[] = [];
let server: Server;
beforeAll(async () => {
  server = createServer(({ method, url }, response) => {
    calls.push(`${method} ${url}`);
    response.end(JSON.stringify(Array.from({ length: CONTAINERS }, (_, n) => container(n))));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => void server.close(resolve)));

it('a thousand containers of an engine are listed by one call', async () => {
  const endpoint = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const asked = { connection: { host: 'unused', endpoint }, macs_of: [] };
  const { machine_list: all } = await docker({ certs: undefined }).tasks.list(asked, taskContext());
  expect(all).toHaveLength(CONTAINERS);
  expect(all.slice(0, 2)).toEqual([
    { id: 'id0', name: 'node0', power: 'on', macs: null, task: null },
    { id: 'id1', name: 'node1', power: 'off', macs: null, task: '7-1' },
  ]);
  expect(calls).toEqual(['GET /v1.41/containers/json?all=true']);
});
