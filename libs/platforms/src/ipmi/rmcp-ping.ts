import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { type BmcAddress, shownAddress } from '../bmc/address.ts';

/** A presence ping of ASF, which every BMC with RMCP has to answer. */
const PRESENCE_PING = Buffer.from('0600ff06000011be80000000', 'hex');
/** Get Channel Authentication Capabilities, the first message of every session: some BMCs answer no other. */
const CAPABILITIES = Buffer.from('0600ff07000000000000000000092018c88100388e04b5', 'hex');

/** When a BMC that has not answered is asked, in milliseconds since the beginning. */
const ASKED_AT_MS = [0, 500, 1500, 3500];
/** How long it is waited for in all, in milliseconds. */
const PATIENCE_MS = 10_000;

/** No BMC answers. */
export class NoBmc extends Error {}

/**
 * Asks whether there is a BMC at all, which needs no user. @returns after how many milliseconds it answered
 * @throws NoBmc; the reason of the signal
 */
export async function rmcpPing(address: BmcAddress, signal: AbortSignal, patienceMs = PATIENCE_MS): Promise<number> {
  signal.throwIfAborted();
  const shown = shownAddress(address);
  const { address: ip, family } = await lookup(address.host).catch((cause: NodeJS.ErrnoException) => {
    throw new NoBmc(`the BMC ${address.host} cannot be found: ${cause.code ?? cause.message}`, { cause });
  });
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  const timers: NodeJS.Timeout[] = [];
  let abort = (): void => undefined;
  const begun = performance.now();
  try {
    return await new Promise<number>((resolve, reject) => {
      abort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', abort, { once: true });
      const failed = ({ message, code }: NodeJS.ErrnoException): void => {
        const why = code === 'ECONNREFUSED' ? 'nothing listens there' : message;
        reject(new NoBmc(`no BMC answers at ${shown} (UDP): ${why}`));
      };
      // That a message was refused is told with the next one, if there is one.
      const sent = (error: Error | null): void => {
        if (error) failed(error);
      };
      socket.on('error', failed);
      socket.on('message', () => resolve(performance.now() - begun));
      socket.on('connect', () => {
        for (const at of ASKED_AT_MS.filter((ms) => ms < patienceMs)) {
          const ask = () => {
            socket.send(PRESENCE_PING, sent);
            socket.send(CAPABILITIES, sent);
          };
          timers.push(setTimeout(ask, at));
        }
      });
      // Without a callback of its own, an address that is refused is told as an error of the socket.
      socket.connect(address.port, ip);
      const late = () => {
        const why = 'it has no power, is not on the network, or does not take IPMI over the LAN';
        reject(new NoBmc(`no BMC answers at ${shown} (UDP) within ${patienceMs / 1000} s: ${why}`));
      };
      timers.push(setTimeout(late, patienceMs));
    });
  } finally {
    for (const timer of timers) clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    socket.close();
  }
}
