import http from 'node:http';
import type { Socket } from 'node:net';

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
    request.on('response', (response) => {
      response.destroy();
      reject(new Error(`the proxy answers ${response.statusCode}`));
    });
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

/** The host of a URL, as a socket is told it. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

/** What a proxy is told about who we are. */
export const proxyAuthorization = ({ username, password }: URL): Readonly<Record<string, string>> => {
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'Proxy-Authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
};
