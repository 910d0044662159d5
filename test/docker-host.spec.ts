/**
 * A host that is a structure itself, and what it carries: a Docker host on a machine that people look after is built by its
 * jobs, containers on the complex it is are built as soon as it is there, and all of it is taken down again, the host last.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { DockerEngine, NatsServer, RunningProgram } from '#testing';
import { canStartDockerEngine, startDockerEngine, startNatsServer, startProgram, until } from '#testing';
import type { Journey } from './start-journey.ts';
import { startJourney } from './start-journey.ts';

jest.setTimeout(120_000);

type Values = Readonly<Record<string, unknown>>;

const SITE = '/api/v1/Site/Site:site1:';
const COMPLEX = '/api/v1/Docker/DockerComplex:demodocker:';
const NAMES = ['container01', 'container02'];
const foundationOf = (locator: string): string => `/api/v1/Building/Foundation:${locator}:`;
const blueprint = (kind: string, name: string): string => `/api/v1/BluePrint/${kind}BluePrint:${name}:`;

const HOST = `sflinks = [['docker-host', 'manual-foundation-base']]
[structure.docker-host]
description = 'Docker Host'
parents = ['manual-structure-base']
[structure.docker-host.config_values]
'>package_list' = ['docker.io']
postinstall_script = 'http://static/dockersetup'
`;

/** It answers at port 22, and ends when it is asked to. */
const COMMAND = ['/bin/sh', '-c', `trap 'exit 0' TERM; httpd -f -p 22 -h / & wait`];

const nats: NatsServer | undefined = canStartDockerEngine ? await startNatsServer() : undefined;
afterAll(() => nats?.stop());
const journey: Journey | undefined = nats && (await startJourney({ NATS_URL: nats.url }));

(journey ? describe : describe.skip)('a Docker host that is a structure itself (needs root)', () => {
  const { client, rest } = journey ?? ({} as Journey);
  let engine: DockerEngine;
  let agent: RunningProgram;
  let host: string;
  const containers = new Map<string, string>();

  const created = async (model: string, values: Values): Promise<string> =>
    (await client.create(`/api/v1/${model}`, values)).uri;
  const asked = async (what: string, body: Values = {}): Promise<Values> => {
    const answer = await rest('POST', what, body);
    expect([what, answer.status < 300, answer.body]).toEqual([what, true, answer.body]);
    return answer.body;
  };
  const idOf = (uri: string): string => uri.split(':')[1] ?? '';
  const stateOf = async (uri: string) => (await client.get(uri))['state'];
  const jobs = async () => {
    const lists = await Promise.all(['FoundationJob', 'StructureJob'].map((name) => rest('GET', `Foreman/${name}`)));
    const paths = lists.flatMap(({ body }, n) =>
      (body['items'] as readonly Values[]).map(
        ({ id }) => `Foreman/${n === 0 ? 'Foundation' : 'Structure'}Job/${String(id)}`,
      ),
    );
    const found = await Promise.all(paths.map((path) => rest('GET', path)));
    return found.filter(({ status }) => status === 200).map(({ body }) => body);
  };
  /** What a job says it waits for. */
  const waitsFor = async (kind: string, id: number): Promise<readonly string[]> => {
    const { body } = await rest('GET', `Foreman/${kind}Job/${id}`);
    return (body['conditions'] as readonly Values[]).map(({ text }) => String(text));
  };
  /** Does what jobs on the host ask a person to do, until none is left, or what else is awaited holds. */
  const operate = async (isOver: () => Promise<boolean>): Promise<readonly string[]> => {
    const said: string[] = [];
    await until(async () => {
      const open = await jobs();
      expect(open.filter(({ state }) => ['error', 'aborted'].includes(String(state)))).toEqual([]);
      for (const { id, message } of open.filter(({ state }) => state === 'paused')) {
        said.push(String(message));
        await client.call(`/api/v1/Foreman/BaseJob:${String(id)}:(resume)`);
      }
      return isOver();
    });
    return said;
  };
  const isBuilt = (uris: readonly string[]) => async () =>
    (await Promise.all(uris.map(stateOf))).every((state) => state === 'built');

  beforeAll(async () => {
    engine = await startDockerEngine();
    await engine.makeImage('ubuntu:bionic');
    await created('Site/Site', { name: 'site1', description: 'x' });
    await asked('BluePrint/ResourceFile/load', { shipped: ['base_os', 'ubuntu', 'manual', 'docker'] });
    await asked('BluePrint/ResourceFile/load', { files: { 'docker-host.toml': HOST } });
    const [a, b, c, d] = engine.address.split('.').map(Number);
    const subnet = [a, b, c, Number(d) - 2].join('.');
    const block = await created('Utilities/AddressBlock', { name: 'lab', site: SITE, subnet, prefix: 30 });
    await created('Utilities/ReservedAddress', { address_block: block, offset: 1, reason: 'router' });
    const network = await created('Utilities/Network', { name: 'internal', site: SITE });
    await created('Utilities/NetworkAddressBlock', { network, address_block: block });

    const manual = { locator: 'docker01', site: SITE, blueprint: blueprint('Foundation', 'manual-foundation-base') };
    await created('Manual/ManualFoundation', manual);
    const foundation = foundationOf('docker01');
    const eth0 = { foundation, name: 'eth0', physical_location: 'eth0', network, is_provisioning: true };
    await created('Utilities/RealNetworkInterface', eth0);
    const structure = {
      site: SITE,
      foundation,
      hostname: 'docker01',
      blueprint: blueprint('Structure', 'docker-host'),
    };
    host = await created('Building/Structure', structure);
    const networked = `/api/v1/Utilities/Networked:${idOf(host)}:`;
    const primary = { networked, interface_name: 'eth0', is_primary: true };
    await client.call(`${block}(nextAddress)`, primary);

    await created('Docker/DockerComplex', { site: SITE, name: 'demodocker', description: 'Demo' });
    const member = { complex: '/api/v1/Building/Complex:demodocker:', structure: host };
    await created('Building/ComplexStructure', member);
    for (let port = 6000; port < 6003; port += 1) {
      await created('Docker/DockerPort', { complex: COMPLEX, address_offset: 0, port });
    }
    for (const locator of NAMES) {
      const container = { locator, site: SITE, docker_complex: COMPLEX };
      await created('Docker/DockerFoundation', {
        ...container,
        blueprint: blueprint('Foundation', 'docker-container-base'),
      });
      const on = { site: SITE, foundation: foundationOf(locator), hostname: locator };
      const config = { docker_command: COMMAND, port_list: ['22/tcp'] };
      const os = blueprint('Structure', 'ubuntu-bionic-base');
      containers.set(locator, await created('Building/Structure', { ...on, blueprint: os, config_values: config }));
    }
    const { url: NATS_URL } = nats!;
    const settings = { NATS_URL, SUBCONTRACTOR_SITE: 'site1', SUBCONTRACTOR_DOCKER_CERTS: engine.certs };
    agent = await startProgram('apps/subcontractor/src/main', settings, 'serving');
  });
  afterAll(async () => {
    await agent?.stop();
    await engine?.stop();
  });

  it('is built by its jobs, and containers that were asked for before wait for it', async () => {
    const [first = ''] = NAMES;
    expect(await stateOf(COMPLEX)).toBe('planned');
    const early = await client.call<number>(`${foundationOf(first)}(doCreate)`);
    await client.call(`${containers.get(first)}(doCreate)`);
    expect(await waitsFor('Foundation', early)).toEqual([
      'complex demodocker is 0 % of 90 %: 0 of 1 members are built',
    ]);
    await client.call(`${foundationOf('docker01')}(doCreate)`);
    await client.call(`${host}(doCreate)`);
    const said = await operate(isBuilt([host, COMPLEX, foundationOf(first), containers.get(first) ?? '']));
    expect(said).toEqual([
      'Make sure that the machine is powered off, then resume the job',
      'Install the operating system, then resume the job',
      'Make sure that the operating system is running, then resume the job',
    ]);
    expect(await engine.containers()).toEqual([first]);
  });

  it('carries containers, which answer at its address', async () => {
    const [first = '', second = ''] = NAMES;
    const another = containers.get(second) ?? '';
    // A container has no address of its own.
    const next = {
      networked: `/api/v1/Utilities/Networked:${idOf(another)}:`,
      interface_name: 'eth0',
      is_primary: true,
    };
    const { uris } = await client.list('/api/v1/Utilities/AddressBlock');
    expect(await client.call(`${uris[0]}(nextAddress)`, next)).toBeNull();
    await until(async () => (await stateOf(foundationOf(second))) === 'located');
    await client.call(`${foundationOf(second)}(doCreate)`);
    await client.call(`${another}(doCreate)`);
    await operate(isBuilt([foundationOf(second), another]));
    const { body } = await engine.api('GET', '/containers/json');
    type Shown = { readonly Names: readonly string[]; readonly Ports: readonly Values[] };
    const shown = (body as readonly Shown[]).map(({ Names: [name], Ports: ports }) => [
      name,
      ports
        .filter(({ IP: ip }) => ip === '0.0.0.0')
        .map(({ PublicPort: out, PrivatePort: port }) => `${String(out)}->${String(port)}`),
    ]);
    expect(shown.toSorted(([one], [other]) => String(one).localeCompare(String(other)))).toEqual([
      [`/${first}`, ['6000->22']],
      [`/${second}`, ['6001->22']],
    ]);
    expect((await fetch(`http://${engine.address}:6001/`)).status).toBe(404);
    const { value } = await asked(`Building/Structure/${idOf(host)}/impact`);
    expect(((value as Values)['affected'] as readonly Values[]).map(({ id }) => id)).toEqual([
      'c-demodocker',
      ...NAMES.map((name) => `f-${name}`),
      ...NAMES.map((name) => `s-${idOf(containers.get(name) ?? '')}`),
    ]);
  });

  it('is not destroyed while it carries them, which is told', async () => {
    const carried = `complex demodocker is not built without it, and carries foundations that are built or have a job: ${NAMES.join(', ')}`;
    const job = await client.call<number>(`${host}(doDestroy)`);
    expect(await waitsFor('Structure', job)).toEqual([carried]);
    const spare = { locator: 'container03', site: SITE, docker_complex: COMPLEX };
    await created('Docker/DockerFoundation', { ...spare, blueprint: blueprint('Foundation', 'docker-container-base') });
    await expect(client.call(`${foundationOf('container03')}(doCreate)`)).rejects.toThrow(
      `job ${job} destroys structure docker01, without which complex demodocker is not built`,
    );
    await client.delete(foundationOf('container03'));
    await client.call(`/api/v1/Foreman/BaseJob:${job}:(cancel)`);
    const { status, body } = await rest('POST', 'Building/Machine/deprovision', { site: 'site1', names: ['docker01'] });
    expect([status, (body['errors'] as readonly Values[]).map(({ code, text }) => [code, text])]).toEqual([
      409,
      [
        [
          'NOT_DELETABLE',
          expect.stringMatching(/^docker01: it is used by Address \d+, which points to Address \d+, Address/),
        ],
        ['COMPLEX_IN_USE', `docker01: ${carried}: take them down too, or first`],
      ],
    ]);
  });

  it('is taken down with all that it carries, and after it', async () => {
    const { value } = await asked('Building/Machine/deprovision', { site: 'site1', names: ['docker01', ...NAMES] });
    const { id } = value as Values;
    // The jobs on the host ask somebody first: the containers are gone by then.
    let left: readonly string[] | undefined;
    const said = await operate(async () => {
      if ((await jobs()).some(({ state }) => state === 'paused')) left ??= await engine.containers();
      return (await rest('GET', `Building/Deprovision/${String(id)}`)).body['state'] !== 'running';
    });
    expect(left).toEqual([]);
    expect(said).toEqual([
      'Remove the operating system, then resume the job',
      'Make sure that the machine is off, then resume the job',
    ]);
    expect((await rest('GET', `Building/Deprovision/${String(id)}`)).body).toMatchObject({ removed: 3, kept: [] });
    for (const name of ['docker01', ...NAMES]) {
      await expect(client.get(foundationOf(name))).rejects.toMatchObject({ status: 404 });
    }
    const { uris } = await client.list('/api/v1/Docker/DockerPort');
    const free = await Promise.all(uris.map(async (uri) => (await client.get(uri))['foundation']));
    expect(free).toEqual([null, null, null]);
    await client.delete(COMPLEX);
  });
});
