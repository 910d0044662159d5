import { describe, expect, it } from '@jest/globals';
import { addresses, addressLoans, lendAddress, takeAddressBack } from '#ipam';
import type { UnitOfWork } from '#kernel';
import type { View } from '#read-store';
import { given, Streams } from '#testing';
import { address } from '../address/address.ts';
import { MAX_LOANS } from './address-loans.ts';

const loan = (key: string, id: number, offset: string) => ({ key, address: id, offset, reason: 'a test' });
const lent = (...args: Parameters<typeof loan>) => ({ type: 'AddressLent', data: loan(...args) }) as const;
const lend = (...args: Parameters<typeof loan>) => ({ type: 'LendAddress', data: loan(...args) }) as const;

describe('the addresses of a DHCP pool', () => {
  it('are lent to one at a time, and for a key once', () => {
    given(addressLoans)
      .when(lend('job 1', 7, '40'))
      .yields(lent('job 1', 7, '40'));
    given(addressLoans, lent('job 1', 7, '40'))
      .when(lend('job 2', 7, '40'))
      .refuses('address', 'LENT');
    given(addressLoans, lent('job 1', 7, '40'))
      .when(lend('job 1', 8, '41'))
      .yieldsNothing();
  });
  it('are taken back once', () => {
    const takeBack = { type: 'TakeAddressBack', data: { key: 'job 1' } } as const;
    given(addressLoans, lent('job 1', 7, '40'))
      .when(takeBack)
      .yields({ type: 'AddressTakenBack', data: { key: 'job 1', offset: '40' } });
    given(addressLoans).when(takeBack).yieldsNothing();
  });
  it('are lent up to a bound', () => {
    const many = Array.from({ length: MAX_LOANS }, (_, n) => lent(`job ${n}`, n, String(n)));
    given(addressLoans, ...many)
      .when(lend('one more', 9999, '9999'))
      .refuses('address', 'TOO_MANY');
  });
});

/** The pool of block 1: the addresses 7 and 8 with the offsets 41 and 40, as rows and as streams; of block 2: 9. */
function pools(): { readonly log: Streams; readonly view: View } {
  const log = new Streams();
  const rows = [7, 8, 9].map((key) => ({
    key,
    row: { kind: 'DynamicAddress', block: key === 9 ? 2 : 1, offset: String(48 - key), pxe: null },
  }));
  for (const { key, row } of rows) log.put(address, key, { type: 'AddressDefined', data: row });
  const view = {
    list: async (model: unknown, { where }: { readonly where: { readonly use: string } }) => ({
      rows: model === addresses ? rows.filter(({ row }) => `${row.block}/DynamicAddress` === where.use) : [],
    }),
  } as unknown as View;
  return { log, view };
}

describe('borrowing', () => {
  const wanted = (key: string) => ({ key, reason: 'a test' });

  it('is of the lowest address that nobody has, block by block, until none is left', async () => {
    const { log, view } = pools();
    const borrow = async (key: string) => {
      let got: unknown;
      await log.execute(async (work) => void (got = await lendAddress(work, view, [1, 2], wanted(key))));
      return got;
    };
    expect(await borrow('a')).toEqual({ block: 1, address: 8 });
    expect(await borrow('b')).toEqual({ block: 1, address: 7 });
    expect(await borrow('a')).toEqual({ block: 1, address: 8 });
    expect(await borrow('c')).toEqual({ block: 2, address: 9 });
    expect(await borrow('c')).toEqual({ block: 2, address: 9 });
    expect(await borrow('d')).toBeUndefined();
    await log.execute((work) => takeAddressBack(work, 1, 'b'));
    expect(await borrow('d')).toEqual({ block: 1, address: 7 });
  });

  it('is of an address that somebody has leased only where there is no other', async () => {
    const { log, view } = pools();
    const leased = async (block: number, offsets: readonly string[]) =>
      new Set(offsets.filter((offset) => block === 1 && offset === '40'));
    const borrow = async (key: string) => {
      let got: unknown;
      await log.execute(async (work) => void (got = await lendAddress(work, view, [1, 2], { ...wanted(key), leased })));
      return got;
    };
    expect(await borrow('a')).toEqual({ block: 1, address: 7 });
    expect(await borrow('b')).toEqual({ block: 2, address: 9 });
    expect(await borrow('c')).toEqual({ block: 1, address: 8 });
    expect(await borrow('d')).toBeUndefined();
  });

  it('passes over an address that is being deleted', async () => {
    const { log, view } = pools();
    log.put(address, 8, { type: 'AddressClosed', data: {} });
    const borrowed = (work: UnitOfWork) => lendAddress(work, view, [1], wanted('a'));
    expect(await log.execute(async (work) => expect(await borrowed(work)).toMatchObject({ address: 7 }))).toEqual({
      'addressLoans-1': ['AddressLent'],
    });
  });

  it('of the same address at the same time is refused to one of two', async () => {
    const { log, view } = pools();
    const borrow = (key: string) => log.execute((work) => lendAddress(work, view, [1], wanted(key)));
    const both = await Promise.allSettled([borrow('a'), borrow('b')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect([...(await log.state(addressLoans, 1)).keys()]).toHaveLength(1);
  });
});
