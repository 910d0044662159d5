import { reference, text } from '#api';
import type { Json } from '#kernel';
import { writeJson } from '#kernel';
import type { KnownFoundation, ParametersOf, ServerValues } from '#platform';
import { isMap } from '#platform';
import { PortsEffect, serverSide } from '#platform/server';
import type { CallContext } from '#tscript';
import { ExecutionError, ParameterError, textOf } from '#tscript';
import { givenValues } from '../given-values.ts';
import { connectionOf, foundationText, foundationValue } from '../machine/connection-of.ts';
import { destroy } from '../machine/destroy.ts';
import { dockerContract, type DockerContract } from './contract.ts';

const { task, functions, foundationFunctions, half } = serverSide(dockerContract);

type Order = ParametersOf<DockerContract, 'create'>;
/** How a container is reached, and what it is known by, as it was when a call began. */
type Named = ParametersOf<DockerContract, 'state'>;

/** What containers are called: a locator of at least two characters that begins with a letter. */
const NAME = /^[a-zA-Z][a-zA-Z0-9.\-_]+$/;

const named = (context: CallContext): Named => ({
  connection: connectionOf<Named['connection']>(context),
  docker_id: foundationText(context, 'docker_id'),
  name: textOf(context.read('foundation', 'locator')),
});

interface Creating {
  readonly order: Order;
  /** Null: the container is not there yet. */
  readonly id: string | null;
  /** What an attempt has left behind is being removed. */
  readonly undoing: boolean;
}

const create = functions.external('create', {
  setup({ container_spec: spec, port_map }, context): Creating {
    const connection = connectionOf<Named['connection']>(context);
    const name = textOf(context.read('foundation', 'locator'));
    if (!NAME.test(name)) {
      const rule = 'it has two characters at least, the first of them a letter';
      throw new ParameterError('foundation', `"${name}" is no name of a container: ${rule}`);
    }
    const { image: docker_image, command, environment_map, volume_map, network_list } = spec;
    const order = { connection, name, docker_image, port_map, environment_map, command, volume_map, network_list };
    return { order: givenValues(order), id: null, undoing: false };
  },
  done: ({ id }) => id !== null,
  message: ({ order, undoing }) =>
    undoing
      ? `Waiting for what is left of the container ${order.name} to be removed`
      : `Waiting for the container ${order.name} to be created`,
  task: ({ order, undoing }) => (undoing ? task('create_rollback', order) : task('create', order)),
  receive: {
    create: (state, { done, id }) => ({ ...state, id: done ? id : null }),
    create_rollback: (state, { rollback_done: done }) => ({ ...state, undoing: !done }),
  },
  value: ({ id }) => ({ docker_id: id }),
  rollback: (state) => ({ ...state, id: null, undoing: true }),
});

/** How often a container is asked to start or stop until somebody has to look. */
const MAX_TRIES = 10;
/** Between two tries, in milliseconds. */
const PAUSE_MS = 5000;

interface Turning {
  readonly of: Named;
  readonly wanted: 'start' | 'stop';
  readonly current: 'start' | 'stop' | null;
  readonly tries: number;
  /** Not to be tried again before this time, milliseconds since 1970. */
  readonly notBefore: number;
}

const anew = (state: Turning): Turning => ({ ...state, current: null, tries: 0, notBefore: 0 });

/** The stages of `start` and `stop`: the state is asked for until the container has it. */
const turn = <N extends 'start' | 'stop'>(wanted: N) =>
  foundationFunctions.external(wanted, {
    setup: (_, context): Turning => ({ of: named(context), wanted, current: null, tries: 0, notBefore: 0 }),
    done: ({ current }) => current === wanted,
    run(state) {
      const { of, current, tries } = state;
      if (tries < MAX_TRIES) return state;
      const text = `the container ${of.name} is in state "${current}" and not "${wanted}" after ${MAX_TRIES} tries`;
      throw new ExecutionError(text).keeping(anew(state));
    },
    message: ({ of }) => `Waiting for the container ${of.name} to ${wanted}`,
    wakeAt: ({ notBefore }) => notBefore || undefined,
    task: ({ of, tries, notBefore }, { now }) =>
      now < notBefore ? null : task('start_stop', { ...of, state: wanted, sent: tries > 0 }),
    receive: {
      start_stop: (state, { state: current }, { now }) => ({
        ...state,
        current,
        tries: state.tries + 1,
        notBefore: now + PAUSE_MS,
      }),
    },
    value: () => null,
    rollback: anew,
  });

interface Looking {
  readonly of: Named;
  readonly state: 'start' | 'stop' | null;
}

const state = foundationFunctions.external('state', {
  setup: (_, context): Looking => ({ of: named(context), state: null }),
  done: ({ state: found }) => found !== null,
  message: ({ of }) => `Waiting for the state of the container ${of.name}`,
  task: ({ of }) => task('state', of),
  receive: { state: (looking, { state: found }) => ({ ...looking, state: found }) },
  value: ({ state: found }) => found,
});

/** The ports of the complex, as scripts are told of them. */
interface KnownPorts {
  readonly taken: readonly { readonly id: number; readonly port: number; readonly index: number }[];
  readonly free: readonly { readonly id: number; readonly port: number }[];
}

type MapParameters = ServerValues<DockerContract['foundationFunctions']['map_ports']>;

/** Chooses a port of the host for each of the container: those it has already, and then the first that are free. */
function mapPorts({ container_spec: { port_list: list } }: MapParameters, context: CallContext) {
  const wanted = list.map(String);
  const twice = wanted.find((port, n) => wanted.indexOf(port) !== n);
  if (twice !== undefined) throw new ParameterError('container_spec.port_list', `"${twice}" is in it twice`);
  const { taken, free } = foundationValue(context, 'docker_ports') as unknown as KnownPorts;
  const left = [...free];
  const ports = wanted.map((container, n) => {
    const found = taken.find(({ index }) => index === n) ?? left.shift();
    if (found) return { id: found.id, port: found.port, container };
    const complex = foundationText(context, 'docker_complex') ?? '';
    const has = `complex "${complex}" has ${free.length} free, and ${wanted.length - taken.length} are needed`;
    throw new ExecutionError(`insufficient ports: ${has}: add some (Docker/DockerPort)`);
  });
  context.effect(new PortsEffect(ports));
  return Object.fromEntries(ports.map(({ container, port }) => [container, port]));
}

/** What the container is to be, as the configuration of the structure on it says. @throws ExecutionError for what is not so */
function containerSpec({ structureValue }: KnownFoundation) {
  const value = (key: string): Json => structureValue(key) ?? null;
  const image = value('docker_image');
  if (typeof image !== 'string' || image === '') {
    throw new ExecutionError('configuration value "docker_image": must be the name of an image');
  }
  const map = (key: string): Readonly<Record<string, Json>> => {
    const found = value(key);
    if (found !== null && !isMap(found)) throw new ExecutionError(`configuration value "${key}": must be a map`);
    return found ?? {};
  };
  const list = (...keys: readonly string[]): readonly Json[] => {
    const key = keys.find((one) => value(one) !== null);
    const found = key === undefined ? [] : value(key);
    if (!Array.isArray(found)) throw new ExecutionError(`configuration value "${key}": must be a list`);
    return found;
  };
  const volumes = map('docker_volume_map');
  const networks = list('docker_network_list');
  return {
    image,
    port_list: list('port_list', 'docker_port_list'),
    environment_map: Object.fromEntries(
      Object.entries(map('environment_map')).map(([name, one]) => [name, plain(one)]),
    ),
    command: value('docker_command'),
    ...(Object.keys(volumes).length > 0 ? { volume_map: volumes } : {}),
    ...(networks.length > 0 ? { network_list: networks } : {}),
  };
}

/** The value of a variable: numbers and the like are text to a program; a secret stays a reference. */
const plain = (value: Json): Json =>
  isMap(value) ? value : typeof value === 'string' ? value : value === null ? '' : writeJson(value);

/** Where an engine may be that is not at the usual port of its host. */
const ENDPOINT = /^(?:tcp:\/\/[^\s/@]+|unix:\/\/\/\S+)$/;

/** Containers of Docker engines, or of Podman. */
export const docker = half({
  functions: { create },
  foundationTypes: [
    {
      type: 'Docker',
      model: 'Docker/DockerFoundation',
      doc: 'A container of a Docker engine, or of Podman.',
      classes: ['Container', 'Docker'],
      locates: 'with-complex',
      complexField: 'docker_complex',
      machineId: 'docker_id',
      inSiteOfComplex: true,
      sharesNetwork: true,
      values: { docker_containerspec: containerSpec },
      attributes: ({ docker_id: id, docker_complex: complex }) => ({
        _docker_id: id ?? null,
        _docker_complex: complex ?? null,
      }),
      fields: {
        docker_complex: reference('Docker/DockerComplex', { required: true }),
        docker_id: text(64, { mode: 'RO' }),
      },
      functions: {
        start: turn('start'),
        stop: turn('stop'),
        state,
        destroy: foundationFunctions.external('destroy', destroy({ id: named, send: (of) => task('destroy', of) })),
        map_ports: foundationFunctions.inline('map_ports', mapPorts),
        unmap_ports: foundationFunctions.inline('unmap_ports', (_, context) => {
          context.effect(new PortsEffect(null));
          return null;
        }),
      },
    },
  ],
  complexModels: ['Docker/DockerPort'],
  complexTypes: [
    {
      type: 'Docker',
      model: 'Docker/DockerComplex',
      doc: 'A host with a Docker engine, or Podman: its one member.',
      fields: {
        docker_endpoint: text(200, {
          protocols: ['rest'],
          doc: 'where its engine is, if not at tcp://<primary address>:2376: tcp://docker1:2375, unix:///var/run/docker.sock',
        }),
      },
      patterns: { docker_endpoint: ENDPOINT },
      maxMembers: 1,
      connection: ({ docker_endpoint: endpoint }, host) => ({ host, ...(endpoint == null ? {} : { endpoint }) }),
      lists: (connection) => ({ connection }),
      carries: { type: 'Docker', blueprint: 'docker-container-base' },
    },
  ],
});
