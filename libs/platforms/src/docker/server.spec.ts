import { describe, expect, it } from '@jest/globals';
import type { Json } from '#kernel';
import { ScriptHarness } from '../../test/script-harness.suite.ts';
import { docker } from './server.ts';

const [foundation] = docker.foundationTypes;
const connection = { host: '192.0.2.10' };
const id = { connection, docker_id: 'abc123', name: 'host1' };
const spec = { image: 'nginx:1', environment_map: { A: 'b' }, command: null };
const free = [
  { id: 3, port: 5003 },
  { id: 4, port: 5004 },
];

const play = (lines: string, fields: Readonly<Record<string, unknown>> = {}) =>
  new ScriptHarness(docker, lines, foundation, {
    connection,
    docker_id: 'abc123',
    docker_complex: 'docker1',
    docker_ports: { taken: [], free },
    spec,
    ports: { '80/tcp': 5080 },
    ...fields,
  });

const order = {
  connection,
  name: 'host1',
  docker_image: 'nginx:1',
  port_map: { '80/tcp': 5080 },
  environment_map: { A: 'b' },
  command: null,
};
const CREATE = '  made = docker.create( container_spec=foundation.spec, port_map=foundation.ports )';

describe('docker.create', () => {
  it('has a container made, and tells its id', () => {
    const script = play(CREATE);
    expect(script.run()).toMatchObject({ kind: 'waiting', message: 'Waiting for the container host1 to be created' });
    expect(script.task()).toEqual({ module: 'docker', function: 'create', parameters: order });
    expect(script.answer({ done: true, id: 'abc' })).toBe('Accepted');
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.variables).toMatchObject({ made: expect.anything() });
  });

  it('is asked again until the agent says that it is done', () => {
    const script = play(CREATE);
    script.run();
    script.task();
    script.answer({ done: false, id: '' });
    expect(script.run()).toMatchObject({ kind: 'waiting' });
    expect(script.task()).toMatchObject({ function: 'create' });
  });

  it('sends volumes, networks and a command where there are some, and nothing where there are none', () => {
    const more = { command: ['sh', '-c', 'x'], volume_map: { data: '/data' }, network_list: ['web'] };
    const script = play(CREATE, { spec: { ...spec, ...more } });
    script.run();
    expect(script.task()?.parameters).toEqual({ ...order, ...more });
  });

  it.each([
    [{ spec: { image: 'nginx:1', command: null } }, 'container_spec'],
    [{ spec: { ...spec, command: 5 } }, 'container_spec'],
    [{ ports: { '80/tcp': 'any' } }, 'port_map'],
    [{ ports: { '80/tcp': 70_000 } }, 'port_map'],
  ])('refuses what is no container: %j', (fields, parameter) => {
    expect(play(CREATE, fields).run()).toMatchObject({
      kind: 'aborted',
      message: expect.stringContaining(`"${parameter}"`),
    });
  });

  it.each(['1host', 'h'])('refuses a locator that is no name of a container: %s', (locator) => {
    expect(play(CREATE, { locator }).run()).toMatchObject({
      kind: 'aborted',
      message: expect.stringContaining(`"${locator}" is no name of a container`),
    });
  });
});

describe('foundation.start and stop', () => {
  it.each(['start', 'stop'] as const)('%s: it is asked for until the container is so, with pauses', (wanted) => {
    const script = play(`  foundation.${wanted}()`);
    expect(script.run()).toMatchObject({ kind: 'waiting', message: `Waiting for the container host1 to ${wanted}` });
    const task = { module: 'docker', function: 'start_stop', parameters: { ...id, state: wanted, sent: false } };
    expect(script.task()).toEqual(task);
    script.answer({ state: wanted === 'start' ? 'stop' : 'start' });
    expect(script.run()).toMatchObject({ kind: 'waiting' });
    expect(script.task()).toBeUndefined();
    script.now = 5000;
    script.run();
    expect(script.task()).toEqual({ ...task, parameters: { ...task.parameters, sent: true } });
    script.answer({ state: wanted });
    expect(script.run()).toEqual({ kind: 'ended' });
  });

  it('is an error after ten tries, and begins anew when the job is reset', () => {
    const script = play('  foundation.start()');
    for (let n = 0; n < 10; n += 1) {
      script.now = n * 5000;
      expect(script.run()).toMatchObject({ kind: 'waiting' });
      script.task();
      script.answer({ state: 'stop' });
    }
    expect(script.run()).toMatchObject({
      kind: 'error',
      message: expect.stringContaining('the container host1 is in state "stop" and not "start" after 10 tries'),
    });
    expect(script.run()).toMatchObject({ kind: 'waiting' });
    expect(script.task()).toMatchObject({ parameters: { sent: false } });
  });
});

describe('foundation.state and destroy', () => {
  it('tells the state', () => {
    const script = play('  state = foundation.state()');
    script.run();
    expect(script.task()).toEqual({ module: 'docker', function: 'state', parameters: id });
    script.answer({ state: 'stop' });
    expect(script.run()).toEqual({ kind: 'ended' });
    expect(script.variables).toEqual({ state: 'stop' });
  });

  it('takes any answer for done, also where no id was noted', () => {
    const script = play('  foundation.destroy()', { docker_id: null });
    script.run();
    expect(script.task()).toEqual({ module: 'docker', function: 'destroy', parameters: { ...id, docker_id: null } });
    script.answer({ done: true });
    expect(script.run()).toEqual({ kind: 'ended' });
  });
});

describe('foundation.map_ports', () => {
  const mapped = (list: readonly Json[], fields: Readonly<Record<string, unknown>> = {}) => {
    const script = play(
      '  ports = foundation.map_ports( container_spec=foundation.wanted )\n  port = ports[ foundation.key ]',
      {
        wanted: { port_list: list },
        key: JSON.stringify(list.at(-1)).replaceAll('"', ''),
        ...fields,
      },
    );
    return { outcome: script.run(), port: script.variables['port'] };
  };

  it.each([
    [[80], {}, 5003],
    [['80/tcp', '53/udp'], {}, 5004],
    // What it has already it keeps.
    [[80], { docker_ports: { taken: [{ id: 9, port: 5009, index: 0 }], free } }, 5009],
    [[80, 81], { docker_ports: { taken: [{ id: 9, port: 5009, index: 0 }], free } }, 5003],
    [[80, 81], { docker_ports: { taken: [{ id: 9, port: 5009, index: 1 }], free } }, 5009],
  ])('gives ports of the host for %j', (list, fields, port) => {
    expect(mapped(list, fields)).toEqual({ outcome: { kind: 'ended' }, port });
  });

  it('is an error where too few are free, which a reset tries again', () => {
    expect(mapped([80, 81, 82]).outcome).toMatchObject({
      kind: 'error',
      message: expect.stringContaining('insufficient ports: complex "docker1" has 2 free, and 3 are needed'),
    });
  });

  it.each([[[80, '80']], [['http']], [[0]], [['99999/tcp']]])('refuses %j', (list) => {
    expect(mapped(list).outcome).toMatchObject({ kind: 'aborted', message: expect.stringContaining('container_spec') });
  });
});

describe('what a container is to be', () => {
  const specOf = (config: Readonly<Record<string, Json>>) =>
    foundation?.values?.['docker_containerspec']?.({
      locator: 'host1',
      own: {},
      structureValue: (name) => config[name],
    });

  it('is read of the configuration of the structure', () => {
    expect(specOf({ docker_image: 'nginx:1' })).toEqual({
      image: 'nginx:1',
      port_list: [],
      environment_map: {},
      command: null,
    });
    const environment_map = { A: 'b', NUMBER: 5, YES: true, NOTHING: null, TOKEN: { $secret: 'x' } };
    expect(
      specOf({
        docker_image: 'nginx:1',
        port_list: [80],
        docker_port_list: [81],
        environment_map,
        docker_command: 'sleep 5',
        docker_volume_map: { data: '/data' },
        docker_network_list: ['web'],
      }),
    ).toEqual({
      image: 'nginx:1',
      port_list: [80],
      environment_map: { A: 'b', NUMBER: '5', YES: 'true', NOTHING: '', TOKEN: { $secret: 'x' } },
      command: 'sleep 5',
      volume_map: { data: '/data' },
      network_list: ['web'],
    });
    expect(specOf({ docker_image: 'nginx:1', port_list: [80] })).toMatchObject({ port_list: [80] });
  });

  it.each([
    [{}, 'configuration value "docker_image": must be the name of an image'],
    [{ docker_image: 'x', environment_map: 5 }, 'configuration value "environment_map": must be a map'],
    [{ docker_image: 'x', port_list: 80 }, 'configuration value "port_list": must be a list'],
  ])('is refused by name where it is none: %j', (config, message) => {
    expect(() => specOf(config)).toThrow(message);
  });
});

describe('a complex', () => {
  const [complex] = docker.complexTypes ?? [];
  it('is reached at the address of its host, or where it says', () => {
    expect(complex?.connection?.({ docker_endpoint: null }, '192.0.2.10')).toEqual({ host: '192.0.2.10' });
    const endpoint = 'unix:///var/run/docker.sock';
    expect(complex?.connection?.({ docker_endpoint: endpoint }, '192.0.2.10')).toEqual({
      host: '192.0.2.10',
      endpoint,
    });
  });
  it.each([
    ['tcp://docker1:2375', true],
    ['unix:///var/run/docker.sock', true],
    ['http://docker1', false],
    ['docker1:2375', false],
    ['tcp://root@docker1', false],
  ])('may say that it is at %s: %s', (endpoint, good) => {
    expect(complex?.patterns?.['docker_endpoint']?.test(endpoint)).toBe(good);
  });
});
