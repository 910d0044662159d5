import { describe, it } from '@jest/globals';
import { given } from '#testing';
import type { HeldInterface } from './foundation-interfaces.ts';
import { foundationInterfaces, MAX_INTERFACES } from './foundation-interfaces.ts';

const held = (id: number, change: Partial<HeldInterface> = {}): HeldInterface => ({
  id,
  name: `eth${id}`,
  physicalLocation: `port${id}`,
  provisioning: false,
  ...change,
});
const put = (...args: Parameters<typeof held>) => ({ type: 'InterfacePut', data: held(...args) }) as const;
const wanted = (...args: Parameters<typeof held>) => ({ type: 'PutInterface', data: held(...args) }) as const;

describe('the real interfaces of a foundation', () => {
  it('have names and locations of their own', () => {
    given(foundationInterfaces, put(1)).when(wanted(2)).yields(put(2));
    given(foundationInterfaces, put(1))
      .when(wanted(2, { name: 'eth1' }))
      .refuses('__all__', 'TAKEN');
    given(foundationInterfaces, put(1))
      .when(wanted(2, { physicalLocation: 'port1' }))
      .refuses('__all__', 'TAKEN');
    given(foundationInterfaces, put(1), { type: 'InterfaceDropped', data: { id: 1 } })
      .when(wanted(2, { name: 'eth1' }))
      .yields(put(2, { name: 'eth1' }));
    given(foundationInterfaces, put(1)).when(wanted(1)).yieldsNothing();
  });
  it('are for provisioning one at most', () => {
    given(foundationInterfaces, put(1, { provisioning: true }))
      .when(wanted(2, { provisioning: true }))
      .refuses('is_provisioning', 'TAKEN');
    given(foundationInterfaces, put(1, { provisioning: true }))
      .when(wanted(1))
      .yields(put(1));
  });
  it('are bounded', () => {
    const many = Array.from({ length: MAX_INTERFACES }, (_, n) => put(n));
    given(foundationInterfaces, ...many)
      .when(wanted(9999))
      .refuses('foundation', 'TOO_MANY');
  });
});
