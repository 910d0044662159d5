import type { JetstreamForemanSettings } from './jetstream-foreman.ts';
import { connectNats } from './nats-connect.ts';
import { connectionOptions } from './nats-link.ts';

/** How long NATS may take to answer, in milliseconds. */
const TIMEOUT_MS = 3000;

/** What a NATS server tells of itself. */
export interface NatsServerInfo {
  readonly version: string;
  readonly jetstream: boolean;
}

/** Asks NATS what it is, and changes nothing there. @throws Error where it does not answer, or does not let the server in */
export async function natsServerInfo(settings: JetstreamForemanSettings): Promise<NatsServerInfo> {
  const connection = await connectNats(settings, {
    ...connectionOptions(settings, TIMEOUT_MS),
    reconnect: false,
    maxReconnectAttempts: 0,
    timeout: TIMEOUT_MS,
  });
  try {
    const { version = '', jetstream = false } = connection.info ?? {};
    return { version, jetstream };
  } finally {
    await connection.close();
  }
}
