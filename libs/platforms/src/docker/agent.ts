import type { AgentHalf, AgentParametersOf } from '#platform';
import type { Container } from './containers.ts';
import { containerNamed, findContainer, removeContainer } from './containers.ts';
import { listContainers } from './list-containers.ts';
import { dockerContract, type DockerContract } from './contract.ts';
import { createContainer, undoContainer } from './create-container.ts';
import type { DockerSettings } from './engine-address.ts';
import type { Engine } from './engine.ts';
import { reachEngine } from './engine.ts';
import { pullImage } from './pull-image.ts';
import { startStop, stateOf } from './start-stop.ts';

/** The container of a foundation, as tasks name it. */
type Named = Pick<AgentParametersOf<DockerContract, 'state'>, 'docker_id' | 'name'>;

/** The container by its id; where none was noted, by the name, if Contractor has made it for that foundation. */
async function ownContainer(engine: Engine, { docker_id: id, name }: Named): Promise<Container | undefined> {
  if (id !== null) return findContainer(engine, id);
  const found = await containerNamed(engine, name);
  return found?.foundation === name ? found : undefined;
}

async function knownContainer(engine: Engine, named: Named): Promise<Container> {
  const found = await ownContainer(engine, named);
  if (found) return found;
  const which = named.docker_id === null ? '' : ` (${named.docker_id.slice(0, 12)})`;
  throw new Error(`the engine at ${engine.shown} has no container ${named.name}${which}: somebody has removed it`);
}

/** The agent half of docker. */
export const docker = (settings: DockerSettings): AgentHalf<DockerContract> => ({
  contract: dockerContract,
  tasks: {
    create: async (order, { task, job, signal, debug }) => {
      const engine = await reachEngine(order.connection, settings, signal);
      await pullImage(engine, order.docker_image, debug);
      return { done: true, id: await createContainer(engine, order, { task, job }, signal) };
    },

    create_rollback: async (order, { task, job, signal }) => {
      const engine = await reachEngine(order.connection, settings, signal);
      await undoContainer(engine, order, { task, job });
      return { rollback_done: true };
    },

    destroy: async ({ connection, ...named }, { signal }) => {
      const engine = await reachEngine(connection, settings, signal);
      const found = await ownContainer(engine, named);
      if (found) await removeContainer(engine, found.id);
      return { done: true };
    },

    start_stop: async ({ connection, state, ...named }, { signal }) => {
      const engine = await reachEngine(connection, settings, signal);
      // What is gone runs no more.
      if (state === 'stop' && !(await ownContainer(engine, named))) return { state };
      return { state: await startStop(engine, await knownContainer(engine, named), state, signal) };
    },

    state: async ({ connection, ...named }, { signal }) => {
      const engine = await reachEngine(connection, settings, signal);
      return { state: stateOf(await knownContainer(engine, named)) };
    },

    list: async ({ connection }, { signal }) => ({
      machine_list: await listContainers(await reachEngine(connection, settings, signal)),
    }),
  },
  observe: {},
});
