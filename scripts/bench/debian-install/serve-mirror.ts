import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A mirror of packages on loopback. */
export interface Mirror {
  readonly port: number;
  /** Told of each request that is answered with a file, by its path. */
  onRequest(listener: (path: string) => void): void;
  stop(): Promise<void>;
}

/** Serves the files of a folder below `/debian/`. */
export async function serveMirror(folder: string): Promise<Mirror> {
  let listener: (path: string) => void = () => undefined;
  const server = createServer((request, response) => {
    const asked = decodeURIComponent((request.url ?? '').replace(/^\/debian\//, ''));
    const file = path.join(folder, asked);
    const answer = async (): Promise<void> => {
      const found = file.startsWith(`${folder}/`) ? await stat(file) : undefined;
      if (!found?.isFile()) throw new Error('no file');
      listener(`/${asked}`);
      response.writeHead(200, { 'Content-Length': found.size });
      await pipeline(createReadStream(file), response);
    };
    answer().catch(() => {
      if (!response.headersSent) response.writeHead(404);
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    onRequest: (told) => void (listener = told),
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
