import type { Shape } from '#platform';
import {
  boolean,
  choice,
  integer,
  list,
  listTask,
  mapOf,
  nullable,
  optional,
  platformContract,
  record,
  secret,
  text,
} from '#platform';

/**
 * Where the engine is: on a host, at port 2376 of TCP unless `endpoint` says otherwise (`tcp://host:port`,
 * `unix:///path`).
 */
const connection = record({ host: text(), endpoint: optional(text()) });
/** The container of a foundation: its name is the locator; `docker_id` is null where none was noted. */
const container = { connection, docker_id: nullable(text()), name: text() };

/** A command with its arguments: as a shell would split the text, or a list of them. */
const command: Shape<string | readonly string[] | null> = {
  ...nullable(list(text())),
  words: 'text or a list of texts, or null',
  fault: (value, path) => (typeof value === 'string' || value === null ? undefined : list(text()).fault(value, path)),
  take: (value) => value,
};
/** The port of the host by that of the container (`80`, `80/tcp`, `53/udp`). */
const port_map = mapOf(integer({ min: 1, max: 65_535 }));
/** Variables of the environment; values may be secrets. */
const environment_map = mapOf(secret());
/** Where volumes, or folders of the host, are in the container. */
const volume_map = optional(mapOf(text()));
/** Networks of the engine it is on; the first one is its own, and where there is none, the default one of the engine. */
const network_list = optional(list(text()));

const asked = { image: text(), command, environment_map, volume_map, network_list };
const created = {
  connection,
  name: text(),
  docker_image: text(),
  port_map,
  environment_map,
  command,
  volume_map,
  network_list,
};

/** Containers of a Docker engine, or of Podman's service that speaks its protocol. */
export const dockerContract = platformContract({
  name: 'docker',
  tasks: {
    /**
     * Pulls the image and makes the container, which is not started. It has the name of the foundation and says which job has
     * made it: so the same job finds it again and makes no second one, and takes nobody else's for its own.
     */
    create: { repeat: 'safe', parameters: created, result: { done: boolean(), id: text() } },
    /** Removes what `create` of the same job has made; what somebody else has made under that name stays. */
    create_rollback: { repeat: 'safe', parameters: created, result: { rollback_done: boolean() } },
    /** Removes the container and the volumes without names; one that is not there is removed. */
    destroy: { repeat: 'safe', parameters: container, result: {} },
    /** Starts or stops the container; in the state that is wanted already it is left alone. */
    start_stop: {
      repeat: 'safe',
      parameters: { ...container, state: choice('start', 'stop'), sent: boolean() },
      result: { state: choice('start', 'stop') },
    },
    state: { repeat: 'safe', parameters: container, result: { state: choice('start', 'stop') } },
    list: listTask({ connection }),
  },
  functions: {
    /** The value is a map with `docker_id`. */
    create: { container_spec: record(asked), port_map },
  },
  foundationFunctions: {
    start: {},
    stop: {},
    state: {},
    destroy: {},
    /** Ports of the host for those of the container; the value is `port_map`. */
    map_ports: { container_spec: record({ port_list: list(integerOrText()) }) },
    unmap_ports: {},
  },
});

/** A port of a container: `80`, `"80"`, `"53/udp"`. */
function integerOrText(): Shape<number | string> {
  const number = integer({ min: 1, max: 65_535 });
  return {
    ...number,
    kind: 'json',
    words: 'a port such as 80, "80/tcp" or "53/udp"',
    fault: (value, path) =>
      typeof value === 'string' && PORT.test(value) && Number.parseInt(value, 10) <= 65_535
        ? undefined
        : number.fault(value, path) && `${path} must be a port such as 80, "80/tcp" or "53/udp"`,
    open: (value) => value as number | string,
    take: (value) => (typeof value === 'string' ? value : (number.take?.(value) ?? value)),
  };
}

/** A port of a container, as text. */
export const PORT = /^[1-9]\d{0,4}(\/(tcp|udp|sctp))?$/;

export type DockerContract = typeof dockerContract;
