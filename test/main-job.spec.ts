/**
 * The main job on real input: resource files are loaded, machines and what stands on them are described with their
 * addresses, and jobs make it so, through BIND, NATS and a subcontractor of its own, or agents that poll; then all of it is
 * taken down.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { Server } from 'node:net';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { Named, TestContractor, TestDatabase } from '#testing';
import {
  ADMIN_PASSWORD,
  freePort,
  startContractor,
  startNamed,
  startNatsServer,
  startProgram,
  testDatabase,
  until,
} from '#testing';
import { startPollingAgent } from './polling-agent.ts';

jest.setTimeout(600_000);

type Values = Readonly<Record<string, unknown>>;

const SITE = '/api/v1/Site/Site:lab:';
const BLUEPRINT = '/api/v1/BluePrint';
const FOUNDATION = '/api/v1/Building/Foundation';
const JOBS = ['FoundationJob', 'StructureJob'].map((name) => `/api/v1/Foreman/${name}`);
const AGENT_PASSWORD = 'of the agents that poll';
/** What the machines are called, and which of them carries what. */
const MACHINES = ['machine1', 'machine2', 'byhand1', 'vm1'];

const run = promisify(execFile);

/** Whoever does the tasks of a site. */
interface Agent {
  readonly lines: readonly string[];
  stop(): Promise<unknown>;
}

let directory: string;
let database: TestDatabase;
let named: Named;
let server: TestContractor;
let client: CinpClient;
let token: string;
let agent: Agent | undefined;
let listener: Server | undefined;
let port: number;

const ledger = (): string => path.join(directory, 'effects');

/** How tasks reach agents. */
const FORMS = [
  {
    form: 'a subcontractor of its own, over NATS',
    setUp: async () => {
      const nats = await startNatsServer();
      return {
        settings: { NATS_URL: nats.url },
        startAgent: (): Promise<Agent> =>
          startProgram(
            'apps/subcontractor/src/main',
            { NATS_URL: nats.url, SUBCONTRACTOR_SITE: 'lab', SUBCONTRACTOR_TEST_LEDGER: ledger() },
            'serving',
          ),
        tearDown: () => nats.stop(),
      };
    },
  },
  {
    form: 'agents that poll over HTTP',
    setUp: async () => ({
      settings: { CONTRACTOR_SUBCONTRACTOR: 'none' },
      startAgent: async (): Promise<Agent> => {
        const permissions = ['SubContractor.can_dispatch', 'Site.view_site'];
        await rest('POST', 'Auth/Account', { name: 'subcontractor', permissions });
        await rest('POST', 'Auth/Account/subcontractor/setPassword', { password: AGENT_PASSWORD });
        const account = { user: 'subcontractor', password: AGENT_PASSWORD };
        return startPollingAgent({ url: server.url, site: 'lab', ledger: ledger(), ...account });
      },
      tearDown: async () => undefined,
    }),
  },
];

async function rest(method: string, what: string, body: Values): Promise<Values> {
  const response = await fetch(`${server.url}/api/rest/${what}`, {
    method,
    headers: { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  expect([what, response.ok, text]).toEqual([what, true, text]);
  return text === '' ? {} : (JSON.parse(text) as Values);
}

const created = async (model: string, values: Values): Promise<string> =>
  (await client.create(`/api/v1/${model}`, values)).uri;
const idOf = (uri: string): string => uri.split(':')[1] ?? '';
const stateOf = async (uri: string): Promise<unknown> => (await client.get(uri))['state'];

/** The command line, as an operator types it. */
const contractor = async (...args: readonly string[]): Promise<string> => {
  const env = { PATH: process.env['PATH'] ?? '', XDG_CONFIG_HOME: directory, CONTRACTOR_URL: server.url };
  const started = run(process.execPath, [path.resolve('dist/apps/cli/src/main.js'), ...args], { env });
  started.child.stdin?.end(`${ADMIN_PASSWORD}\n`);
  return (await started).stdout;
};

const dig = async (...question: readonly string[]): Promise<string> => {
  const where = ['@127.0.0.1', '-p', String(named.port), '+short', '+time=2', '+tries=1'];
  return (await run('dig', [...where, ...question])).stdout.trim();
};
/** Waits until BIND answers so. */
const answers = async (question: string, answer: string): Promise<void> => {
  await until(async () => (await dig(...question.split(' '))) === answer).catch(async () =>
    expect([question, await dig(...question.split(' '))]).toEqual([question, answer]),
  );
};

/** A structure on a foundation, with an interface and an address. */
async function host(hostname: string, blueprint: string, place: { foundation: string; address: Values }) {
  const { foundation, address } = place;
  const structure = await created('Building/Structure', {
    hostname,
    site: SITE,
    foundation: `${FOUNDATION}:${foundation}:`,
    blueprint: `${BLUEPRINT}/StructureBluePrint:${blueprint}:`,
    config_values: { probe_port: port },
  });
  const networked = `/api/v1/Utilities/Networked:${idOf(structure)}:`;
  await created('Utilities/Address', { networked, interface_name: 'eth0', is_primary: true, ...address });
  return structure;
}

/** Jobs under way, by their URI. */
async function jobs(): Promise<readonly (Values & { readonly uri: string })[]> {
  const uris = (await Promise.all(JOBS.map((model) => client.list(model)))).flatMap((listing) => listing.uris);
  const shown = await Promise.all(
    uris.map(async (uri) => ({ uri, ...(await client.get(uri).catch(() => ({ state: 'gone' }))) })),
  );
  return shown.filter((job) => (job as Values)['state'] !== 'gone');
}

/** What people do whose jobs ask them for something: they do it, and resume the job. */
async function resumePaused(): Promise<void> {
  for (const job of await jobs()) {
    expect([job['state'], job['message']]).not.toEqual(['error', job['message']]);
    expect([job['state'], job['message']]).not.toEqual(['aborted', job['message']]);
    if (job['state'] === 'paused') await client.call(`${job.uri}(resume)`);
  }
}

const allOver = async (): Promise<boolean> => {
  await resumePaused();
  return (await jobs()).length === 0;
};

/** How often each effect has happened. */
async function effects(): Promise<Values> {
  const lines = (await readFile(ledger(), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  const names = lines.map((line) => (JSON.parse(line) as { name: string }).name);
  return Object.fromEntries(
    [...new Set(names)].toSorted().map((name) => [name, names.filter((one) => one === name).length]),
  );
}
const onceEach = (...names: readonly string[]): Values => Object.fromEntries(names.toSorted().map((name) => [name, 1]));

describe.each(FORMS)('the main job with $form', ({ setUp }) => {
  let form: Awaited<ReturnType<typeof setUp>>;

  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-main-job-'));
    port = await freePort();
    [database, named, form] = await Promise.all([testDatabase(), startNamed(), setUp()]);
    server = await startContractor({
      DATABASE_URL: database.url,
      BIND_ZONE_DIRECTORY: named.zones,
      BIND_SERVER: named.address,
      BIND_RNDC_PORT: String(named.rndcPort),
      BIND_RNDC_KEY: named.rndcKey,
      ...form.settings,
    });
    client = new CinpClient(server.url, { version: '0.9' });
    token = await client.login('root', ADMIN_PASSWORD);
  });
  afterEach(async () => {
    listener?.close();
    await agent?.stop();
    await server.stop();
    await form.tearDown();
    await named.stop();
    await database.drop();
    await rm(directory, { recursive: true });
    [agent, listener] = [undefined, undefined];
  });

  it('builds machines and what stands on them, serves their names, and takes all of it down again', async () => {
    // The site, its network and its zone.
    const zone = await created('Directory/Zone', {
      name: 'lab',
      parent: await created('Directory/Zone', { name: 'test' }),
    });
    const config_values = { ping_target: '127.0.0.1', probe_port: 1 };
    await created('Site/Site', { name: 'lab', description: 'of the main job', zone, config_values });
    const network = await created('Utilities/Network', { site: SITE, name: 'main' });
    const block = await created('Utilities/AddressBlock', { site: SITE, name: 'main', subnet: '10.7.0.0', prefix: 24 });
    await created('Utilities/NetworkAddressBlock', { network, address_block: block });

    // The blueprints: those that come with the server, and those of the lab.
    await contractor('login', 'root');
    expect(await contractor('resources', 'load', '--shipped')).toMatch(/created\n$/);
    expect(await contractor('resources', 'load', path.resolve('test/main-job/lab.toml'))).toMatch(/created\n$/);

    // The machines, what stands on them, and a machine that those carry together.
    const attach = (locator: string) =>
      created('Utilities/RealNetworkInterface', {
        foundation: `${FOUNDATION}:${locator}:`,
        name: 'eth0',
        physical_location: 'eth0',
        network,
        is_provisioning: true,
      });
    const blueprint = `${BLUEPRINT}/FoundationBluePrint:lab-machine:`;
    const byHand = `${BLUEPRINT}/FoundationBluePrint:manual-foundation-base:`;
    for (const locator of ['machine1', 'machine2']) {
      await created('Test/TestFoundation', { site: SITE, locator, blueprint });
    }
    await created('Manual/ManualFoundation', { site: SITE, locator: 'byhand1', blueprint: byHand });
    for (const locator of ['machine1', 'machine2', 'byhand1']) await attach(locator);
    const on = (foundation: string, offset: number) => ({ foundation, address: { address_block: block, offset } });
    const members = [
      await host('web1', 'lab-web', on('machine1', 11)),
      await host('web2', 'lab-web', on('machine2', 12)),
    ];
    const people = await host('byhand', 'manual-structure-base', on('byhand1', 13));
    const structures = [...members, people];
    await created('Test/TestComplex', {
      name: 'cluster',
      site: SITE,
      description: 'of both',
      members,
      built_percentage: 100,
    });
    const complex_host = '/api/v1/Test/TestComplex:cluster:';
    await created('Test/TestComplexedFoundation', { site: SITE, locator: 'vm1', blueprint, complex_host });

    await answers('web1.lab.test A', '10.7.0.11');
    await answers('-x 10.7.0.12', 'web2.lab.test.');
    await answers('-x 10.7.0.13', 'byhand.lab.test.');

    // All of it is wanted at once: jobs wait for each other, and tasks for an agent.
    for (const uri of [...structures, ...MACHINES.map((locator) => `${FOUNDATION}:${locator}:`)]) {
      expect(await client.call(`${uri}(doCreate)`)).toEqual(expect.any(Number));
    }
    const waiting = (await jobs()).filter(({ state }) => state === 'waiting');
    expect(waiting.map((job) => String(job['structure'] ?? job['foundation'])).toSorted()).toEqual(
      [...structures, `${FOUNDATION}:vm1:`].toSorted(),
    );
    agent = await form.startAgent();

    // The services are not there yet, and their jobs say so; what they carry waits for them.
    const probes = async () =>
      (await jobs()).filter(({ message }) => /closed/.test(String(message))).map((job) => job['structure']);
    await until(async () => {
      await resumePaused();
      return (await probes()).length === 2;
    });
    expect(new Set(await probes())).toEqual(new Set(members));
    expect(await stateOf(`${FOUNDATION}:vm1:`)).toBe('planned');
    expect(await stateOf(members[0] ?? '')).toBe('planned');
    listener = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1');
    await once(listener, 'listening');

    await until(allOver);
    for (const uri of [...structures, ...MACHINES.map((locator) => `${FOUNDATION}:${locator}:`)]) {
      expect([uri, await stateOf(uri)]).toEqual([uri, 'built']);
    }
    expect(await stateOf('/api/v1/Building/Complex:cluster:')).toBe('built');
    const doneOnce = ['machine1-wipe', 'machine2-wipe', 'vm1-wipe', 'web1-install', 'web2-install'];
    const checked = ['web1-check', 'web2-check'];
    expect(await effects()).toEqual(onceEach(...doneOnce, ...checked));
    await answers('web2.lab.test A', '10.7.0.12');
    await answers('-x 10.7.0.11', 'web1.lab.test.');

    // All of it is taken down, in whichever order it is asked for.
    for (const uri of [...MACHINES.map((locator) => `${FOUNDATION}:${locator}:`), ...structures]) {
      expect(await client.call(`${uri}(doDestroy)`)).toEqual(expect.any(Number));
    }
    await until(allOver);
    for (const uri of structures) expect([uri, await stateOf(uri)]).toEqual([uri, 'planned']);
    for (const locator of MACHINES) {
      expect([locator, await stateOf(`${FOUNDATION}:${locator}:`)]).toEqual([
        locator,
        expect.stringMatching(/planned|located/),
      ]);
    }
    const undone = ['machine1-off', 'machine2-off', 'vm1-off', 'web1-remove', 'web2-remove'];
    expect(await effects()).toEqual(onceEach(...doneOnce, ...checked, ...undone));
    for (const uri of structures) await client.delete(uri);
    await answers('web1.lab.test A', '');
    await answers('-x 10.7.0.11', '');
    await answers('byhand.lab.test A', '');
    await answers('-x 10.7.0.13', '');

    // Every job is in the job log, from its beginning to its end.
    const log = (await client.list('/api/v1/Foreman/JobLog', { count: 100 })).uris;
    expect(log).toHaveLength(14);
    for (const uri of log) {
      const finished = { started_at: expect.any(String), finished_at: expect.any(String), canceled_by: null };
      expect(await client.get(uri)).toMatchObject({ site: SITE, creator: 'root', ...finished });
    }
    const grave = (line: string) => /"level":(?:50|60)/.test(line);
    expect([...server.lines, ...agent.lines].filter(grave)).toEqual([]);
  });
});
