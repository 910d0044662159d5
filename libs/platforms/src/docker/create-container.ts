import { setTimeout as sleep } from 'node:timers/promises';
import { isMap } from '#platform';
import { containerRequest, imageReference, type Order, type Origin } from './container-request.ts';
import type { Container } from './containers.ts';
import { containerNamed, removeContainer } from './containers.ts';
import type { Engine } from './engine.ts';
import { EngineRefusal } from './engine.ts';

/** Whether a job has made a container as that of a foundation. */
const isOf = ({ job, foundation }: Container, order: Order, origin: Origin): boolean =>
  job === String(origin.job) && foundation === order.name;

/**
 * Makes a container that is not started, and puts it on its networks; one that the same job has made already is taken.
 * @returns its id
 * @throws Error where it cannot be made, or somebody else's has its name
 */
export async function createContainer(
  engine: Engine,
  order: Order,
  origin: Origin,
  signal: AbortSignal,
): Promise<string> {
  const networks = order.network_list ?? [];
  // Engines take networks that are not there, and find out when the container starts.
  for (const network of networks) await engine.ask({ method: 'GET', path: networkPath(network) });
  const id = (await idOfOwn(engine, order, origin)) ?? (await make(engine, order, origin, signal));
  for (const network of networks.slice(1)) await connect(engine, id, network);
  return id;
}

/** The container that the same job has made already. @throws Error where somebody else's has the name */
async function idOfOwn(engine: Engine, order: Order, origin: Origin): Promise<string | undefined> {
  const found = await containerNamed(engine, order.name);
  if (found === undefined || isOf(found, order, origin)) return found?.id;
  const whose = found.job === undefined ? 'not by Contractor' : `by job ${found.job}`;
  throw new Error(
    `there is a container ${order.name} already, made ${whose} (${found.id.slice(0, 12)}): remove or rename it`,
  );
}

/** A name is taken a moment before its container can be looked at: so often, and with such a pause, it is tried again. */
const MAX_ATTEMPTS = 40;
const PAUSE_MS = 250;

async function make(engine: Engine, order: Order, origin: Origin, signal: AbortSignal): Promise<string> {
  const body = { ...containerRequest(order, origin), Image: imageReference(order.docker_image) };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const query = { name: order.name };
      const made = await engine.ask({ method: 'POST', path: '/containers/create', query, body });
      if (isMap(made) && typeof made['Id'] === 'string') return made['Id'];
      throw new Error(`the engine at ${engine.shown} has made a container and tells no id`);
    } catch (error) {
      if (!(error instanceof EngineRefusal)) throw error;
      const own = await idOfOwn(engine, order, origin);
      if (own !== undefined) return own;
      // Docker says it by its status, Podman in words.
      const isTaken = error.status === 409 || error.message.includes('already in use');
      if (!isTaken || attempt === MAX_ATTEMPTS) throw error;
      await sleep(PAUSE_MS, undefined, { signal });
    }
  }
}

const networkPath = (network: string): string => `/networks/${encodeURIComponent(network)}`;

/** Puts a container on a network; where it is on it, nothing happens. */
async function connect(engine: Engine, id: string, network: string): Promise<void> {
  const path = `${networkPath(network)}/connect`;
  try {
    // Docker says nothing, Podman something that is no JSON.
    await engine.bytes({ method: 'POST', path, body: { Container: id } });
  } catch (error) {
    const isOn = error instanceof EngineRefusal && /already (exists|connected)/.test(error.message);
    if (!isOn) throw error;
  }
}

/** Removes the container that the same job has made; there may be none, or somebody else's, which stays. */
export async function undoContainer(engine: Engine, order: Order, origin: Origin): Promise<void> {
  const found = await containerNamed(engine, order.name);
  if (found && isOf(found, order, origin)) await removeContainer(engine, found.id);
}
