import { beforeEach, describe, expect, it } from '@jest/globals';
import { BadSetting } from '#runtime/settings';
import type { AppContext } from '#runtime';
import { Streams } from '#testing';
import { firstUser } from './first-user.ts';

describe('the first user', () => {
  let kept: string[];
  let make: (password: string | undefined) => ReturnType<typeof firstUser>;
  beforeEach(() => {
    const streams = new Streams();
    kept = [];
    const execute: AppContext['execute'] = async (_asking, task) => {
      let value: unknown;
      await streams.execute(async (work) => void (value = await task(work)));
      return { value } as never;
    };
    const passwords = {
      keep: async (password: string) => `id ${kept.push(password)}`,
      erase: async () => undefined,
    };
    make = (password) => firstUser({ execute }, passwords, password);
  });

  it('has the password that was chosen', async () => {
    expect(await make('12345678')).toEqual({ name: 'root', password: '12345678' });
    expect(kept).toEqual(['12345678']);
  });

  it('has one that is made up where none was chosen', async () => {
    expect((await make(undefined))?.password).toMatch(/^[a-z0-9]{20}$/);
  });

  it('is not made with a password that is too short', async () => {
    await expect(make('1234567')).rejects.toThrow(
      new BadSetting('CONTRACTOR_ADMIN_PASSWORD', '…', 'must have at least 8 characters'),
    );
    expect(kept).toEqual([]);
  });

  it('once made, does not care for the password any more', async () => {
    await make('12345678');
    expect(await make('short')).toBeUndefined();
  });
});
