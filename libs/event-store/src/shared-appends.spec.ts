import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandMetadata, Decider, Message, UnitOfWork } from '#kernel';
import { Refusal, refuse, streamName } from '#kernel';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { systemClock } from './clock.ts';
import { CommandExecutor } from './command-executor.ts';
import type { EventStore, Meta } from './event-store.ts';
import { hashOf } from './hash-chain.ts';
import { postgresEventStore } from './postgres-event-store.ts';
import { MAX_TOGETHER } from './shared-appends.ts';

type Command = Message<'Take', { readonly who: string }>;
type Event = Message<'Taken', { readonly who: string; readonly ticket: number }>;

/** Tickets, each handed out once, in their order; there are 200. */
const tickets: Decider<number, Command, Event> = {
  category: 'tickets',
  initial: () => 0,
  decide: {
    Take: ({ who }, last) =>
      last < 200 ? { type: 'Taken', data: { who, ticket: last + 1 } } : refuse('', 'NONE', 'none left'),
  },
  evolve: { Taken: ({ ticket }) => ticket },
};

const metadata = (actor: string, more: Partial<CommandMetadata> = {}): CommandMetadata => {
  const request = randomUUID() as string;
  return { actor, request, correlation: request, ...more };
};

describe('units of work that share an append', () => {
  let database: TestDatabase;
  let store: EventStore;
  let appends: number;
  let counted: EventStore;
  let one: CommandExecutor;
  let other: CommandExecutor;
  let id: string;

  beforeAll(async () => {
    database = await testDatabase();
    store = await postgresEventStore(database.pool);
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });
  beforeEach(() => {
    appends = 0;
    counted = {
      ...store,
      append: (...args) => {
        appends += 1;
        return store.append(...args);
      },
    };
    one = new CommandExecutor(counted, systemClock());
    other = new CommandExecutor(counted, systemClock());
    id = randomUUID();
  });

  const take = (who: string) => async (work: UnitOfWork) => {
    await work.decide(tickets, id, { type: 'Take', data: { who } });
    await work.decide(tickets, `own-${who}-${id}`, { type: 'Take', data: { who } });
    work.throwIfFaulted();
    return work.load(tickets, id);
  };
  const ask = (executor: CommandExecutor, who: string, more?: Partial<CommandMetadata>) =>
    executor.execute(metadata(who, more), take(who), { sharesAppend: id, keepsResult: true });
  const names = (count: number) => Array.from({ length: count }, (_, n) => `who${n}`);
  const logged = () => store.readStream(streamName('tickets', id), { limit: 500 });

  it('are answered one by one, and few appends are made', async () => {
    const answers = await Promise.all(names(MAX_TOGETHER + 20).map((who) => ask(one, who)));
    expect(answers.map(({ value }) => value)).toEqual(answers.map((_, n) => n + 1));
    expect(appends).toBe(3);
    const events = await logged();
    const metas = events.map(({ meta }) => JSON.parse(meta) as Meta);
    expect(metas.map(({ actor }) => actor)).toEqual(names(MAX_TOGETHER + 20));
    expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
    for (const [n, meta] of metas.entries()) {
      const before = events[n - 1];
      expect(meta.prev).toBe(before ? hashOf(before.stream, before.revision, before) : '');
    }
    const own = await store.readStream(streamName('tickets', `own-who7-${id}`), { limit: 5 });
    expect(own.map(({ meta }) => (JSON.parse(meta) as Meta).result)).toEqual([8]);
  });

  it('are refused one by one', async () => {
    await one.execute(metadata('first'), async (work) => {
      for (let n = 0; n < 195; n += 1) {
        await work.decide(tickets, id, { type: 'Take', data: { who: 'first' } });
        await work.load(tickets, id);
      }
    });
    const answers = await Promise.allSettled(names(20).map((who) => ask(one, who)));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    for (const answer of answers) if (answer.status === 'rejected') expect(answer.reason).toBeInstanceOf(Refusal);
    expect(await logged()).toHaveLength(200);
    // Of those that were refused nothing is left, whatever they had decided before.
    const refused = names(20).filter((_, n) => answers[n]?.status === 'rejected');
    for (const who of refused) expect(await store.readStream(streamName('tickets', `own-${who}-${id}`))).toEqual([]);
  });

  it('lose nothing to others that are faster, and leave one another alone where one breaks', async () => {
    const broken = one.execute(metadata('broken'), () => Promise.reject(new Error('broken')), { sharesAppend: id });
    const answers = await Promise.all([
      expect(broken).rejects.toThrow('broken'),
      ...names(30).map((who, n) => ask(n % 2 === 0 ? one : other, who)),
    ]);
    expect(answers).toHaveLength(31);
    const taken = (await logged()).map(({ data }) => (JSON.parse(data) as { ticket: number }).ticket);
    expect(taken).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
  });

  it('are carried out once where the append is made and sent again, as its answer was lost', async () => {
    let tries = 0;
    counted.append = async (...args) => {
      await store.append(...args);
      return store.append(...args);
    };
    const counting = (who: string) => (work: UnitOfWork) => {
      tries += 1;
      return take(who)(work);
    };
    const askOnce = (who: string) => one.execute(metadata(who), counting(who), { sharesAppend: id });
    const answers = await Promise.all(names(4).map(askOnce));
    expect(answers.map(({ value }) => value)).toEqual([1, 2, 3, 4]);
    expect([tries, (await logged()).length]).toEqual([4, 4]);
    expect(answers.at(-1)!.position).toBe((await store.last())?.position);
    expect((await ask(one, 'behind them')).value).toBe(5);
  });

  it('are carried out once where a request comes again, also at once', async () => {
    const again = { request: randomUUID() as string, idempotencyKey: 'the same' };
    const answers = await Promise.all([
      ...names(3).map((who) => ask(one, who)),
      ...[1, 2, 3].map(() => ask(one, 'me', again)),
    ]);
    expect(new Set(answers.slice(3).map(({ value }) => value)).size).toBe(1);
    expect((await ask(other, 'me', again)).value).toBe(answers[3]!.value);
    expect(await logged()).toHaveLength(4);
  });
});
