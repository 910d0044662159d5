import http from 'node:http';
import net, { type Socket } from 'node:net';
import tls from 'node:tls';

/** Where a connection goes, and the proxy it goes through. */
export interface TunnelOptions {
  /** URL of the HTTP proxy, perhaps with user and password. */
  readonly proxy: URL;
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

/** Connects to a server through an HTTP proxy (`CONNECT`). @throws Error where the proxy does not, or the signal aborts */
export function proxyTunnel({ proxy, host, port, signal }: TunnelOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const path = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const request = http.request({
      host: hostOf(proxy),
      port: proxy.port || 80,
      method: 'CONNECT',
      path,
      headers: { Host: path, ...proxyAuthorization(proxy) },
      signal,
      agent: false,
    });
    request.on('error', reject);
    // Whatever the proxy answers, node tells by this event.
    request.on('connect', (response, socket: Socket, head) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        return reject(new Error(`the proxy answers ${response.statusCode}`));
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.end();
  });
}

/** What TLS is told of the server: an IP address is not asked for by name. @param host without the brackets of an IPv6 address */
export const namedAs = (host: string): Pick<tls.ConnectionOptions, 'host' | 'servername'> =>
  net.isIP(host) > 0 ? { host } : { host, servername: host };

/** Encrypts a connection to a server; what goes wrong with it goes wrong with the encrypted one. */
export function secured(socket: Socket, options: tls.ConnectionOptions): tls.TLSSocket {
  const secure = tls.connect({ ...options, socket });
  socket.on('error', (cause) => secure.destroy(cause));
  return secure;
}

/** The host of a URL, as a socket is told it. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

/** What a proxy is told about who we are. */
export const proxyAuthorization = ({ username, password }: URL): Readonly<Record<string, string>> => {
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'Proxy-Authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
};
