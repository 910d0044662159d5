import type { EntityRow } from '#read-store';
import { entityRows } from '#read-store';
import type { DockerPort } from './docker-port.ts';
import { dockerPort } from './docker-port.ts';

export type DockerPortRow = EntityRow<DockerPort>;

/** Ports of the hosts of Docker complexes by id. */
export const dockerPorts = entityRows(dockerPort, {
  name: 'docker_ports',
  version: 1,
  key: 'integer',
  indexes: { complex: ({ complex }) => complex, foundation: ({ foundation }) => foundation },
});
