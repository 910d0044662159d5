import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** An HTTP proxy of a test's own on loopback that lets `CONNECT` through and nothing else. */
export interface ConnectProxy {
  /** `http://[user:password@]127.0.0.1:<port>`. */
  readonly url: string;
  /** Where it was asked to connect to, each time. */
  readonly targets: readonly string[];
  /** Breaks all connections; new ones are taken. */
  cut(): void;
  /** Answers every request with this status from now on; undefined: lets them through again. */
  refuse(status: number | undefined): void;
  stop(): Promise<void>;
}

/** Starts one. @param user `user:password` without which it answers 407 */
export async function startConnectProxy(user?: string): Promise<ConnectProxy> {
  const sockets = new Set<Socket>();
  const targets: string[] = [];
  let refused: number | undefined;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((_, response) => void response.writeHead(405).end());
  server.on('connect', (request, client: Socket, head) => {
    keep(client);
    const target = new URL(`http://${request.url}`);
    const given = request.headers['proxy-authorization'];
    const known = user === undefined || given === `Basic ${Buffer.from(user).toString('base64')}`;
    if (refused !== undefined || !known) {
      client.end(`HTTP/1.1 ${refused ?? 407} No\r\nConnection: close\r\n\r\n`);
      return;
    }
    targets.push(target.host);
    const onward = keep(connect(Number(target.port || 80), target.hostname));
    onward.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      client.pipe(onward).pipe(client);
    });
    client.on('close', () => onward.destroy());
    onward.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://${user === undefined ? '' : `${user}@`}127.0.0.1:${(server.address() as AddressInfo).port}`,
    targets,
    cut,
    refuse: (status) => {
      refused = status;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}
