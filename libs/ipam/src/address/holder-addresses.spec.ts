import { describe, it } from '@jest/globals';
import { given } from '#testing';
import type { Held } from './holder-addresses.ts';
import { holderAddresses, MAX_HOLDER_ADDRESSES } from './holder-addresses.ts';

const held = (address: number, change: Partial<Held> = {}): Held => ({
  address,
  interfaceName: 'eth0',
  aliasIndex: null,
  primary: false,
  ...change,
});
const put = (...args: Parameters<typeof held>) => ({ type: 'AddressPut', data: held(...args) }) as const;
const wanted = (...args: Parameters<typeof held>) => ({ type: 'PutAddress', data: held(...args) }) as const;

describe('the addresses of a host', () => {
  it('are primary one at a time', () => {
    given(holderAddresses, put(1, { primary: true }))
      .when(wanted(2, { primary: true }))
      .refuses('is_primary', 'TAKEN');
    given(holderAddresses, put(1, { primary: true }))
      .when(wanted(1, { primary: false }))
      .yields(put(1));
    given(holderAddresses, put(1)).when(wanted(1)).yieldsNothing();
  });
  it('are without an alias index once for IPv4 and for IPv6', () => {
    const six = (besides: readonly number[], change: Partial<Held> = {}) =>
      ({ type: 'PutAddress', data: { ...held(3, change), besides } }) as const;
    given(holderAddresses, put(1))
      .when(six([1]))
      .yields(put(3));
    given(holderAddresses, put(1), put(2))
      .when(six([1]))
      .refuses('__all__', 'TAKEN');
    given(holderAddresses, put(1, { aliasIndex: 1 }))
      .when(six([1], { aliasIndex: 1 }))
      .refuses('__all__', 'TAKEN');
  });
  it('are apart by interface or by alias index; none is one too', () => {
    given(holderAddresses, put(1)).when(wanted(2)).refuses('__all__', 'TAKEN');
    given(holderAddresses, put(1))
      .when(wanted(2, { interfaceName: 'eth1' }))
      .yields(put(2, { interfaceName: 'eth1' }));
    given(holderAddresses, put(1), put(2, { aliasIndex: 1 }))
      .when(wanted(3, { aliasIndex: 1 }))
      .refuses('__all__', 'TAKEN');
    given(holderAddresses, put(1), { type: 'AddressDropped', data: { address: 1 } })
      .when(wanted(2))
      .yields(put(2));
  });
  it('are bounded', () => {
    const many = Array.from({ length: MAX_HOLDER_ADDRESSES }, (_, n) => put(n, { aliasIndex: n + 1 }));
    given(holderAddresses, ...many)
      .when(wanted(9999))
      .refuses('networked', 'TOO_MANY');
  });
});
