import type { JetstreamForemanSettings } from './jetstream-foreman.ts';
import { connectNats } from './nats-connect.ts';
import { connectionOptions } from './nats-link.ts';
import { InstallationTaken, streams } from './streams.ts';
import { natsNames } from './subjects.ts';

/** How long NATS may take to answer, in milliseconds. */
const TIMEOUT_MS = 3000;

/**
 * Looks whether the id of the installation is free on NATS, or ours, and makes it ours. Where NATS does not answer that
 * is found out later.
 * @throws InstallationTaken where it belongs to other data
 */
export async function checkInstallation(settings: JetstreamForemanSettings): Promise<void> {
  const { installation } = settings;
  const options = connectionOptions(settings, TIMEOUT_MS);
  const connection = await connectNats(settings, {
    ...options,
    reconnect: false,
    maxReconnectAttempts: 0,
    timeout: TIMEOUT_MS,
  }).catch(() => undefined);
  if (connection === undefined) return;
  try {
    await streams(connection, natsNames(installation.id), { ackWait: 0, reportWait: 0 }).claim(installation);
  } catch (cause) {
    // Whatever else is wrong the wire tells, again and again.
    if (cause instanceof InstallationTaken) throw cause;
  } finally {
    await connection.close();
  }
}
