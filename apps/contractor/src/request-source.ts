import ipaddr from 'ipaddr.js';
import type { HttpRequest } from '#api';
import { plainAddress } from '#api';

type Block = ReturnType<typeof ipaddr.parseCIDR>;

/**
 * Where a request comes from when it came through proxies: the last address in X-Forwarded-For that is none of a trusted
 * proxy. What stands before it was written by nobody who is trusted. Undefined where no proxy is trusted.
 * @param trusted addresses and blocks
 */
export function sourceThrough(trusted: readonly string[]): ((request: HttpRequest) => string) | undefined {
  if (trusted.length === 0) return undefined;
  const blocks = trusted.map(blockOf);
  const isTrusted = (text: string): boolean => {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return blocks.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits));
  };
  return ({ source, header }) => {
    const passed = (header('x-forwarded-for') ?? '').split(',').map((part) => plainAddress(part.trim()));
    let from = source;
    for (let last = passed.pop(); isTrusted(from) && last !== undefined && ipaddr.isValid(last); last = passed.pop()) {
      from = last;
    }
    return from;
  };
}

function blockOf(text: string): Block {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
