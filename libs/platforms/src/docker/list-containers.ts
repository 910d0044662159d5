import { isMap } from '#platform';
import { TASK_LABEL } from './container-request.ts';
import type { Engine } from './engine.ts';

/** The longest listing that is read, in bytes: of some ten thousand containers. */
const MAX_BYTES = 32 * 1024 * 1024;

const OFF = new Set(['created', 'exited', 'dead']);
const powerOf = (state: string): string => (state === 'running' ? 'on' : OFF.has(state) ? 'off' : state);

/** The containers of an engine, running or not, by one call; their MACs are the engine's own affair and are not told. */
export async function listContainers(engine: Engine) {
  const query = { all: 'true' };
  const listed = await engine.ask({ method: 'GET', path: '/containers/json', query, maxBytes: MAX_BYTES });
  if (!Array.isArray(listed)) throw new Error(`what the engine at ${engine.shown} lists are no containers`);
  return listed.map((one: unknown) => {
    const { Id: id, Names: names, State: state, Labels: labels } = isMap(one) ? one : {};
    if (typeof id !== 'string' || typeof state !== 'string') {
      throw new Error(`what the engine at ${engine.shown} says of a container is none`);
    }
    const task = isMap(labels) ? labels[TASK_LABEL] : undefined;
    return {
      id,
      name: ownName(Array.isArray(names) ? names : []),
      power: powerOf(state),
      macs: null,
      task: typeof task === 'string' ? task : null,
    };
  });
}

/** The name of a container among those by which it is listed: with a link, others know it by a path. */
const ownName = (names: readonly unknown[]): string =>
  names
    .filter((name) => typeof name === 'string')
    .map((name) => name.replace(/^\//, ''))
    .find((name) => !name.includes('/')) ?? '';
