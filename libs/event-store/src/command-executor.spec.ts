import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandMetadata, Decider, Message, UnitOfWork } from '#kernel';
import { Conflict, Refusal, refuse, streamName } from '#kernel';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { systemClock } from './clock.ts';
import { CommandExecutor } from './command-executor.ts';
import type { EventStore, Meta } from './event-store.ts';
import { hashOf } from './hash-chain.ts';
import { postgresEventStore } from './postgres-event-store.ts';

type Who = { readonly who: string };
type Command = Message<'Enter', Who> | Message<'Leave', Who>;
type Event = Message<'Entered', Who> | Message<'Left', Who>;

/** A room with place for each name once. */
const hall: Decider<Set<string>, Command, Event> = {
  category: 'hall',
  initial: () => new Set(),
  decide: {
    Enter: ({ who }, inside) =>
      inside.has(who) ? refuse('who', 'INSIDE', `${who} is inside`) : { type: 'Entered', data: { who } },
    Leave: ({ who }, inside) => (inside.has(who) ? { type: 'Left', data: { who } } : []),
  },
  evolve: {
    Entered: ({ who }, inside) => inside.add(who),
    Left: ({ who }, inside) => {
      inside.delete(who);
      return inside;
    },
  },
};

const enter = (who: string): Command => ({ type: 'Enter', data: { who } });
const leave = (who: string): Command => ({ type: 'Leave', data: { who } });
const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n));
const later = (at: string): string => `${new Date(Date.parse(at) + 60_000).toISOString().slice(0, 23)}000+00:00`;
const metadata = (request = randomUUID() as string): CommandMetadata => ({
  actor: 'me',
  request,
  correlation: request,
});

describe('commands', () => {
  let database: TestDatabase;
  let store: EventStore;
  let one: CommandExecutor;
  let other: CommandExecutor;
  let room: string;
  let streams = 0;

  beforeAll(async () => {
    database = await testDatabase();
    store = await postgresEventStore(database.pool);
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });
  beforeEach(() => {
    // Two servers over one log, each with what it remembers.
    one = new CommandExecutor(store, systemClock());
    const clock = systemClock();
    // The other one's clock is a minute ahead.
    const ahead = { now: (notBefore?: string) => clock.now(later(clock.now(notBefore))) };
    other = new CommandExecutor(store, ahead);
    room = `room${(streams += 1)}`;
  });

  const execute = (commands: CommandExecutor, task: (work: UnitOfWork) => Promise<unknown>, request?: string) =>
    commands.execute(metadata(request), task);
  const to =
    (command: Command, id = room) =>
    (work: UnitOfWork) =>
      work.decide(hall, id, command);
  const inside = async (id = room) =>
    (await one.preview(async (work) => [...(await work.load(hall, id))].toSorted())).value;
  const eventsOf = (id = room) => store.readStream(streamName('hall', id));

  /** Every event is chained to the one before it, and later than it. */
  async function expectWhole(id = room): Promise<void> {
    let prev = '';
    let last = '';
    for (const event of await eventsOf(id)) {
      const meta = JSON.parse(event.meta) as Meta;
      expect({ revision: event.revision, prev: meta.prev }).toEqual({ revision: event.revision, prev });
      expect(meta.at > last).toBe(true);
      prev = hashOf(event.stream, event.revision, event);
      last = meta.at;
    }
  }

  it('keep who asked, why and what for beside every event', async () => {
    const sent: CommandMetadata = {
      actor: 'root',
      request: 'r-1',
      correlation: 'c-1',
      causation: 'e-1',
      reason: 'the lamp was broken',
    };
    const { position } = await one.execute(sent, to(enter('ann')));
    const [event] = await eventsOf();
    expect(event).toMatchObject({ type: 'Entered', data: '{"who":"ann"}', position });
    expect(event?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(JSON.parse(event?.meta ?? '')).toEqual({ v: 1, at: expect.any(String), ...sent, prev: '' });
  });

  it('append to several streams together, and give back what the task came to', async () => {
    const done = await execute(one, async (work) => {
      await work.decide(hall, `${room}a`, enter('ann'));
      await work.decide(hall, `${room}b`, enter('ann'));
      return 'both';
    });
    const last = (await eventsOf(`${room}b`)).at(-1);
    expect(done).toEqual({ value: 'both', position: last?.position });
  });

  it('append nothing where nothing was decided', async () => {
    const head = await store.head();
    expect(await execute(one, to(leave('ann')))).toEqual({ value: true, position: undefined });
    expect(await store.head()).toBe(head);
  });

  it('refuse with all faults at once, and append nothing', async () => {
    await execute(one, to(enter('ann')));
    const sent = execute(one, async (work) => {
      await work.decide(hall, room, enter('ann'));
      await work.decide(hall, room, enter('bob'));
      work.fault('door', 'LOCKED', 'the door is locked');
    });
    const error = (await sent.catch((thrown: unknown) => thrown)) as Refusal;
    expect(error).toBeInstanceOf(Refusal);
    expect(error.faults.map(({ field, code }) => [field, code])).toEqual([
      ['who', 'INSIDE'],
      ['door', 'LOCKED'],
    ]);
    expect(await inside()).toEqual(['ann']);
  });

  it.each([
    ['one stream', 1],
    ['several streams', 5],
  ])('lose nothing when fifty want %s at once', async (_, count) => {
    const rooms = numbers(count).map((n) => `${room}x${n}`);
    await Promise.all(
      numbers(50).map((who, n) =>
        execute(n % 2 === 0 ? one : other, async (work) => {
          // Every other one goes through the rooms the other way round.
          for (const id of n % 4 < 2 ? rooms : rooms.toReversed()) await work.decide(hall, id, enter(who));
        }),
      ),
    );
    for (const id of rooms) {
      expect(await inside(id)).toEqual(numbers(50).toSorted());
      await expectWhole(id);
    }
  });

  it('check a refusal that rests on what was remembered', async () => {
    await execute(one, to(enter('ann')));
    await expect(execute(other, to(enter('ann')))).rejects.toBeInstanceOf(Refusal);
    await execute(one, to(leave('ann')));
    await execute(other, to(enter('ann')));
    expect(await inside()).toEqual(['ann']);
    await expectWhole();
  });

  it('check that nothing is to be done, where that rests on what was remembered', async () => {
    await execute(one, to(enter('ann')));
    await execute(other, to(leave('bob')));
    await execute(one, to(enter('bob')));
    expect((await execute(other, to(leave('bob')))).position).toBeDefined();
    expect(await inside()).toEqual(['ann']);
  });

  it('check a fault that rests on what was remembered', async () => {
    await execute(one, to(enter('ann')));
    await execute(other, to(leave('bob')));
    await execute(one, to(leave('ann')));
    const { value } = await execute(other, async (work) => {
      if ((await work.load(hall, room)).size > 0) throw new TypeError('nobody should be inside');
      return 'empty';
    });
    expect(value).toBe('empty');
  });

  it('take the same request for one sent, whichever server it reaches', async () => {
    const request = randomUUID();
    await execute(one, to(enter('ann')));
    await execute(other, to(leave('nobody')));
    const first = await execute(one, to(enter('bob')), request);
    // The other server has not heard of it; it would decide the same again.
    const second = await execute(other, to(enter('bob')), request);
    expect(second.position).toBe(first.position);
    expect((await eventsOf()).map(({ data }) => data)).toEqual(['{"who":"ann"}', '{"who":"bob"}']);
  });

  it('keep the chain whole after a request that was sent twice', async () => {
    const request = randomUUID();
    await execute(one, to(enter('ann')));
    await execute(other, to(leave('nobody')));
    await execute(one, to(enter('bob')), request);
    await execute(other, to(enter('bob')), request);
    await execute(other, to(enter('cid')));
    await expectWhole();
  });

  it('see to it that what was only read still holds when they append', async () => {
    const [open, closed] = [`${room}open`, `${room}closed`];
    let tries = 0;
    await execute(one, async (work) => {
      tries += 1;
      const key = (await work.load(hall, open)).has('key');
      if (tries === 1) await execute(other, to(enter('key'), open));
      await work.decide(hall, closed, enter(key ? 'with key' : 'without'));
    });
    expect(tries).toBe(2);
    expect(await inside(closed)).toEqual(['with key']);
  });

  it('see to it that what was only read still holds when they append nothing', async () => {
    const { value } = await execute(one, async (work) => {
      const before = (await work.load(hall, room)).size;
      if (before === 0) await execute(other, to(enter('ann')));
      return before;
    });
    expect(value).toBe(1);
  });

  it('tell the caller when others were faster again and again', async () => {
    let tries = 0;
    const sent = execute(one, async (work) => {
      await work.load(hall, room);
      await execute(other, to(enter(String((tries += 1)))));
      await work.decide(hall, `${room}mine`, enter('ann'));
    });
    await expect(sent).rejects.toMatchObject({ name: 'Conflict', streams: [streamName('hall', room)] });
    expect(tries).toBe(20);
    expect(await eventsOf(`${room}mine`)).toEqual([]);
  });

  it('begin a stream without looking, and look where there is one', async () => {
    const opening: typeof hall = { ...hall, creationCommands: ['Enter'] };
    let looks = 0;
    const counting: EventStore = {
      ...store,
      readStream: async (...asked) => {
        looks += 1;
        return store.readStream(...asked);
      },
    };
    const first = new CommandExecutor(counting, systemClock());
    await first.execute(metadata(), async (work) => work.decide(opening, room, enter('ann')));
    expect(looks).toBe(0);

    const second = new CommandExecutor(counting, systemClock());
    const again = second.execute(metadata(), async (work) => work.decide(opening, room, enter('ann')));
    await expect(again).rejects.toThrow(Refusal);
    await second.execute(metadata(), async (work) => work.decide(opening, room, enter('bob')));
    const types = (await store.readStream(streamName('hall', room))).map(({ data }) => JSON.parse(data) as Who);
    expect(types).toEqual([{ who: 'ann' }, { who: 'bob' }]);
  });

  it('look, after somebody else was faster, at what that one has moved, and begin other streams without looking', async () => {
    const opening: typeof hall = { ...hall, creationCommands: ['Enter'] };
    const looked: string[] = [];
    const counting: EventStore = {
      ...store,
      readStream: async (stream, options) => {
        looked.push(stream);
        return store.readStream(stream, options);
      },
    };
    const commands = new CommandExecutor(counting, systemClock());
    await execute(commands, to(enter('ann')));
    await execute(other, to(enter('bob')));
    const halls = numbers(100).map((n) => `${room}x${n}`);
    await execute(commands, async (work) => {
      await work.decide(hall, room, enter('cid'));
      for (const one of halls) await work.decide(opening, one, enter('cid'));
    });
    expect(await inside()).toEqual(['ann', 'bob', 'cid']);
    expect(new Set(looked)).toEqual(new Set([streamName('hall', room)]));
    expect(await inside(halls[99])).toEqual(['cid']);
  });

  it('carry out once what may come again, and come to the same', async () => {
    const asked = { ...metadata(), idempotencyKey: 'ann enters' };
    const task = async (work: UnitOfWork) => {
      await work.decide(hall, room, enter('ann'));
      return [room, 1];
    };
    const [first, second] = await Promise.all([one.execute(asked, task), other.execute(asked, task)]);
    const { value, position } = first;
    expect(second).toMatchObject({ value, position });
    expect([first, second].filter(({ earlier }) => earlier)).toHaveLength(1);
    expect(await other.execute(asked, task)).toEqual({ value: [room, 1], position, earlier: true });
    expect(await store.readStream(streamName('hall', room))).toHaveLength(1);
    const another = other.execute({ ...asked, idempotencyKey: 'bob enters' }, task);
    await expect(another).rejects.toMatchObject({ faults: [{ code: 'ANOTHER_REQUEST' }] });
  });

  describe('that come again', () => {
    const drawn = async (work: UnitOfWork) => {
      const who = randomUUID();
      await work.decide(hall, room, enter(who));
      return who;
    };
    /** Asks both servers for the same; the other one has not heard that the first did it. */
    async function twice<R>(task: (work: UnitOfWork) => Promise<R>, asked: object = {}, options = {}) {
      await execute(one, to(enter('ann')));
      await execute(other, to(leave('nobody')));
      const request = { ...metadata(), ...asked };
      const first = await one.execute(request, task, options);
      return [first, await other.execute(request, task, options)] as const;
    }
    const last = async () => (JSON.parse((await eventsOf()).at(-1)?.data ?? '') as Who).who;

    it('are answered with the result that was kept', async () => {
      const [first, second] = await twice(drawn, {}, { keepsResult: true });
      expect(second).toEqual({ ...first, earlier: true });
      expect([await last(), (await eventsOf()).length]).toEqual([first.value, 2]);
      expect(JSON.parse((await eventsOf()).at(-1)?.meta ?? '')).toMatchObject({ result: first.value });
      await expectWhole();
    });

    it('are answered with the result that was kept of an idempotent request', async () => {
      const [first, second] = await twice(drawn, { idempotencyKey: 'somebody enters' }, { keepsResult: true });
      expect(second).toEqual({ ...first, earlier: true });
      expect([await last(), (await eventsOf()).length]).toEqual([first.value, 2]);
      expect(JSON.parse((await eventsOf()).at(-1)?.meta ?? '')).not.toHaveProperty('result');
    });

    it('at once, idempotent, come to the same', async () => {
      const request = { ...metadata(), idempotencyKey: 'somebody enters' };
      const both = await Promise.all([one.execute(request, drawn), other.execute(request, drawn)]);
      expect(both.map(({ value }) => value)).toEqual([await last(), await last()]);
    });

    it('for another request are refused, though they would write the same', async () => {
      const request = metadata();
      const [key, another] = ['ann enters', 'bob enters'].map((idempotencyKey) => ({ ...request, idempotencyKey }));
      const task = to(enter('ann'));
      const results = await Promise.allSettled([one.execute(key!, task), other.execute(another!, task)]);
      expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      const [refused] = results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
      expect(refused?.reason).toMatchObject({ faults: [{ code: 'ANOTHER_REQUEST' }] });
    });

    it('are decided on what the log holds now, where the result was not kept and something else was decided', async () => {
      let tries = 0;
      const [first, second] = await twice(async (work) => {
        tries += 1;
        const before = (await work.load(hall, room)).size;
        return before === 1 ? drawn(work) : `${before} are inside`;
      });
      expect([first.value, second.value, tries]).toEqual([await last(), '2 are inside', 3]);
      expect(await eventsOf()).toHaveLength(2);
    });

    it('are answered by their task, where it has decided the same', async () => {
      const [first, second] = await twice(async (work) => {
        await work.decide(hall, room, enter('bob'));
        return ['bob', { is: 'inside' }];
      });
      expect(second).toEqual(first);
    });

    it.each<[string, (id: string) => unknown]>([
      ['nothing', () => undefined],
      ['the id of what was written', (id) => id],
      ['several of those', (id) => [id, undefined]],
    ])('with %s as the result need nothing kept', async (_, result) => {
      const [first, second] = await twice(async (work) => {
        await drawn(work);
        return result(room);
      });
      expect(second).toEqual({ ...first, earlier: true });
      expect([second.value, (await eventsOf()).length]).toEqual([result(room), 2]);
    });
  });

  it('are not of before where they are appended and sent again, as the answer was lost', async () => {
    const sentTwice: EventStore['append'] = async (...args) => {
      await store.append(...args);
      return store.append(...args);
    };
    const unlucky = new CommandExecutor({ ...store, append: sentTwice }, systemClock());
    const sent = { ...metadata(), idempotencyKey: 'ann enters' };
    const first = await unlucky.execute(sent, to(enter('ann')));
    expect(first).toEqual({ value: true, position: (await store.last())?.position });
    expect(await unlucky.execute(sent, to(enter('ann')))).toEqual({ ...first, earlier: true });
  });

  it('may be tried again where nothing came of it', async () => {
    const asked = { ...metadata(), idempotencyKey: 'ann enters' };
    const task = (work: UnitOfWork) => work.decide(hall, room, enter('ann'));
    await one.execute(metadata(), task);
    await expect(one.execute(asked, task)).rejects.toThrow(Refusal);
    await one.execute(metadata(), (work) => work.decide(hall, room, leave('ann')));
    expect((await one.execute(asked, task)).value).toBe(true);
  });

  it('pass on what a task throws, without doing it again', async () => {
    let tries = 0;
    const sent = execute(one, async (work) => {
      tries += 1;
      await work.decide(hall, room, enter('ann'));
      throw new TypeError('a fault');
    });
    await expect(sent).rejects.toThrow('a fault');
    expect(tries).toBe(1);
    expect(await eventsOf()).toEqual([]);
  });

  it('never tell a time before that of the event before, though another server is ahead', async () => {
    const ahead = { now: () => '2999-01-01T00:00:00.000000+00:00' };
    await execute(new CommandExecutor(store, ahead), to(enter('ann')));
    await execute(one, async (work) => {
      await work.decide(hall, room, enter('bob'));
      await work.decide(hall, room, enter('cid'));
    });
    await expectWhole();
  });

  it('rehearse: what would be decided, and nothing appended', async () => {
    const head = await store.head();
    const { value, work } = await one.preview(async (work) => {
      await work.decide(hall, room, enter('ann'));
      return (await work.load(hall, room)).size;
    });
    expect(value).toBe(1);
    expect(work.written()).toEqual([
      { stream: streamName('hall', room), expected: -1, events: [{ type: 'Entered', data: { who: 'ann' } }] },
    ]);
    const refused = one.preview(async (work) => work.fault('', 'NO', 'not so'));
    await expect(refused).rejects.toBeInstanceOf(Refusal);
    expect(await store.head()).toBe(head);
    expect(await inside()).toEqual([]);
  });

  it('end in a conflict or a whole append, never in between, when the same is wanted in two orders', async () => {
    const [a, b] = [`${room}a`, `${room}b`];
    const both = (commands: CommandExecutor, first: string, second: string) =>
      execute(commands, async (work) => {
        await work.decide(hall, first, enter('ann'));
        await work.decide(hall, second, enter('ann'));
      });
    const results = await Promise.allSettled([both(one, a, b), both(other, b, a)]);
    const refused = results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused.map(({ reason }) => (reason instanceof Conflict ? 'conflict' : 'refusal'))).toEqual(['refusal']);
    expect([await inside(a), await inside(b)]).toEqual([['ann'], ['ann']]);
  });
});
