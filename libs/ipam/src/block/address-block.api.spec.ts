import { describe, expect, it } from '@jest/globals';
import type { View } from '#read-store';
import { viewOf } from '#read-store';
import { MAX_BOOTED, pxeExtension } from '../address/pool-address.api.ts';
import { addressBlockModel, MAX_DELETED_WITH_BLOCK } from './address-block.api.ts';

/** A view in which this many addresses are found, and nothing points to them. */
const withAddresses = (total: number): View =>
  viewOf({
    cached: async () => new Map(),
    keys: async (_, { where = {}, count = total } = {}) =>
      'pointer' in where
        ? { keys: [], total: 0 }
        : { keys: Array.from({ length: Math.min(count, total) }, (_one, n) => n), total },
  });

describe('what goes in one append is bounded', () => {
  it('the addresses of a block that is deleted', async () => {
    const users = (total: number) => addressBlockModel.deletion?.users?.(withAddresses(total), 1);
    expect(await users(MAX_DELETED_WITH_BLOCK)).toEqual([]);
    expect(await users(MAX_DELETED_WITH_BLOCK + 1)).toEqual([
      '10001 addresses, of which at most 10000 are deleted with their block',
    ]);
  });

  it('the addresses that let go of a PXE', async () => {
    const users = (total: number) => pxeExtension.users?.(withAddresses(total), 'bootstrap');
    expect(await users(MAX_BOOTED)).toEqual([]);
    expect(await users(MAX_BOOTED + 1)).toEqual(['10001 DynamicAddresses, of which at most 10000 let go of it']);
  });
});
