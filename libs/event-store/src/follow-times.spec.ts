import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Decider, Message } from '#kernel';
import { streamName } from '#kernel';
import type { TestDatabase } from '#testing';
import { testDatabase, until } from '#testing';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { CommandExecutor } from './command-executor.ts';
import type { EventStore, Meta } from './event-store.ts';
import { followTimes } from './follow-times.ts';
import { positionAt } from './position-at.ts';
import { postgresEventStore } from './postgres-event-store.ts';

jest.setTimeout(240_000);

const HOUR = 3_600_000;
const NOON = Date.parse('2026-05-01T12:00:00.000Z');

type Noted = Message<'Noted', object>;
const note: Decider<null, Message<'Note', object>, Noted> = {
  category: 'note',
  initial: () => null,
  decide: { Note: () => ({ type: 'Noted', data: {} }) },
  evolve: { Noted: () => null },
};

/** A server on a machine whose clock shows this, in milliseconds since 1970. */
interface Server {
  readonly clock: Clock;
  wall: number;
  /** @returns when it was recorded, and where it stands */
  note(id: string): Promise<{ at: string; position: bigint }>;
  stop(): Promise<void>;
}

describe('the times in a log', () => {
  let database: TestDatabase;
  let store: EventStore;
  let servers: Server[];
  beforeEach(async () => {
    database = await testDatabase();
    store = await postgresEventStore(database.pool);
    servers = [];
  });
  afterEach(async () => {
    for (const server of servers) await server.stop();
    await store.close();
    await database.drop();
  });

  async function start(wall: number): Promise<Server> {
    const sources = { wall, monotonic: 0 };
    const clock = systemClock({ wall: () => sources.wall, monotonic: () => sources.monotonic });
    const commands = new CommandExecutor(store, clock);
    const following = await followTimes(clock, store, (error) => {
      throw error;
    });
    let requests = 0;
    const server: Server = {
      clock,
      get wall() {
        return sources.wall;
      },
      set wall(to: number) {
        sources.wall = to;
      },
      note: async (id) => {
        requests += 1;
        const request = `${wall} ${servers.indexOf(server)} ${requests}`;
        await commands.execute({ actor: 'me', request, correlation: request }, (work) =>
          work.decide(note, id, { type: 'Note', data: {} }),
        );
        const [last] = await store.readStream(streamName('note', id), { direction: 'backwards', limit: 1 });
        return { at: (JSON.parse(last?.meta ?? '') as Meta).at, position: last?.position ?? 0n };
      },
      stop: () => following.stop(),
    };
    servers.push(server);
    return server;
  }

  const inOrder = async (): Promise<boolean> => {
    const times = (await store.readAll(0n)).events.map(({ meta }) => (JSON.parse(meta) as Meta).at);
    return times.every((at, n) => n === 0 || at > (times[n - 1] ?? ''));
  };

  it('go on where the clock is set back an hour, and any event is found by its own', async () => {
    const server = await start(NOON);
    const noted = [await server.note('a')];
    server.wall -= HOUR;
    for (const id of ['b', 'a', 'c']) noted.push(await server.note(id));
    expect(await inOrder()).toBe(true);
    for (const { at, position } of noted) expect(await positionAt(store, at)).toBe(position);
  });

  it('go on where the server is started again meanwhile', async () => {
    const before = await start(NOON);
    const noted = [await before.note('a')];
    await before.stop();
    const after = await start(NOON - HOUR);
    for (const id of ['b', 'c']) noted.push(await after.note(id));
    expect(await inOrder()).toBe(true);
    for (const { at, position } of noted) expect(await positionAt(store, at)).toBe(position);
  });

  it('go on where another server is ahead', async () => {
    const behind = await start(NOON);
    const ahead = await start(NOON + 60_000);
    const { at } = await ahead.note('a');
    await until(() => behind.clock.millis() >= Date.parse(at));
    await behind.note('b');
    expect(await inOrder()).toBe(true);
  });
});
