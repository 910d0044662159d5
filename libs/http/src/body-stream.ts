import type { ServerResponse } from 'node:http';

/** A body that goes on for as long as there is something to tell, written in chunks. */
export interface BodyStream {
  /** Bytes that were written and that the network has not taken yet. */
  readonly pending: number;
  /** Whether nothing can be written any more: the client is gone, or the body has ended. */
  readonly closed: boolean;
  write(text: string): void;
  /** Resolves once the network has taken enough for more to be written, or the client is gone. */
  drained(): Promise<void>;
  /** Ends the body, once what was written is sent. */
  end(): void;
  /** Ends the connection at once. */
  destroy(): void;
  /** Told once nothing can be written any more; at once where that is so already. */
  whenClosed(listener: () => void): void;
}

/** The body of a response of Node's HTTP server whose head is sent. */
export function bodyStream(response: ServerResponse): BodyStream {
  const isClosed = (): boolean => response.destroyed || response.writableEnded;
  // A client that goes away while something is written is told by 'close'.
  response.on('error', () => undefined);
  return {
    get pending() {
      return response.writableLength;
    },
    get closed() {
      return isClosed();
    },
    write: (text) => void (isClosed() || response.write(text)),
    drained: () =>
      new Promise((resolve) => {
        if (isClosed() || !response.writableNeedDrain) return resolve();
        const done = (): void => {
          response.off('drain', done);
          response.off('close', done);
          resolve();
        };
        response.on('drain', done);
        response.on('close', done);
      }),
    end: () => void (isClosed() || response.end()),
    destroy: () => void response.destroy(),
    whenClosed: (listener) => {
      if (response.destroyed) listener();
      else response.once('close', listener);
    },
  };
}
