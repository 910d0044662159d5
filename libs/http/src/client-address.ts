import ipaddr from 'ipaddr.js';
import type { HttpRequest } from './http-exchange.ts';
import { plainAddress } from './node-http.ts';

type Block = ReturnType<typeof ipaddr.parseCIDR>;

/** An address of IPv4 with a port, or one of IPv6 in brackets with or without a port, as some proxies write them. */
const WITH_PORT = /^(?:(\d+\.\d+\.\d+\.\d+):\d{1,5}|\[([^\]]+)\](?::\d{1,5})?)$/;

/**
 * Where a request comes from when it came through proxies: the last address in X-Forwarded-For that is none of a trusted
 * proxy. What stands before it was written by nobody who is trusted. Undefined where no proxy is trusted.
 * @param trusted addresses and blocks
 */
export function clientAddress(trusted: readonly string[]): ((request: HttpRequest) => string) | undefined {
  if (trusted.length === 0) return undefined;
  const isTrusted = addressesIn(trusted);
  return ({ source, header }) => {
    const passed = (header('x-forwarded-for') ?? '').split(',').map(addressIn);
    let from = source;
    for (let last = passed.pop(); isTrusted(from) && last !== undefined && ipaddr.isValid(last); last = passed.pop()) {
      from = last;
    }
    return from;
  };
}

/** Whether a text is an address of one of these blocks. @param trusted addresses and blocks */
export function addressesIn(trusted: readonly string[]): (text: string) => boolean {
  const blocks = trusted.map(blockOf);
  return (text) => {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return blocks.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits));
  };
}

/** The address of one entry of the header, without its port. */
function addressIn(entry: string): string {
  const text = entry.trim();
  const [, v4, v6] = WITH_PORT.exec(text) ?? [];
  return plainAddress(v4 ?? v6 ?? text);
}

function blockOf(text: string): Block {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
