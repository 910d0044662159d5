import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** A stretch of network between a client and a server of UDP, on which a test can lose and delay what passes. */
export interface UdpRelay {
  /** The loopback port to send to instead of the server's own. */
  readonly port: number;
  /** Everything takes so long from now on, there and back together, in milliseconds. */
  delay(ms: number): void;
  /** What the server answers from now on passes only where this says so. */
  pass(passes: (answer: Buffer) => boolean): void;
  stop(): Promise<void>;
}

/** Passes on whatever comes to a loopback port of its own to the given loopback port, and back. */
export async function startUdpRelay(target: number): Promise<UdpRelay> {
  let delayMs = 0;
  let passes = (_: Buffer): boolean => true;
  const timers = new Set<NodeJS.Timeout>();
  const onward = new Map<number, Socket>();
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const later = (act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, delayMs);
    timers.add(timer);
  };
  /** Each client has a port of its own towards the server. */
  const onwardFor = (client: number): Socket => {
    const known = onward.get(client);
    if (known) return known;
    const made = createSocket('udp4');
    made.on('message', (answer) => {
      if (passes(answer)) later(() => socket.send(answer, client, '127.0.0.1'));
    });
    onward.set(client, made);
    return made;
  };
  socket.on('message', (message, { port }) => onwardFor(port).send(message, target, '127.0.0.1'));
  return {
    port: socket.address().port,
    delay: (ms) => void (delayMs = ms),
    pass: (wanted) => void (passes = wanted),
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      for (const one of [socket, ...onward.values()]) {
        const closed = once(one, 'close');
        one.close();
        await closed;
      }
    },
  };
}
