import { describe, expect, it } from '@jest/globals';
import { clientAddress } from './client-address.ts';

const from = (trusted: readonly string[], source: string, forwarded?: string) =>
  clientAddress(trusted)?.({
    verb: 'GET',
    target: '/',
    source,
    hasBody: false,
    header: (name) => (name === 'x-forwarded-for' ? forwarded : undefined),
    body: async () => Buffer.alloc(0),
  });

describe('where a request comes from', () => {
  it('is not asked where no proxy is trusted', () => expect(clientAddress([])).toBeUndefined());

  it.each([
    ['nobody forwarded it', '10.0.0.1', undefined, '10.0.0.1'],
    ['a stranger says so', '192.0.2.1', '1.1.1.1', '192.0.2.1'],
    ['a proxy says so', '10.0.0.1', '192.0.2.7', '192.0.2.7'],
    ['two proxies say so', '10.0.0.1', '192.0.2.7, 10.9.9.9', '192.0.2.7'],
    ['the client lies to the proxy', '10.0.0.1', '1.1.1.1, 192.0.2.7', '192.0.2.7'],
    ['the proxy speaks IPv6', '2001:db8::1', '2001:db8:1::5', '2001:db8:1::5'],
    ['an address of IPv4 is written as one of IPv6', '10.0.0.1', '::ffff:192.0.2.7', '192.0.2.7'],
    ['an entry has a port', '10.0.0.1', '192.0.2.7:51234', '192.0.2.7'],
    ['a trusted proxy has a port', '10.0.0.1', '192.0.2.7:51234, 10.9.9.9:80', '192.0.2.7'],
    ['an entry of IPv6 stands in brackets', '10.0.0.1', '[2001:db8:1::5]', '2001:db8:1::5'],
    ['an entry of IPv6 has a port', '10.0.0.1', '[2001:db8:1::5]:443', '2001:db8:1::5'],
    ['what stands before the port is no address', '10.0.0.1', '999.0.2.7:80', '10.0.0.1'],
    ['what is said is no address', '10.0.0.1', 'unknown', '10.0.0.1'],
    ['a proxy asks for itself', '10.0.0.1', '10.0.0.2', '10.0.0.2'],
  ])('is found out when %s', (_, source, forwarded, expected) => {
    expect(from(['10.0.0.0/8', '2001:db8::1'], source, forwarded)).toBe(expected);
  });
});
