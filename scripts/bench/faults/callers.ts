import { setTimeout as sleep } from 'node:timers/promises';
import { CinpClient, InvalidRequest, InvalidSession, NotAuthorized, NotFound } from '#cinp';
import { ADMIN_PASSWORD } from '#testing';
import type { FaultedServer } from './installation.ts';
import type { Random } from './random.ts';

/** How long a request may take, in milliseconds. */
const TIMEOUT_MS = 10_000;
/** How long to wait before the next try, in milliseconds. */
const AGAIN_MS = 250;

/** How long a server may not know what the other one has answered, in milliseconds: the database may be away meanwhile. */
const UNKNOWN_MS = 60_000;

/** The server said no, and says so again. */
export const isRefused = (error: unknown): error is InvalidRequest | NotFound =>
  error instanceof InvalidRequest || error instanceof NotFound;

/** Sessions of the administrator at both servers. */
export class Callers {
  readonly servers: readonly FaultedServer[];
  readonly #random: Random;
  readonly #clients = new Map<FaultedServer, CinpClient>();

  constructor(servers: readonly FaultedServer[], random: Random) {
    this.servers = servers;
    this.#random = random;
  }

  /** Asks one server, once; with a session that is begun where there is none any more. */
  async at<T>(server: FaultedServer, task: (client: CinpClient) => Promise<T>): Promise<T> {
    try {
      let client = this.#clients.get(server);
      if (!client) {
        client = new CinpClient(server.url, { timeout: TIMEOUT_MS });
        await client.login('root', ADMIN_PASSWORD);
        this.#clients.set(server, client);
      }
      return await task(client);
    } catch (error) {
      if (error instanceof InvalidSession || error instanceof NotAuthorized) this.#clients.delete(server);
      throw error;
    }
  }

  any(): FaultedServer {
    return this.#random.pick(this.servers);
  }

  /**
   * Asks one or the other until one answers, or the signal aborts. What one of them has just made the other may not know
   * yet: it is asked again for a while. @throws what was refused
   */
  async persist<T>(task: (client: CinpClient) => Promise<T>, signal: AbortSignal): Promise<T> {
    let missingSince: number | undefined;
    for (;;) {
      try {
        return await this.at(this.any(), task);
      } catch (error) {
        if (error instanceof NotFound) missingSince ??= performance.now();
        const known = !(error instanceof NotFound) || performance.now() - (missingSince ?? 0) > UNKNOWN_MS;
        if ((isRefused(error) && known) || signal.aborted) throw error;
        await sleep(AGAIN_MS);
      }
    }
  }
}
