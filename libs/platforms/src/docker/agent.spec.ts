import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Secret } from '#kernel';
import type { AgentParametersOf, TaskContext } from '#platform';
import type { DockerEngine, DockerRegistry, PodmanEngine } from '#testing';
import { canStartDockerEngine, startDockerEngine, startDockerRegistry, startPodmanEngine } from '#testing';
import { docker } from './agent.ts';
import type { DockerContract } from './contract.ts';

jest.setTimeout(120_000);

type Order = AgentParametersOf<DockerContract, 'create'>;

const describeEngine = canStartDockerEngine ? describe : describe.skip;

describeEngine.each([
  ['Docker', startDockerEngine],
  ['Podman', startPodmanEngine],
] as const)('the agent of docker at a real engine of %s (needs root)', (kind, startEngine) => {
  let engine: DockerEngine | PodmanEngine;
  let registry: DockerRegistry;
  let said: unknown[];
  beforeAll(async () => {
    engine = await startEngine();
    registry = await startDockerRegistry(engine.nearAddress);
    await engine.makeImage('still:1', 'sleep 600');
  });
  afterAll(async () => {
    await registry?.stop();
    await engine?.stop();
  });
  beforeEach(async () => {
    said = [];
    for (const name of await engine.containers()) await engine.api('DELETE', `/containers/${name}?force=true&v=true`);
  });

  // Podman has no TLS of its own.
  const certs = () => ('certs' in engine ? engine.certs : undefined);
  const connection = () => ('certs' in engine ? { host: engine.address } : overSocket());
  const overSocket = () => ({ host: 'unused', endpoint: `unix://${engine.socket}` });
  const tasks = () => docker({ certs: certs() }).tasks;
  const context = (job = 17, signal = new AbortController().signal): TaskContext => ({
    task: `${job}-1`,
    job,
    signal,
    credentials: async () => null,
    debug: (message, fields) => void said.push({ message, ...fields }),
  });
  const order = (changes: Partial<Order> = {}): Order => ({
    connection: connection(),
    name: 'node01',
    docker_image: 'still:1',
    port_map: {},
    environment_map: {},
    command: null,
    ...changes,
  });
  const create = (changes: Partial<Order> = {}, job = 17) => tasks().create(order(changes), context(job));
  const named = (docker_id: string | null = null) => ({ connection: connection(), docker_id, name: 'node01' });
  const turn = (state: 'start' | 'stop', id: string | null = null) =>
    tasks().start_stop({ ...named(id), state, sent: false }, context());
  const inspect = async () => (await engine.api('GET', '/containers/node01/json')).body as never;
  const stranger = () => engine.api('POST', '/containers/create?name=node01', { Image: 'still:1' });

  it('makes a container that is not started, with all that was asked for', async () => {
    await engine.api('POST', '/networks/create', { Name: 'web' });
    await engine.api('POST', '/networks/create', { Name: 'db' });
    const { id, done } = await create({
      port_map: { '8080/tcp': 5080, '53/udp': 5053 },
      environment_map: { GREETING: new Secret('hello = you') },
      command: ['/bin/sleep', '100'],
      volume_map: { 'node01-data': '/data' },
      network_list: ['web', 'db'],
    });
    expect(done).toBe(true);
    expect(await inspect()).toMatchObject({
      Id: id,
      State: { Status: 'created' },
      Config: {
        Image: expect.stringMatching(/(^|\/)still:1$/),
        Cmd: ['/bin/sleep', '100'],
        Env: expect.arrayContaining(['GREETING=hello = you']),
        Labels: { 'contractor.job': '17', 'contractor.task': '17-1', 'contractor.foundation': 'node01' },
      },
      HostConfig: {
        PortBindings: { '8080/tcp': [{ HostPort: '5080' }], '53/udp': [{ HostPort: '5053' }] },
        Binds: [expect.stringMatching(/^node01-data:\/data(:|$)/)],
      },
      NetworkSettings: { Networks: { web: {}, db: {} } },
    });
  });

  it('makes one container, however often the same job asks', async () => {
    const first = await create({ network_list: ['bridge', 'db2'] }).catch((error: Error) => error.message);
    expect(first).toMatch(/network .*db2.* not found/);
    await engine.api('POST', '/networks/create', { Name: 'db2' });
    const again = await create({ network_list: ['bridge', 'db2'] });
    expect(await create({ network_list: ['bridge', 'db2'] })).toEqual(again);
    expect(await Promise.all([create({ name: 'node02' }), create({ name: 'node02' })])).toHaveLength(2);
    expect((await engine.containers()).toSorted()).toEqual(['node01', 'node02']);
    expect(await inspect()).toMatchObject({ Id: again.id, NetworkSettings: { Networks: { db2: {} } } });
  });

  it.each([
    ['a stranger', stranger, 'made not by Contractor'],
    ['another job', () => create({}, 16), 'made by job 16'],
  ])('takes no container of %s for its own, nor removes it', async (_, make, whose) => {
    await make();
    const { Id } = (await inspect()) as { readonly Id: string };
    await expect(create()).rejects.toThrow(
      new RegExp(`^there is a container node01 already, ${whose} \\(${Id.slice(0, 12)}\\): remove or rename it$`),
    );
    expect(await tasks().create_rollback(order(), context())).toEqual({ rollback_done: true });
    expect(await inspect()).toMatchObject({ Id });
  });

  it('takes no container for its own whose id begins with the name, however many these are', async () => {
    const other = await create({ name: 'other' });
    const name = other.id.slice(0, 12);
    const before = { connection: connection(), docker_id: null, name };
    expect(await tasks().create_rollback(order({ name }), context())).toEqual({ rollback_done: true });
    await tasks().destroy(before, context());
    expect(await engine.containers()).toEqual(['other']);
    expect((await create({ name })).id).not.toBe(other.id);
    expect((await engine.containers()).toSorted()).toEqual([name, 'other'].toSorted());
  });

  it('undoes what it has made, and nothing where there is nothing', async () => {
    await create();
    expect(await tasks().create_rollback(order(), context())).toEqual({ rollback_done: true });
    expect(await engine.containers()).toEqual([]);
    expect(await tasks().create_rollback(order(), context())).toEqual({ rollback_done: true });
  });

  it('starts and stops a container, which may be so already', async () => {
    const { id } = await create();
    const look = () => tasks().state(named(id), context());
    expect(await turn('stop', id)).toEqual({ state: 'stop' });
    for (const state of ['start', 'start', 'stop', 'stop', 'start'] as const) {
      expect([await turn(state, id), await look()]).toEqual([{ state }, { state }]);
    }
    await engine.api('POST', '/containers/node01/pause');
    expect(await look()).toEqual({ state: 'stop' });
    expect([await turn('start', id), await look()]).toEqual([{ state: 'start' }, { state: 'start' }]);
  });

  it('lists the containers of an engine, whoever made them', async () => {
    const { id } = await create();
    await turn('start', id);
    await engine.api('POST', '/containers/create?name=other', { Image: 'still:1' });
    const { machine_list: list } = await tasks().list({ connection: connection(), macs_of: [] }, context());
    expect(list.toSorted((one, other) => (one.name < other.name ? -1 : 1))).toEqual([
      { id, name: 'node01', power: 'on', macs: null, task: '17-1' },
      { id: expect.stringMatching(/^[0-9a-f]{64}$/), name: 'other', power: 'off', macs: null, task: null },
    ]);
  });

  it('tells what a container has said that ended at once', async () => {
    await create({ command: `/bin/sh -c "echo no disk; echo giving up; exit 3"` });
    await expect(turn('start')).rejects.toThrow(
      'the container node01 ended at once with exit code 3: no disk | giving up',
    );
  });

  it('tells of a command that is not there, in the words of the engine', async () => {
    await create({ command: 'no-such-program' });
    await expect(turn('start')).rejects.toThrow(/no-such-program.*executable file not found/);
  });

  it('has started a container that does its work at once', async () => {
    await create({ command: '/bin/echo done' });
    expect(await turn('start')).toEqual({ state: 'start' });
  });

  it('tells of a container that somebody has removed; it runs no more', async () => {
    const { id } = await create();
    await engine.api('DELETE', '/containers/node01');
    const gone = `has no container node01 (${id.slice(0, 12)}): somebody has removed it`;
    await expect(tasks().state(named(id), context())).rejects.toThrow(gone);
    await expect(turn('start', id)).rejects.toThrow(gone);
    expect(await turn('stop', id)).toEqual({ state: 'stop' });
  });

  it('destroys a container that runs, and one that is gone', async () => {
    const { id } = await create({ volume_map: { 'node01-data': '/data' } });
    await turn('start', id);
    const destroy = (by: string | null) => tasks().destroy(named(by), context());
    await Promise.all([destroy(id), destroy(id)]);
    expect(await engine.containers()).toEqual([]);
    await destroy(id);
    await create();
    await destroy(null);
    expect(await engine.containers()).toEqual([]);
    // Volumes with a name are somebody's data.
    expect((await engine.api('GET', '/volumes/node01-data')).status).toBe(200);
  });

  it('destroys nothing of a stranger where it knows a name only', async () => {
    await stranger();
    await tasks().destroy(named(), context());
    expect(await engine.containers()).toEqual(['node01']);
  });

  it.each([
    ['torn', /^the image \S+\/torn:latest cannot be pulled: .*(?:[Dd]igest|verif)/],
    ['private', /^the image \S+\/private:latest cannot be pulled: .*(unauthorized|authentication required)/],
    ['missing', /^the image \S+\/missing:latest cannot be pulled: .*manifest unknown/],
  ])('tells what the registry says of the image "%s", whether or not the answer began well', async (image, message) => {
    await expect(create({ docker_image: `${registry.name}/${image}` })).rejects.toThrow(message);
    expect(registry.asked.get(image)).toBeGreaterThan(0);
    expect(await engine.containers()).toEqual([]);
  });

  it('tells of an image that is nowhere', async () => {
    await expect(create({ docker_image: 'no-such-image:1' })).rejects.toThrow(
      /^the image no-such-image:1 cannot be pulled: /,
    );
  });

  it('takes the image that is there where no registry gives it, and says so', async () => {
    await create();
    expect(said).toMatchObject([{ message: expect.stringContaining('the one that is there'), image: 'still:1' }]);
  });

  it('ends with its signal', async () => {
    const over = new AbortController();
    const { id } = await create();
    over.abort(new Error('its job is over'));
    await expect(
      tasks().start_stop({ ...named(id), state: 'start', sent: false }, context(17, over.signal)),
    ).rejects.toThrow('its job is over');
  });

  // Podman listens at its socket alone.
  if (kind === 'Podman') return;

  it('is reached over a unix socket as well, and over TCP with its certificates alone', async () => {
    const over = (where: Order['connection'], certs?: string) =>
      docker({ certs }).tasks.create(order({ connection: where }), context());
    const { id } = await over(overSocket());
    expect(await over(connection(), certs())).toMatchObject({ id });
    await expect(over(connection())).rejects.toThrow(
      `the Docker engine at tcp://${engine.address}:2376 wants TLS: the agent needs its certificates`,
    );
    await expect(over({ host: '127.0.0.1', endpoint: 'tcp://127.0.0.1:1' })).rejects.toThrow(
      /^the Docker engine at tcp:\/\/127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/,
    );
  });
});
