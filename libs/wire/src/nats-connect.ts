import { readFile } from 'node:fs/promises';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { connect, wsconnect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { WebSocket, type ClientOptions } from 'ws';
import { hostOf, namedAs, proxyTunnel, secured } from '#runtime/proxy-tunnel';
import { readNatsAddresses } from './nats-addresses.ts';
import type { NatsCertificates, NatsTransport } from './nats-transport.ts';

/** How long it may take until a WebSocket is open, and until one that is closed is gone, in milliseconds. */
const OPEN_MS = 5000;
const CLOSE_MS = 1000;

/** Where NATS is, and how it is reached. */
export interface NatsServers extends NatsTransport {
  /** The addresses, as `readNatsAddresses` reads them. */
  readonly servers: string;
}

/**
 * Connects to NATS, over TCP or WebSockets. The client library has one kind of transport for all connections of a process,
 * that of the last one that was made: a process keeps to one kind.
 */
export function connectNats(
  { servers, certificates, proxy }: NatsServers,
  options: Omit<NodeConnectionOptions, 'servers' | 'tls'>,
): Promise<NatsConnection> {
  const { hosts, webSocket, tls: encrypted } = readNatsAddresses(servers);
  if (webSocket) {
    return wsconnect({
      ...options,
      servers: [...hosts],
      // What other servers call themselves among each other is of no use behind a proxy.
      ignoreClusterUpdates: true,
      wsFactory: async (url) => {
        const socket = openWebSocket(new URL(url), { certificates, proxy });
        return { socket: socket as unknown as globalThis.WebSocket, encrypted };
      },
    });
  }
  const { caFile, certFile, keyFile } = certificates ?? {};
  const given = {
    ...(caFile === undefined ? {} : { caFile }),
    ...(certFile === undefined ? {} : { certFile }),
    ...(keyFile === undefined ? {} : { keyFile }),
    ...checkedAs(hosts),
  };
  return connect({ ...options, servers: [...hosts], ...(encrypted || certificates ? { tls: given } : {}) });
}

/**
 * How the certificate of a server that is called by its IP address is checked: the client library has it checked as that
 * of `localhost`. It has to be that of one of the addresses.
 */
function checkedAs(hosts: readonly string[]) {
  const addresses = hosts.map((host) => hostOf(new URL(`nats://${host}`))).filter((host) => net.isIP(host) > 0);
  if (addresses.length === 0) return {};
  const checkServerIdentity: typeof tls.checkServerIdentity = (host, certificate) => {
    const named = hosts.some((one) => hostOf(new URL(`nats://${one}`)) === host);
    const faults = (named ? [host] : addresses).map((one) => tls.checkServerIdentity(one, certificate));
    return faults.includes(undefined) ? undefined : faults[0];
  };
  return { checkServerIdentity };
}

/**
 * A WebSocket that is being opened. What goes wrong on the way it tells by its own events: the client library waits for
 * ever where it is given none.
 */
function openWebSocket(url: URL, transport: NatsTransport): WebSocket {
  const createConnection = (_: unknown, created: (cause: Error | null, socket?: Duplex) => void): undefined => {
    connectionTo(url, transport).then(
      (socket) => created(null, socket),
      (cause: Error) => created(cause),
    );
  };
  const options: ClientOptions & { readonly closeTimeout: number } = {
    perMessageDeflate: false,
    handshakeTimeout: OPEN_MS,
    closeTimeout: CLOSE_MS,
    createConnection: createConnection as unknown as NonNullable<ClientOptions['createConnection']>,
  };
  const socket = new WebSocket(url, options);
  // What goes wrong after the client library has let go of it concerns nobody.
  socket.on('error', () => undefined);
  return socket;
}

/** A connection to a server of WebSockets, through a proxy where there is one; it may still be being made. */
async function connectionTo(url: URL, { certificates, proxy }: NatsTransport): Promise<Duplex> {
  const encrypted = url.protocol === 'wss:';
  const host = hostOf(url);
  const port = Number(url.port || (encrypted ? 443 : 80));
  const signal = AbortSignal.timeout(OPEN_MS);
  const through = proxy && (await proxyTunnel({ proxy: new URL(proxy), host, port, signal }));
  if (!encrypted) return through || net.connect({ host, port, noDelay: true });
  try {
    const options = { ...(await readCertificates(certificates ?? {})), ...namedAs(host) };
    return through ? secured(through, options) : tls.connect({ ...options, port });
  } catch (cause) {
    if (through) through.destroy();
    throw cause;
  }
}

async function readCertificates({ caFile, certFile, keyFile }: NatsCertificates) {
  return {
    ...(caFile === undefined ? {} : { ca: await readFile(caFile) }),
    ...(certFile === undefined ? {} : { cert: await readFile(certFile) }),
    ...(keyFile === undefined ? {} : { key: await readFile(keyFile) }),
  };
}
