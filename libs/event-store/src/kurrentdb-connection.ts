import type * as Kurrent from '@kurrent/kurrentdb-client';
import type { Filter, KurrentDBClient } from '@kurrent/kurrentdb-client';
import { BadSetting } from '#runtime/settings';

/** The client package. It is a peer that need not be there, so it is loaded only when a log on KurrentDB is opened. */
export type KurrentPackage = typeof Kurrent;

/** What the client keeps to itself and there is no other way to. */
interface ClientInside {
  readonly capabilities: Promise<{ readonly serverVersion: string; supports(method: { path: string }): boolean }>;
  getChannel(): Promise<{ close(): void }>;
}

const APPEND_RECORDS = '/kurrentdb.protocol.v2.streams.StreamsService/AppendRecords';

/**
 * Loads the client package.
 * @throws BadSetting that says what to install
 */
export async function loadKurrentPackage(
  load = (): Promise<KurrentPackage> => import('@kurrent/kurrentdb-client'),
): Promise<KurrentPackage> {
  try {
    return await load();
  } catch {
    throw new BadSetting(
      'EVENT_STORE',
      'kurrentdb',
      'a log on KurrentDB needs the package @kurrent/kurrentdb-client, and it cannot be loaded; ' +
        'install it with: npm install @kurrent/kurrentdb-client@1.3.1',
    );
  }
}

/**
 * The client in its two halves, which connect apart from each other: one appends and subscribes, the other, native one
 * reads. Both come back after an outage, but a native half whose first read finds no server never does: it is made anew.
 */
export class KurrentConnection {
  readonly kurrent: KurrentPackage;
  /** The half that appends and subscribes. */
  readonly writer: KurrentDBClient;
  /** Leaves out the streams of the server itself: their names begin with `$`. */
  readonly filter: Filter;
  readonly #connectionString: string;
  #reader: KurrentDBClient;
  #hasRead = false;
  #closed = false;

  constructor(kurrent: KurrentPackage, connectionString: string) {
    this.kurrent = kurrent;
    this.#connectionString = connectionString;
    this.filter = kurrent.streamNameFilter({ regex: '^[^$]' });
    this.writer = this.#client();
    this.#reader = this.#client();
  }

  /** @throws Error where the server is too old */
  async requireAppendRecords(): Promise<void> {
    const server = await inside(this.writer).capabilities;
    if (server.supports({ path: APPEND_RECORDS })) return;
    throw new Error(
      `KurrentDB ${server.serverVersion} cannot keep the log: it needs 26.1 or newer, ` +
        'which appends to several streams at once and checks streams that are only read',
    );
  }

  /** Reads everything the query yields. */
  async read<E>(query: (reader: KurrentDBClient) => AsyncIterable<E>): Promise<E[]> {
    if (this.#closed) throw new Error('the log is closed');
    const reader = this.#reader;
    try {
      const events: E[] = [];
      for await (const event of query(reader)) events.push(event);
      this.#hasRead ||= reader === this.#reader;
      return events;
    } catch (error) {
      if (!(error instanceof this.kurrent.UnavailableError)) throw error;
      if (!this.#hasRead && reader === this.#reader) this.#reader = this.#client();
      throw new Error('KurrentDB cannot be read: it is not available', { cause: error });
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.writer.dispose();
    await inside(this.writer)
      .getChannel()
      .then((channel) => channel.close())
      // Where the server is looked for in a cluster and not found, there is none.
      .catch(() => undefined);
  }

  #client(): KurrentDBClient {
    try {
      return this.kurrent.KurrentDBClient.connectionString(this.#connectionString);
    } catch {
      // What is wrong with it is not repeated: it may hold a password.
      throw new Error('this is no connection string of KurrentDB; one looks like kurrentdb://user:password@host:2113');
    }
  }
}

const inside = (client: KurrentDBClient): ClientInside => client as unknown as ClientInside;
