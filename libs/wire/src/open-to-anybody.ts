import { connect } from '@nats-io/transport-node';
import { readNatsAddresses } from './nats-addresses.ts';

/** How long a stranger waits to be let in, in milliseconds. */
const TIMEOUT_MS = 2000;

/** Whether NATS lets in who says nothing about who they are; undefined where that cannot be told now. */
export async function openToAnybody(servers: string): Promise<boolean | undefined> {
  const { hosts, tls } = readNatsAddresses(servers);
  try {
    const stranger = await connect({
      servers: [...hosts],
      ...(tls ? { tls: {} } : {}),
      name: 'contractor asks whether anybody is let in',
      reconnect: false,
      maxReconnectAttempts: 0,
      timeout: TIMEOUT_MS,
    });
    await stranger.close();
    return true;
  } catch (cause) {
    return /authorization|authentication/i.test(String(cause)) ? false : undefined;
  }
}
