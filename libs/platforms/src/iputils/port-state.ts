import { connect } from 'node:net';
import { types } from 'node:util';

/** How long a connection may take, in milliseconds. */
const TIMEOUT_MS = 5000;

const ABORTED = 'exception: "The operation was aborted"(AbortError)';

/**
 * What a TCP port does when it is knocked at: `open`, `timeout` (no answer within five seconds), `no route to host`,
 * `closed` (any other failure of the network) or `exception: "<text>"(<class>)`.
 */
export function portState(
  target: string,
  port: number,
  signal?: AbortSignal,
  timeoutMs: number = TIMEOUT_MS,
): Promise<string> {
  return new Promise((resolve) => {
    try {
      if (signal?.aborted === true) return resolve(ABORTED);
      const socket = connect({ host: target, port });
      const abort = () => say(ABORTED);
      const say = (state: string) => {
        clearTimeout(timer);
        // The signal outlives the look by far: it is let go of.
        signal?.removeEventListener('abort', abort);
        socket.destroy();
        resolve(state);
      };
      const timer = setTimeout(() => say('timeout'), timeoutMs);
      signal?.addEventListener('abort', abort, { once: true });
      socket.once('connect', () => say('open'));
      socket.on('error', (error) => say(stateOfFailure(error)));
    } catch (thrown) {
      resolve(exceptionText(thrown));
    }
  });
}

/** The state that a failed connection tells; a host with several addresses fails with one error for each. */
export function stateOfFailure(failure: Error): string {
  const errors = 'errors' in failure ? (failure.errors as readonly Error[]) : [failure];
  const codes = errors.map((error) => (error as NodeJS.ErrnoException).code);
  if (codes.some((code) => code === undefined)) return exceptionText(failure);
  for (const [code, state] of states) if (codes.every((its) => its === code)) return state;
  return 'closed';
}

const states: ReadonlyMap<string, string> = new Map([
  ['EHOSTUNREACH', 'no route to host'],
  ['ETIMEDOUT', 'timeout'],
]);

const exceptionText = (thrown: unknown): string =>
  types.isNativeError(thrown)
    ? `exception: "${thrown.message}"(${thrown.constructor.name})`
    : `exception: "${String(thrown)}"(${typeof thrown})`;
