import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { KeyedMutex } from './keyed-mutex.ts';

/** Tasks that note when they begin and end; each ends when it is told to. */
function stage() {
  const notes: string[] = [];
  const endings = new Map<string, () => void>();
  const turns = new KeyedMutex();
  return {
    notes,
    take: (names: readonly string[], who: string) =>
      turns.run(names, async () => {
        notes.push(`${who} begins`);
        await new Promise<void>((resolve) => endings.set(who, resolve));
        notes.push(`${who} ends`);
        return who;
      }),
    end: async (who: string) => {
      endings.get(who)?.();
      await turn();
    },
  };
}

describe('turns', () => {
  it('let those who want the same name go one after the other, as they came', async () => {
    const { take, end, notes } = stage();
    const all = ['a', 'b', 'c'].map((who) => take(['x'], who));
    await turn();
    for (const who of ['a', 'b', 'c']) await end(who);
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
    expect(notes).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('let those who want different names, or none, go at once', async () => {
    const { take, end, notes } = stage();
    const all = [take(['x'], 'a'), take(['y'], 'b'), take([], 'c')];
    await turn();
    expect(notes.toSorted()).toEqual(['a begins', 'b begins', 'c begins']);
    for (const who of ['a', 'b', 'c']) await end(who);
    await Promise.all(all);
  });

  it('wait for everybody before who wanted one of several names, and never for each other', async () => {
    const { take, end, notes } = stage();
    const all = [take(['x', 'y'], 'a'), take(['y', 'x'], 'b'), take(['y'], 'c')];
    await turn();
    expect(notes).toEqual(['a begins']);
    for (const who of ['a', 'b', 'c']) await end(who);
    await Promise.all(all);
    expect(notes.filter((note) => note.endsWith('begins'))).toEqual(['a begins', 'b begins', 'c begins']);
  });

  it('go on after a task that failed, which fails alone', async () => {
    const turns = new KeyedMutex();
    const failed = turns.run(['x'], async () => Promise.reject(new Error('no')));
    const next = turns.run(['x'], async () => 'done');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('done');
  });
});
