import { describe, expect, it } from '@jest/globals';
import { JointClaims } from './joint-claims.ts';

describe('joint claims', () => {
  it('are told in their order, but those where somebody else was faster', async () => {
    const claims = new JointClaims();
    const claim = async (id: number) => (id === 2 ? undefined : `task ${id}`);
    expect(await claims.claim([3, 2, 1], 10, claim)).toEqual({ claimed: ['task 3', 'task 1'], failure: undefined });
  });

  it('are not made twice at a time, and may be made again', async () => {
    const claims = new JointClaims();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const first = claims.claim([1, 2], 10, async (id) => held.then(() => id));
    expect(await claims.claim([1, 2, 3], 10, async (id) => id)).toMatchObject({ claimed: [3] });
    release();
    expect(await first).toMatchObject({ claimed: [1, 2] });
    expect(await claims.claim([1], 10, async (id) => id)).toMatchObject({ claimed: [1] });
  });

  it('are begun so many at a time', async () => {
    const claims = new JointClaims();
    let underWay = 0;
    let most = 0;
    const claim = async (id: number) => {
      most = Math.max(most, (underWay += 1));
      await Promise.resolve();
      underWay -= 1;
      return id;
    };
    expect(await claims.claim([1, 2, 3, 4, 5], 2, claim)).toMatchObject({ claimed: [1, 2, 3, 4, 5] });
    expect(most).toBe(2);
  });

  it('tell what was claimed where one cannot be decided, and begin no more', async () => {
    const claims = new JointClaims();
    const away = new Error('away');
    const claim = async (id: number) => {
      if (id === 2) throw away;
      return id;
    };
    expect(await claims.claim([1, 2, 3, 4], 3, claim)).toEqual({ claimed: [1, 3], failure: away });
    expect(await claims.claim([4], 3, claim)).toEqual({ claimed: [4], failure: undefined });
  });
});
