import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A stretch of network between a client and a server that a test can cut and mend. */
export interface Relay {
  /** The loopback port to connect to instead of the server's own; stays the same over a cut. */
  readonly port: number;
  /** Breaks all connections and takes no new ones. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** Lets nothing through any more, while both ends believe to be connected. */
  stall(): void;
  /** Lets nothing through that the server says on the connections there are: it hears, and its answers are lost. */
  mute(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** Passes on whatever comes to a loopback port of its own to the given loopback port. */
export async function startRelay(target: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  const onwards = new Set<Socket>();
  let stalled = false;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    const onward = keep(connect({ host: '127.0.0.1', port: target, noDelay: true }));
    onwards.add(onward);
    keep(client).pipe(onward).pipe(client);
    if (stalled) stall();
    client.on('close', () => onward.destroy());
    onward.on('close', () => {
      onwards.delete(onward);
      client.destroy();
    });
  });
  const stall = () => {
    stalled = true;
    for (const socket of sockets) socket.pause();
  };
  const mute = () => {
    for (const onward of onwards) onward.pause();
  };
  const resume = () => {
    stalled = false;
    for (const socket of sockets) socket.resume();
  };
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const cut = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };

  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    cut,
    stop: cut,
    mend: () => (server.listening ? Promise.resolve() : listen(port)),
    stall,
    mute,
    resume,
  };
}
