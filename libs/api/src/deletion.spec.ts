import { describe, expect, it } from '@jest/globals';
import type { UnitOfWork } from '#kernel';
import { CommandContext } from '#event-store';
import type { Key } from '#read-store';
import { ApiCatalogue, ApiFeatures } from './api-features.ts';
import { DeleteCommand, DeletionHandler } from './deletion.ts';

class DeleteThing extends DeleteCommand {}

/** Deletes one object, and tells what was done in which order. `closes`: closing it is a step of its own. */
async function deleted({ users = [] as string[], closes = true } = {}): Promise<string[]> {
  const story: string[] = [];
  const tell = (what: string) => async (): Promise<void> => void story.push(what);

  class Handler extends DeletionHandler<DeleteThing> {
    protected readonly model = 'Site/Thing';
    protected close = tell('close');
    protected reopen = tell('reopen');
    protected remove = tell('remove');
  }
  const model = {
    path: 'Site/Thing',
    fields: {},
    deletion: { command: (keys: readonly Key[]) => new DeleteThing(keys), users: async () => users },
  };
  const handler = Object.assign(new Handler(), {
    catalogue: new ApiCatalogue(new ApiFeatures().add({ models: [model] })),
    check: tell('check'),
    store: { head: async () => 5n },
    reads: {
      now: {},
      projector: {
        caughtUp: async (position: bigint) => {
          story.push(`wait for ${position}`);
          return true;
        },
      },
    },
    executor: {
      execute: async ({ request }: { request: string }, task: (work: UnitOfWork) => Promise<void>) => {
        await task({ throwIfFaulted: () => undefined } as UnitOfWork);
        story.push(`append ${request}`);
        return { value: undefined, position: closes ? 7n : undefined };
      },
    },
  });
  const command = new DeleteThing(['a']);
  CommandContext.system('2026-01-01T00:00:00.000000+00:00', 'r').attachTo(command);
  await handler.execute(command).catch((error: unknown) => story.push(String(error)));
  return story;
}

describe('a deletion', () => {
  it('closes, looks, deletes; and checks before anything is closed', async () => {
    expect(await deleted()).toEqual(['close', 'check', 'append r', 'wait for 7', 'remove', 'append r/1']);
  });

  it('reopens what is used', async () => {
    expect(await deleted({ users: ['Site a', 'Site b'] })).toEqual([
      'close',
      'check',
      'append r',
      'wait for 7',
      'reopen',
      'append r/1',
      'Refusal: Not Deletable: used by Site a, Site b',
    ]);
  });

  it('checks again where nothing was closed', async () => {
    expect(await deleted({ closes: false })).toEqual([
      'close',
      'check',
      'append r',
      'wait for 5',
      'remove',
      'check',
      'append r/1',
    ]);
  });

  it('names the first ten users', async () => {
    const users = Array.from({ length: 11 }, (_, n) => `Site ${n}`);
    expect((await deleted({ users })).at(-1)).toMatch(/Site 9, …$/);
  });
});
