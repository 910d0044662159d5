import { isMap } from '#platform';
import { FOUNDATION_LABEL, JOB_LABEL } from './container-request.ts';
import type { Engine } from './engine.ts';
import { EngineRefusal } from './engine.ts';

/** A container as far as tasks have to know it. */
export interface Container {
  readonly id: string;
  readonly name: string;
  /** `created`, `running`, `paused`, `restarting`, `removing`, `exited`, `dead`. */
  readonly status: string;
  readonly exitCode: number;
  /** What the engine says went wrong when it was started, mostly nothing. */
  readonly error: string;
  /** Of the job that has made it, where Contractor has. */
  readonly job: string | undefined;
  /** The foundation that it is the container of, where Contractor has made it. */
  readonly foundation: string | undefined;
}

/** The containers of an engine, by their ids or names. */
export const pathOf = (idOrName: string): string => `/containers/${encodeURIComponent(idOrName)}`;

/** Looks for a container by its whole id; undefined: there is none. */
export async function findContainer(engine: Engine, id: string): Promise<Container | undefined> {
  try {
    return readContainer(await engine.ask({ method: 'GET', path: `${pathOf(id)}/json` }), engine);
  } catch (error) {
    if (error instanceof EngineRefusal && error.status === 404) return undefined;
    throw error;
  }
}

/** How Docker and Podman say that several ids begin with what was asked for. */
const AMBIGUOUS = /multiple ids found|more than one result/i;

/** Looks for a container by its name; undefined: there is none. Engines take a name for the beginning of an id, too. */
export async function containerNamed(engine: Engine, name: string): Promise<Container | undefined> {
  try {
    const found = await findContainer(engine, name);
    return found?.name === name ? found : undefined;
  } catch (error) {
    if (error instanceof EngineRefusal && AMBIGUOUS.test(error.message)) return undefined;
    throw error;
  }
}

function readContainer(it: unknown, { shown }: Engine): Container {
  const { Id: id, Name: name, State: state, Config: config } = isMap(it) ? it : {};
  if (typeof id !== 'string' || typeof name !== 'string' || !isMap(state) || !isMap(config)) {
    throw new Error(`what the engine at ${shown} says of a container is none`);
  }
  const labels = isMap(config['Labels']) ? config['Labels'] : {};
  const label = (key: string) => (typeof labels[key] === 'string' ? labels[key] : undefined);
  return {
    id,
    name: name.replace(/^\//, ''),
    status: String(state['Status']),
    exitCode: Number(state['ExitCode'] ?? 0),
    error: typeof state['Error'] === 'string' ? state['Error'] : '',
    job: label(JOB_LABEL),
    foundation: label(FOUNDATION_LABEL),
  };
}

/** Removes a container with its volumes that have no name, running or not; one that is not there is removed. */
export async function removeContainer(engine: Engine, id: string): Promise<void> {
  try {
    await engine.ask({ method: 'DELETE', path: pathOf(id), query: { force: 'true', v: 'true' } });
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    if (error.status === 404) return;
    // Somebody else is removing it: then it is to be gone before this is over.
    if (error.status !== 409) throw error;
    await untilRemoved(engine, id);
  }
}

async function untilRemoved(engine: Engine, id: string): Promise<void> {
  try {
    await engine.ask({ method: 'POST', path: `${pathOf(id)}/wait`, query: { condition: 'removed' } });
  } catch (error) {
    if (!(error instanceof EngineRefusal && error.status === 404)) throw error;
  }
}
