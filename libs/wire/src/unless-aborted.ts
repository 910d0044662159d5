import { setMaxListeners } from 'node:events';

/** What the promise comes to, or `undefined` as soon as the signal aborts. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  setMaxListeners(0, signal); // however many wait at a time
  return new Promise((resolve, reject) => {
    const give = () => resolve(undefined);
    signal.addEventListener('abort', give, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
    if (signal.aborted) give();
  });
}
