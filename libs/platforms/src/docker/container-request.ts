import type { AgentParametersOf } from '#platform';
import { PORT, type DockerContract } from './contract.ts';
import { splitCommand } from './split-command.ts';

/** A container that is wanted. */
export type Order = AgentParametersOf<DockerContract, 'create'>;

/** Labels by which a container says where it comes from. */
export const JOB_LABEL = 'contractor.job';
export const TASK_LABEL = 'contractor.task';
export const FOUNDATION_LABEL = 'contractor.foundation';

/** Which task wants it. */
export interface Origin {
  readonly task: string;
  readonly job: number;
}

/**
 * What the engine is asked for to make a container.
 * @throws Error naming the port, variable or volume that is none
 */
export function containerRequest(order: Order, { task, job }: Origin) {
  const { name, docker_image: image, port_map: ports, environment_map: environment, command } = order;
  const published = Object.entries(ports).map(([port, hostPort]) => [portOf(port), String(hostPort)] as const);
  const [network] = order.network_list ?? [];
  const words = typeof command === 'string' ? splitCommand(command) : command;
  return {
    Image: image,
    ...(words === null ? {} : { Cmd: words }),
    Env: Object.entries(environment).map(([key, value]) => `${variable(key)}=${value.reveal()}`),
    Labels: { [JOB_LABEL]: String(job), [TASK_LABEL]: task, [FOUNDATION_LABEL]: name },
    ExposedPorts: Object.fromEntries(published.map(([port]) => [port, {}])),
    HostConfig: {
      PortBindings: Object.fromEntries(published.map(([port, hostPort]) => [port, [{ HostPort: hostPort }]])),
      Binds: Object.entries(order.volume_map ?? {}).map(([volume, path]) => bindOf(volume, path)),
      ...(network === undefined ? {} : { NetworkMode: network }),
    },
  };
}

const portOf = (port: string): string => {
  if (!PORT.test(port)) throw new Error(`port_map: "${port}" must be a port such as 80/tcp`);
  return port.includes('/') ? port : `${port}/tcp`;
};

const variable = (name: string): string => {
  if (name === '' || /[=\0]/.test(name)) throw new Error(`environment_map: "${name}" must be a name without "="`);
  return name;
};

/** Either part may hold no colon: what is behind one is an option to the engine. */
const bindOf = (volume: string, path: string): string => {
  if (volume === '' || volume.includes(':')) throw new Error(`volume_map: "${volume}" must be a volume or a folder`);
  const [where = '', ...options] = path.split(':');
  if (!where.startsWith('/')) throw new Error(`volume_map: "${path}" must begin with "/"`);
  if (options.length > 1 || !['ro', 'rw', undefined].includes(options[0])) {
    throw new Error(`volume_map: "${path}" may have ":ro" or ":rw" behind it and nothing else`);
  }
  return `${volume}:${path}`;
};

/** An image with its tag; without one it is `latest`, for a reference without a tag stands for all of them. */
export function imageReference(image: string): string {
  const name = image.slice(image.lastIndexOf('/') + 1);
  return image.includes('@') || name.includes(':') ? image : `${image}:latest`;
}
