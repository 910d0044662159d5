import { connectNats, type NatsServers } from './nats-connect.ts';

/** How long a stranger waits to be let in, in milliseconds. */
const TIMEOUT_MS = 2000;

/** Whether NATS lets in who says nothing about who they are; undefined where that cannot be told now. */
export async function openToAnybody({ servers, certificates, proxy }: NatsServers): Promise<boolean | undefined> {
  const stranger = { servers, proxy, ...(certificates ? { certificates: { caFile: certificates.caFile } } : {}) };
  try {
    const connection = await connectNats(stranger, {
      name: 'contractor asks whether anybody is let in',
      reconnect: false,
      maxReconnectAttempts: 0,
      timeout: TIMEOUT_MS,
    });
    await connection.close();
    return true;
  } catch (cause) {
    return /authorization|authentication|certificate required/i.test(String(cause)) ? false : undefined;
  }
}
