import { beforeEach, describe, expect, it } from '@jest/globals';
import { Streams } from '#testing';
import { isThereSuperuser, keepSuperusers } from './superusers.ts';
import type { UserCommand } from './user.ts';
import { user } from './user.ts';

const create = (name: string, superuser: boolean): UserCommand => ({
  type: 'CreateUser',
  data: { name, superuser, enabled: true, groups: [], permissions: [], credential: null },
});
const change = (data: { superuser?: boolean; enabled?: boolean }): UserCommand => ({ type: 'ChangeUser', data });
const remove: UserCommand = { type: 'DeleteUser', data: {} };

describe('superusers', () => {
  let streams: Streams;
  const say = (name: string, command: UserCommand) =>
    streams.execute(async (work) => {
      await work.decide(user, name, command);
      await keepSuperusers(work, name);
    });
  const anybody = async () => {
    let there = false;
    await streams.execute(async (work) => void (there = await isThereSuperuser(work)));
    return there;
  };

  beforeEach(() => {
    streams = new Streams();
  });

  it('are not there before the first is made', async () => {
    expect(await anybody()).toBe(false);
    await say('alice', create('alice', false));
    expect(await anybody()).toBe(false);
    await say('root', create('root', true));
    expect(await anybody()).toBe(true);
  });

  it.each<[string, UserCommand]>([
    ['disabled', change({ enabled: false })],
    ['demoted', change({ superuser: false })],
    ['deleted', remove],
  ])('are never all %s', async (_, command) => {
    await say('root', create('root', true));
    await say('alice', create('alice', false));
    await expect(say('root', command)).rejects.toThrow('root is the last superuser');
    await say('alice', change({ superuser: true }));
    await say('root', command);
    await expect(say('alice', command)).rejects.toThrow('alice is the last superuser');
  });

  it('are counted while they are enabled', async () => {
    await say('root', create('root', true));
    await say('alice', create('alice', true));
    await say('alice', change({ enabled: false }));
    await expect(say('root', remove)).rejects.toThrow('root is the last superuser');
    await say('alice', change({ enabled: true }));
    await say('root', remove);
  });
});
