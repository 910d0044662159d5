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
  readonly #sessions = new Map<FaultedServer, Promise<CinpClient>>();

  constructor(servers: readonly FaultedServer[], random: Random) {
    this.servers = servers;
    this.#random = random;
  }

  /** Asks one server, once; with a session that is begun where there is none any more. */
  async at<T>(server: FaultedServer, task: (client: CinpClient) => Promise<T>): Promise<T> {
    // One login for all who ask at a time: many at once would be taken for guesses.
    const session = this.#sessions.get(server) ?? this.#login(server);
    try {
      return await task(await session);
    } catch (error) {
      const ended = error instanceof InvalidSession || error instanceof NotAuthorized;
      if (ended && this.#sessions.get(server) === session) this.#sessions.delete(server);
      throw error;
    }
  }

  #login(server: FaultedServer): Promise<CinpClient> {
    const client = new CinpClient(server.url, { timeout: TIMEOUT_MS });
    const session = client.login('root', ADMIN_PASSWORD).then(
      () => client,
      (error: unknown) => {
        this.#sessions.delete(server);
        throw error;
      },
    );
    this.#sessions.set(server, session);
    return session;
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
