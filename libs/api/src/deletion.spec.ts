import { describe, expect, it } from '@jest/globals';
import type { UnitOfWork } from '#kernel';
import type { View } from '#read-store';
import { deleteObjects } from './deletion.ts';
import type { Call, Deletion } from './model.ts';

/** Deletes one object, and tells what was done in which order. `closes`: closing it is a step of its own. */
async function deleted({ users = [] as string[], closes = true } = {}): Promise<string[]> {
  const story: string[] = [];
  const tell = (what: string) => async (): Promise<void> => void story.push(what);
  const deletion: Deletion = {
    close: tell('close'),
    users: async () => users,
    reopen: tell('reopen'),
    remove: tell('remove'),
  };
  const call = {
    execute: async (task: (work: UnitOfWork) => Promise<void>) => {
      await task({} as UnitOfWork);
      story.push('append');
      return { value: undefined, position: closes ? 7n : undefined };
    },
  } as Call;
  const caughtUp = async (position: bigint): Promise<boolean> => {
    story.push(`wait for ${position}`);
    return true;
  };
  await deleteObjects(deletion, ['a'], call, {
    head: async () => 5n,
    projector: { caughtUp },
    view: {} as View,
    check: tell('check'),
  }).catch((error: unknown) => story.push(String(error)));
  return story;
}

describe('a deletion', () => {
  it('closes, looks, deletes; and checks before anything is closed', async () => {
    expect(await deleted()).toEqual(['close', 'check', 'append', 'wait for 7', 'remove', 'append']);
  });

  it('reopens what is used', async () => {
    expect(await deleted({ users: ['Site a', 'Site b'] })).toEqual([
      'close',
      'check',
      'append',
      'wait for 7',
      'reopen',
      'append',
      'Refusal: Not Deletable: used by Site a, Site b',
    ]);
  });

  it('checks again where nothing was closed', async () => {
    expect(await deleted({ closes: false })).toEqual([
      'close',
      'check',
      'append',
      'wait for 5',
      'remove',
      'check',
      'append',
    ]);
  });

  it('names the first ten users', async () => {
    const users = Array.from({ length: 11 }, (_, n) => `Site ${n}`);
    expect((await deleted({ users })).at(-1)).toMatch(/Site 9, …$/);
  });
});
