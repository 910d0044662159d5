import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import type { EventStore, Position, Upcasters } from '#event-store';
import { postgresEventStore } from '#event-store';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import type { LogListener } from '../src/reaction.ts';
import type { ReactionRunnerOptions } from '../src/reaction-runner.ts';
import { ReactionRunner } from '../src/reaction-runner.ts';

/** One process of several over a database; it has a pool of its own. */
export interface ExampleServer {
  readonly runner: ReactionRunner;
  readonly pool: Pool;
  readonly errors: string[];
  stop(): Promise<void>;
}

/** A log of parcels in a database of its own, and processes that listen to it, for the specs of reactions. */
export class ExampleServers {
  readonly database: TestDatabase;
  readonly store: EventStore;
  readonly #servers: ExampleServer[] = [];
  readonly #lengths = new Map<string, number>();

  private constructor(database: TestDatabase, store: EventStore) {
    this.database = database;
    this.store = store;
  }

  static async open(): Promise<ExampleServers> {
    const database = await testDatabase();
    return new ExampleServers(database, await postgresEventStore(database.pool));
  }

  async close(): Promise<void> {
    for (const server of this.#servers) await server.stop();
    await this.store.close();
    await this.database.drop();
  }

  /** Appends events of these types to one stream, each with its number in `n`. @returns the position of the last one */
  async tell(stream: string, ...types: readonly string[]): Promise<Position> {
    const length = this.#lengths.get(stream) ?? 0;
    const events = types.map((type, n) => ({
      id: randomUUID(),
      type,
      data: JSON.stringify({ n: length + n }),
      meta: JSON.stringify({ v: 1, at: '2026-01-01T00:00:00.000000+00:00', actor: 'me', correlation: 'c' }),
    }));
    this.#lengths.set(stream, length + types.length);
    return (await this.store.append([{ stream, expected: length - 1, events }])).position;
  }

  /** Starts a process. Failures are tried again at once, up to three times. */
  async start(
    listeners: readonly LogListener[],
    options: Partial<ReactionRunnerOptions> & { readonly upcasters?: Upcasters } = {},
  ): Promise<ExampleServer> {
    const pool = new Pool({ connectionString: this.database.url, max: 5 });
    pool.on('error', () => undefined);
    const errors: string[] = [];
    const runner = new ReactionRunner({
      store: this.store,
      pool,
      listeners,
      upcasters: {},
      onError: (error, listener) => errors.push(`${listener}: ${String(error)}`),
      retry: { firstMs: 1, maxMs: 5, maxTries: 3 },
      times: { candidacy: 20, heartbeat: 50, answer: 5000, lease: 10_000 },
      ...options,
    });
    let stopped = false;
    const server: ExampleServer = {
      runner,
      pool,
      errors,
      stop: async () => {
        if (stopped) return;
        stopped = true;
        await runner.stop();
        await pool.end();
      },
    };
    this.#servers.push(server);
    await runner.start();
    return server;
  }

  /** Ends the connection that makes a process the leader. */
  async breakLeadership(): Promise<void> {
    await this.database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks
       WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
  }
}
