import type { TaskContext } from '#platform';
import { isMap } from '#platform';
import { imageReference } from './container-request.ts';
import type { Engine } from './engine.ts';
import { EngineRefusal } from './engine.ts';

/**
 * Pulls an image. Where no registry gives it and the engine has it already, that one is taken.
 * @throws Error with what the registry says, which comes as a status of the engine or in the body of an answer that began well
 */
export async function pullImage(engine: Engine, image: string, debug: TaskContext['debug']): Promise<void> {
  const reference = imageReference(image);
  let failure: string | undefined;
  try {
    await engine.follow({ method: 'POST', path: '/images/create', query: { fromImage: reference } }, (line) => {
      if (isMap(line) && typeof line['error'] === 'string') failure = line['error'];
    });
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    failure = error.message;
  }
  if (failure === undefined) return;
  if (!(await hasImage(engine, reference))) throw new Error(`the image ${reference} cannot be pulled: ${failure}`);
  debug('the image cannot be pulled; the one that is there is taken', { image: reference, reason: failure });
}

async function hasImage(engine: Engine, reference: string): Promise<boolean> {
  try {
    await engine.ask({ method: 'GET', path: `/images/${reference}/json` });
    return true;
  } catch (error) {
    if (error instanceof EngineRefusal && error.status === 404) return false;
    throw error;
  }
}
