import { Signal } from './signal.ts';
import { checkAppend } from './check-append.ts';
import type { EventStore, Position, ReadAllOptions, Subscription } from './event-store.ts';
import { KurrentAppender } from './kurrentdb-appender.ts';
import type { KurrentPackage } from './kurrentdb-connection.ts';
import { KurrentConnection, loadKurrentPackage } from './kurrentdb-connection.ts';
import { KurrentReader } from './kurrentdb-reader.ts';
import { KurrentRinger } from './kurrentdb-ringer.ts';
import { catchUpSubscription } from './catch-up-subscription.ts';

export interface KurrentDbOptions {
  /** Loads the client package; by default it is imported. */
  readonly load?: () => Promise<KurrentPackage>;
}

/** How long a subscription waits for the bell before it looks all the same, in milliseconds. */
const POLL = 1000;

/**
 * The log on a KurrentDB server of our own, 26.1 or newer. Positions are commit positions.
 * @throws Error where the server is away or too old, or the client package is not there
 */
export async function kurrentdbEventStore(
  connectionString: string,
  { load }: KurrentDbOptions = {},
): Promise<EventStore> {
  const connection = new KurrentConnection(await loadKurrentPackage(load), connectionString);
  try {
    await connection.requireAppendRecords();
  } catch (error) {
    await connection.close();
    throw error;
  }

  const reader = new KurrentReader(connection);
  const appender = new KurrentAppender(connection, reader);
  const bell = new Signal();
  const ringer = new KurrentRinger(connection, (position) => {
    if (position !== undefined) appender.saw(position);
    bell.notify();
  });
  ringer.start();
  const subscriptions = new Set<Subscription>();

  return {
    append: async (writes, checks = []) => {
      checkAppend(writes, checks);
      const appended = await appender.append(writes, checks);
      if (!appended.repeated) bell.notify();
      return appended;
    },
    readStream: (stream, options) => reader.readStream(stream, options),
    readsFromAnywhere: false,
    readAll: (after, options) => reader.readAll(after, options),
    readAt: (positions) => reader.readAt(positions),
    last: () => reader.last(),
    head: () => reader.head(),
    subscribe: (after, handle, options = {}) => {
      const read = async (from: Position, wanted: ReadAllOptions) => {
        const page = await reader.readAll(from, wanted);
        return { ...page, more: page.end > from };
      };
      const following = catchUpSubscription({ after, handle, options, read, bell, pollMs: POLL });
      const subscription = {
        stop: async () => {
          subscriptions.delete(subscription);
          await following.stop();
        },
      };
      subscriptions.add(subscription);
      return subscription;
    },
    close: async () => {
      await ringer.stop();
      await Promise.all([...subscriptions].map((subscription) => subscription.stop()));
      await appender.idle();
      bell.close();
      await connection.close();
    },
  };
}
