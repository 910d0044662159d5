import { describe, expect, it } from '@jest/globals';
import { given, moment, rowsAfter, stateAfter } from '#testing';
import { offsetKey, usedOffsets } from '../address/used-offsets.ts';
import type { AddressBlockEvent } from './address-block.ts';
import { addressBlock, MAX_HOLDS, nextOffset } from './address-block.ts';
import { MAX_BLOCKS, siteBlocks } from './site-blocks.ts';

const value = { name: 'main', site: 'site1', subnet: '10.0.0.0', prefix: 29, gatewayOffset: '2' };
const defined: AddressBlockEvent = { type: 'AddressBlockDefined', data: value };
const now = moment(30);
const taken = (offset: string, address = 7): AddressBlockEvent => ({
  type: 'OffsetTaken',
  data: { offset, address, kind: 'Address' },
});
const take = (offset: string) => ({ type: 'TakeOffset', data: { offset, address: 9, kind: 'Address', now } }) as const;
const held = (key: string, offset: string, until: string): AddressBlockEvent => ({
  type: 'OffsetHeld',
  data: { key, offset, until, reason: '' },
});
const hold = (key: string, until: string) => ({ type: 'HoldOffset', data: { key, until, reason: '', now } }) as const;
const next = (...events: readonly AddressBlockEvent[]) => {
  const state = stateAfter(addressBlock, defined, ...events);
  return state.stage === 'active' ? nextOffset(state.value, now) : undefined;
};

describe('an address block', () => {
  it('gives an offset once', () => {
    given(addressBlock, defined).when(take('1')).yields(taken('1', 9));
    given(addressBlock, defined, taken('1')).when(take('1')).refuses('__all__', 'TAKEN');
  });
  it('gives neither its gateway nor what is not usable', () => {
    given(addressBlock, defined).when(take('2')).refuses('offset', 'GATEWAY');
    for (const offset of ['0', '7', '-1', '8'])
      given(addressBlock, defined).when(take(offset)).refuses('offset', 'RANGE');
  });
  it('gives nothing while it is being deleted', () =>
    given(addressBlock, defined, { type: 'AddressBlockClosed', data: {} })
      .when(take('1'))
      .refuses('address_block', 'INVALID_VALUE'));
  it('takes an offset back once', () => {
    const free = { type: 'FreeOffset', data: { offset: '1', address: 7, kind: 'Address' } } as const;
    given(addressBlock, defined, taken('1')).when(free).yields({ type: 'OffsetFreed', data: free.data });
    given(addressBlock, defined).when(free).yieldsNothing();
  });
  it('knows the lowest that is free, but for the gateway', () => {
    expect(next()).toBe('1');
    expect(next(taken('1'))).toBe('3');
    expect(next(taken('1'), taken('3'), taken('4'), taken('6'))).toBe('5');
    expect(next(taken('1'), taken('3'), taken('4'), taken('5'), taken('6'))).toBeUndefined();
  });
  it('is not resized so that addresses fall out, which it names', () => {
    const change = (data: object) => ({ type: 'ChangeAddressBlock', data: { ...data, now } }) as const;
    given(addressBlock, defined, taken('5'))
      .when(change({ prefix: 30 }))
      .refuses('prefix', 'EXCLUDES');
    given(addressBlock, defined, taken('1'))
      .when(change({ prefix: 31 }))
      .refuses('gateway_offset', 'RANGE');
    given(addressBlock, defined, taken('5'))
      .when(change({ prefix: 126, subnet: 'fd00::', gatewayOffset: null }))
      .refuses('prefix', 'EXCLUDES');
    given(addressBlock, defined, taken('5'))
      .when(change({ prefix: 24, gatewayOffset: '5' }))
      .refuses('gateway_offset', 'TAKEN');
  });
  it('stays IPv4 or IPv6 while hosts have addresses of it', () => {
    const six = { type: 'ChangeAddressBlock', data: { subnet: '2001:db8::', prefix: 125, now } } as const;
    given(addressBlock, defined, taken('5')).when(six).refuses('subnet', 'IN_USE');
    given(addressBlock, defined, { type: 'OffsetTaken', data: { offset: '5', address: 7, kind: 'ReservedAddress' } })
      .when(six)
      .yields({ type: 'AddressBlockResized', data: { subnet: '2001:db8::', prefix: 125 } });
  });
  it('stays in its site while hosts have addresses of it', () =>
    given(addressBlock, defined, taken('5'))
      .when({ type: 'ChangeAddressBlock', data: { site: 'site2', now } })
      .refuses('site', 'IN_USE'));
});

describe('a hold', () => {
  const later = moment(40);
  const over = moment(20);

  it('is on the lowest free offset, and with the same key on the same one', () => {
    given(addressBlock, defined)
      .when(hold('a', later))
      .yields(held('a', '1', later));
    given(addressBlock, defined, held('a', '1', later))
      .when(hold('b', later))
      .yields(held('b', '3', later));
    given(addressBlock, defined, held('a', '1', later))
      .when(hold('a', later))
      .yieldsNothing();
    given(addressBlock, defined, held('a', '1', later))
      .when(hold('a', moment(50)))
      .yields(held('a', '1', moment(50)));
  });
  it('keeps others away until its time is over', () => {
    given(addressBlock, defined, held('a', '1', later))
      .when(take('1'))
      .refuses('__all__', 'TAKEN');
    const ended: AddressBlockEvent = { type: 'OffsetHoldEnded', data: { key: 'a', offset: '1' } };
    given(addressBlock, defined, held('a', '1', over))
      .when(take('1'))
      .yields(ended, taken('1', 9));
    given(addressBlock, defined, held('a', '1', over))
      .when(take('3'))
      .yields(ended, taken('3', 9));
    given(addressBlock, defined, held('a', '1', over))
      .when(hold('b', later))
      .yields(ended, held('b', '1', later));
    expect(next(held('a', '1', later))).toBe('3');
    expect(next(held('a', '1', over))).toBe('1');
    given(addressBlock, defined, held('a', '5', over))
      .when({ type: 'ChangeAddressBlock', data: { gatewayOffset: '5', now } })
      .yields(
        { type: 'OffsetHoldEnded', data: { key: 'a', offset: '5' } },
        { type: 'AddressBlockGatewayChosen', data: { gatewayOffset: '5' } },
      );
  });
  it('is refused where nothing is free, or too much is held', () => {
    const full = ['1', '3', '4', '5', '6'].map((offset) => taken(offset));
    given(addressBlock, defined, ...full)
      .when(hold('a', later))
      .refuses('', 'NO_OFFSETS');
    const wide: AddressBlockEvent = { type: 'AddressBlockDefined', data: { ...value, prefix: 8 } };
    const many = Array.from({ length: MAX_HOLDS }, (_, n) => held(`k${n}`, String(n + 3), later));
    given(addressBlock, wide, ...many)
      .when(hold('a', later))
      .refuses('key', 'TOO_MANY');
    const all = many.map((event, n) => (n === 0 ? held('k0', '3', over) : event));
    given(addressBlock, wide, ...all)
      .when(hold('a', later))
      .yields({ type: 'OffsetHoldEnded', data: { key: 'k0', offset: '3' } }, held('a', '1', later));
  });
  it('has a row as long as it lasts, since it began', () => {
    const rows = rowsAfter(
      usedOffsets,
      [5, held('a', '1', later)],
      [5, held('a', '1', moment(50))],
      [5, taken('18446744073709551614')],
    );
    expect([...rows.keys()]).toEqual([offsetKey(5, '1'), offsetKey(5, '18446744073709551614')]);
    expect(rows.get(offsetKey(5, '1'))).toMatchObject({ since: moment(1), hold: { until: moment(50) } });
  });
});

describe('the blocks of a site', () => {
  const place = (block: number, name: string, subnet: string, prefix: number) => ({ block, name, subnet, prefix });
  const first = { type: 'BlockPlaceTaken', data: place(1, 'main', '10.0.0.0', 24) } as const;

  it('are apart from each other, of whichever kind they are', () => {
    const apart = place(2, 'other', '10.0.1.0', 24);
    given(siteBlocks, first).when({ type: 'TakePlace', data: apart }).yields({ type: 'BlockPlaceTaken', data: apart });
    const around = place(2, 'other', '::', 16);
    given(siteBlocks, first)
      .when({ type: 'TakePlace', data: around })
      .yields({ type: 'BlockPlaceTaken', data: around });
    given(siteBlocks, first)
      .when({ type: 'TakePlace', data: place(2, 'other', '10.0.0.128', 25) })
      .refuses('subnet', 'OVERLAP');
    given(siteBlocks, first)
      .when({ type: 'TakePlace', data: place(2, 'main', '10.0.1.0', 24) })
      .refuses('__all__', 'TAKEN');
  });
  it('may move into what they had themselves', () => {
    const half = place(1, 'main', '10.0.0.128', 25);
    given(siteBlocks, first).when({ type: 'TakePlace', data: half }).yields({ type: 'BlockPlaceTaken', data: half });
    given(siteBlocks, first).when({ type: 'TakePlace', data: first.data }).yieldsNothing();
  });
  it('are bounded', () => {
    const many = Array.from({ length: MAX_BLOCKS }, (_, n) => ({
      type: 'BlockPlaceTaken' as const,
      data: place(n + 1, `b${n}`, `10.${n >> 8}.${n & 255}.0`, 24),
    }));
    given(siteBlocks, ...many)
      .when({ type: 'TakePlace', data: place(99_999, 'more', '192.168.0.0', 24) })
      .refuses('site', 'TOO_MANY');
  });
});
