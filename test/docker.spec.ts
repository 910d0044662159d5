/**
 * Containers on a real engine: a host that is there already carries a complex, and a container on it is created, looked at and
 * destroyed by jobs, over NATS and a subcontractor of its own, which is killed in the middle of what it does.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { DockerEngine, NatsServer, RunningProgram } from '#testing';
import { canStartDockerEngine, startDockerEngine, startNatsServer, startProgram, until } from '#testing';
import type { Journey } from './start-journey.ts';
import { startJourney } from './start-journey.ts';

jest.setTimeout(300_000);

type Values = Readonly<Record<string, unknown>>;

const SITE = '/api/v1/Site/Site:lab:';
const BLUEPRINT = '/api/v1/BluePrint';
const CONTAINER = '/api/v1/Building/Foundation:web1:';
const COMPLEX = '/api/v1/Docker/DockerComplex:docker1:';

/** A way to an engine on which an answer can be kept back: what was asked for is done, and nobody hears of it. */
interface Gate {
  readonly socket: string;
  /** Keeps back the answers to requests that begin so. Resolves when there is one. */
  keepBack(request: RegExp): Promise<void>;
  stop(): Promise<void>;
}

async function startGate(folder: string, engine: DockerEngine): Promise<Gate> {
  const sockets = new Set<Socket>();
  let kept: { readonly request: RegExp; readonly done: () => void } | undefined;
  const server: Server = createServer((client) => {
    const onward = connect(engine.socket);
    for (const one of [client, onward]) {
      sockets.add(one);
      one.on('error', () => undefined).on('close', () => sockets.delete(one));
    }
    let keeping: typeof kept;
    client.on('data', (bytes) => {
      if (kept?.request.test(bytes.toString('latin1'))) keeping = kept;
      onward.write(bytes);
    });
    onward.on('data', (bytes) => {
      if (keeping) {
        kept = undefined;
        keeping.done();
      } else {
        client.write(bytes);
      }
    });
    client.on('close', () => onward.destroy());
    onward.on('close', () => keeping ?? client.end());
  });
  const socket = path.join(folder, 'gate.sock');
  server.listen(socket);
  await once(server, 'listening');
  return {
    socket,
    keepBack: (request) => new Promise((done) => (kept = { request, done })),
    async stop() {
      for (const one of sockets) one.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An agent is taken to be lost so many seconds after its last sign of life. */
const LEASE_S = 5;

const nats: NatsServer | undefined = canStartDockerEngine ? await startNatsServer() : undefined;
afterAll(() => nats?.stop());
const journey: Journey | undefined =
  nats && (await startJourney({ NATS_URL: nats.url, CONTRACTOR_LEASE: String(LEASE_S) }));

(journey ? describe : describe.skip)('a container on a Docker engine (needs root)', () => {
  const { client, rest } = journey ?? ({} as Journey);
  let folder: string;
  let engine: DockerEngine;
  let gate: Gate;
  let agent: RunningProgram;
  let host: string;
  let web: string;

  const created = async (model: string, values: Values): Promise<string> =>
    (await client.create(`/api/v1/${model}`, values)).uri;
  const asked = async (method: string, what: string, body: Values = {}): Promise<unknown> => {
    const answer = await rest(method, what, body);
    expect([what, answer.status < 300, answer.body]).toEqual([what, true, answer.body]);
    return answer.body;
  };
  const stateOf = async (uri: string) => (await client.get(uri))['state'];
  const startAgent = async () => {
    agent = await startProgram(
      'apps/subcontractor/src/main',
      { NATS_URL: nats!.url, SUBCONTRACTOR_SITE: 'lab', SUBCONTRACTOR_DOCKER_CERTS: engine.certs },
      'serving',
    );
  };
  const jobs = async () => {
    const lists = await Promise.all(
      ['FoundationJob', 'StructureJob'].map((name) => client.list(`/api/v1/Foreman/${name}`)),
    );
    const found = await Promise.all(lists.flatMap(({ uris }) => uris).map((uri) => client.get(uri).catch(() => ({}))));
    return found as readonly Values[];
  };
  /** Waits until no job is left; one that needs somebody is a failure. */
  const over = async (): Promise<void> => {
    await until(async () => {
      const open = await jobs();
      expect(open.filter(({ state }) => ['error', 'paused', 'aborted'].includes(String(state)))).toEqual([]);
      return open.length === 0;
    });
  };
  /** Kills the agent once the engine has done what is asked, before it hears of that; another one takes its place. */
  const killAfter = async (request: RegExp): Promise<void> => {
    await gate.keepBack(request);
    await agent.kill();
    await startAgent();
  };
  const ports = async () => {
    const { uris } = await client.list('/api/v1/Docker/DockerPort');
    const all = (await Promise.all(uris.map((uri) => client.get(uri)))) as readonly Values[];
    return all
      .map(({ port, foundation, foundation_index: index }) => [port, foundation, index])
      .toSorted(([one], [other]) => Number(one) - Number(other));
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-gate-'));
    engine = await startDockerEngine();
    gate = await startGate(folder, engine);
    await engine.makeImage('web:1', 'echo hello > /index.html; httpd -f -p 8080 -h /');

    await created('Site/Site', { name: 'lab', description: 'x' });
    for (const name of ['base_os', 'manual', 'docker'])
      await asked('POST', 'BluePrint/ResourceFile/load', { shipped: [name] });
    const [a, b, c, d] = engine.address.split('.').map(Number);
    const subnet = [a, b, c, Number(d) - 2].join('.');
    const block = await created('Utilities/AddressBlock', { name: 'lab', site: SITE, subnet, prefix: 30 });
    // The host is there already: it is told so, and nothing is done to it.
    const foundation = await created('Manual/ManualFoundation', {
      locator: 'host1',
      site: SITE,
      blueprint: `${BLUEPRINT}/FoundationBluePrint:manual-foundation-base:`,
    });
    host = await created('Building/Structure', {
      hostname: 'host1',
      site: SITE,
      foundation: foundation.replace('Manual/ManualFoundation', 'Building/Foundation'),
      blueprint: `${BLUEPRINT}/StructureBluePrint:manual-structure-base:`,
    });
    await created('Utilities/Address', {
      networked: host.replace('Building/Structure', 'Utilities/Networked'),
      address_block: block,
      offset: 2,
      interface_name: 'eth0',
      is_primary: true,
    });
    await asked('POST', 'Building/Foundation/host1/force', { state: 'built' });
    await asked('POST', `Building/Structure/${host.split(':')[1]}/force`, { state: 'built' });

    const own = { docker_endpoint: `unix://${gate.socket}` };
    const complex = { name: 'docker1', site: 'lab', description: 'x', members: [Number(host.split(':')[1])], ...own };
    await asked('POST', 'Docker/DockerComplex', complex);
    for (const port of [5080, 5081]) await created('Docker/DockerPort', { complex: COMPLEX, port, address_offset: 0 });
    await created('BluePrint/StructureBluePrint', {
      name: 'web',
      description: 'x',
      parent_list: [`${BLUEPRINT}/StructureBluePrint:linux-base:`],
      foundation_blueprint_list: [`${BLUEPRINT}/FoundationBluePrint:docker-container-base:`],
      config_values: {
        docker_image: 'web:1',
        docker_port_list: [8080],
        environment_map: { MODE: 'test', A_NUMBER: 5 },
      },
    });
    await created('BluePrint/Script', {
      name: 'look',
      description: 'x',
      script: `state = foundation.state()\nif ( state != 'start' ) then\n  error( msg='it does not run' )\n`,
    });
    await created('BluePrint/BluePrintScript', {
      blueprint: `${BLUEPRINT}/BluePrint:docker-container-base:`,
      script: `${BLUEPRINT}/Script:look:`,
      name: 'look',
    });
    await startAgent();
  });
  afterAll(async () => {
    await agent?.stop();
    await gate?.stop();
    await engine?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is created once, though its agent is killed when the engine has made it, and again when it has started it', async () => {
    const made = await client.call<string>('/api/v1/Building/Complex:docker1:(createFoundation)', {
      hostname: 'web1',
      site: SITE,
      interface_map_list: [],
    });
    expect(made).toBe(CONTAINER);
    web = await created('Building/Structure', {
      hostname: 'web1',
      site: SITE,
      foundation: CONTAINER,
      blueprint: `${BLUEPRINT}/StructureBluePrint:web:`,
    });
    const killedAtCreation = killAfter(/^POST \S+\/containers\/create/);
    await client.call(`${CONTAINER}(doCreate)`);
    await killedAtCreation;
    expect(await engine.containers()).toEqual(['web1']);
    await over();
    expect(await engine.containers()).toEqual(['web1']);
    expect(await client.get('/api/v1/Docker/DockerFoundation:web1:')).toMatchObject({
      state: 'built',
      docker_id: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await ports()).toEqual([
      [5080, '/api/v1/Docker/DockerFoundation:web1:', 0],
      [5081, null, 0],
    ]);

    const killedAtStart = killAfter(/^POST \S+\/containers\/[0-9a-f]+\/start/);
    await client.call(`${web}(doCreate)`);
    await killedAtStart;
    await over();
    expect(await stateOf(web)).toBe('built');
    const { body } = await engine.api('GET', '/containers/web1/json');
    expect(body).toMatchObject({
      State: { Status: 'running' },
      Config: { Env: expect.arrayContaining(['MODE=test', 'A_NUMBER=5']) },
    });
    // It answers at the address of its structure, which is that of the host.
    const { config_values: config } = (await client.get(web)) as { readonly config_values: Values };
    expect(config).toMatchObject({ docker_port_map: { 8080: 5080 }, docker_check_port: 5080 });
    expect(await (await fetch(`http://${engine.address}:5080/`)).text()).toBe('hello\n');
  });

  it('is looked at by a script of its own', async () => {
    await client.call(`${CONTAINER}(doJob)`, { name: 'look' });
    await over();
  });

  it('is destroyed, though its agent is killed when the engine has removed it', async () => {
    const killed = killAfter(/^DELETE /);
    await client.call(`${CONTAINER}(doDestroy)`);
    await client.call(`${web}(doDestroy)`);
    await killed;
    expect(await engine.containers()).toEqual([]);
    await over();
    expect(await engine.containers()).toEqual([]);
    expect(await client.get('/api/v1/Docker/DockerFoundation:web1:')).toMatchObject({ docker_id: null });
    // Its complex is there still, so it is located again.
    await until(async () => (await stateOf(CONTAINER)) === 'located');
    expect(await ports()).toEqual([
      [5080, null, 0],
      [5081, null, 0],
    ]);
    const { uris } = await client.list('/api/v1/Utilities/Address');
    expect(uris).toHaveLength(1);
  });
});
