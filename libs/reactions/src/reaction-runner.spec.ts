import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Decider, Message } from '#kernel';
import { Conflict } from '#kernel';
import type { LoggedEvent } from '#event-store';
import { CommandExecutor, systemClock } from '#event-store';
import { until } from '#testing';
import { ExampleServers } from '../test/example-servers.suite.ts';
import type { Reaction, ReactionContext } from './reaction.ts';
import type { ListenerState } from './reaction-runner.ts';

jest.setTimeout(240_000);

/** A promise that others resolve. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** A reaction that does this with each event. */
const reaction = (
  handle: (event: LoggedEvent, context: ReactionContext) => unknown,
  more: Partial<Reaction> = {},
): Reaction => ({
  kind: 'reaction',
  name: 'send',
  categories: ['parcel'],
  from: 'start',
  handle: async (events, context) => {
    for (const event of events) await handle(event, context);
  },
  ...more,
});

const numberOf = ({ data }: LoggedEvent): number => (data as { n: number }).n;

describe('reactions', () => {
  let servers: ExampleServers;
  beforeEach(async () => void (servers = await ExampleServers.open()));
  afterEach(() => servers.close());

  const stateOf = async (server: { readonly runner: { states(): Promise<readonly ListenerState[]> } }, name = 'send') =>
    (await server.runner.states()).find((state) => state.name === name);

  const atCheckpoint = async (): Promise<bigint> => {
    const { rows } = await servers.database.pool.query<{ position: string }>('SELECT position FROM ledger.checkpoints');
    return BigInt(rows[0]?.position ?? -1);
  };

  /** Resolves when the stored checkpoint is at the head of the log. */
  const done = async (): Promise<void> => {
    const head = await servers.store.head();
    let reached = -1n;
    await until(() => {
      void atCheckpoint().then((position) => (reached = position));
      return reached >= head;
    });
  };

  it('are told of every event of theirs, in order', async () => {
    const seen: string[] = [];
    await servers.tell('parcel-1', 'Packed', 'Sent');
    await servers.start([reaction((event) => seen.push(`${event.type} ${event.id} ${numberOf(event)}`))]);
    await servers.tell('letter-1', 'Packed');
    await servers.tell('parcel-2', 'Packed');
    await done();
    expect(seen).toEqual(['Packed 1 0', 'Sent 1 1', 'Packed 2 0']);
  });

  it('are told of the types they name', async () => {
    const seen: string[] = [];
    await servers.tell('parcel-1', 'Packed', 'Sent', 'Lost');
    await servers.start([reaction(({ type }) => seen.push(type), { types: ['Sent', 'Lost'] })]);
    await done();
    expect(seen).toEqual(['Sent', 'Lost']);
  });

  it('begin with the first event, or with the next one, and only once', async () => {
    const seen: string[] = [];
    const listeners = () => [
      reaction(({ type }) => seen.push(`all ${type}`), { name: 'all' }),
      reaction(({ type }) => seen.push(`new ${type}`), { name: 'new', from: 'now' }),
    ];
    await servers.tell('parcel-1', 'Packed');
    const first = await servers.start(listeners());
    await servers.tell('parcel-1', 'Sent');
    await until(() => seen.length === 3);
    await first.stop();
    await servers.tell('parcel-1', 'Lost');
    await servers.start(listeners());
    await until(() => seen.length === 5);
    expect(seen.toSorted()).toEqual(['all Lost', 'all Packed', 'all Sent', 'new Lost', 'new Sent']);
  });

  it('tell how far they have come, here and in processes that stand by', async () => {
    const held = gate();
    await servers.tell('parcel-1', 'Packed');
    const first = await servers.start([reaction(() => held.opened)]);
    const second = await servers.start([reaction(() => held.opened)]);
    expect(await stateOf(first)).toEqual({
      name: 'send',
      kind: 'reaction',
      status: 'running',
      since: expect.any(String),
      position: 0n,
      lag: 1,
      failures: 0,
      lastError: null,
      deadLetters: 0,
      droppedDeadLetters: 0,
    });
    expect(await stateOf(second)).toMatchObject({ status: 'standby', position: 0n, lag: 1 });
    held.open();
    await done();
    for (const server of [first, second]) expect(await stateOf(server)).toMatchObject({ lag: 0, lastError: null });
  });

  it('may not have the same name twice', async () => {
    const one = reaction(() => undefined);
    await expect(servers.start([one, one])).rejects.toThrow('two listeners are called send');
  });

  describe('in several processes', () => {
    /** What is done to the outside: sending a parcel twice does no harm, because it is known by its event. */
    let sent: Map<string, number>;
    const send = ({ eventId }: LoggedEvent): void => void sent.set(eventId, (sent.get(eventId) ?? 0) + 1);
    beforeEach(() => void (sent = new Map()));

    it('are run by one of them', async () => {
      const first = await servers.start([reaction(send)]);
      const second = await servers.start([reaction(send)]);
      await servers.tell('parcel-1', ...Array<string>(250).fill('Packed'));
      await done();
      expect([first.runner.leading, second.runner.leading]).toEqual([true, false]);
      expect([...sent.values()]).toEqual(Array(250).fill(1));
    });

    it('go on in another one where the first one stops in the middle', async () => {
      const held = gate();
      let here = 0;
      const listener = reaction(async (event, { signal }) => {
        send(event);
        here += 1;
        if (here === 130) await Promise.race([held.opened, new Promise((r) => signal.addEventListener('abort', r))]);
      });
      const first = await servers.start([listener]);
      await servers.start([reaction(send)]);
      await servers.tell('parcel-1', ...Array<string>(250).fill('Packed'));
      await until(() => here === 130);
      await first.stop();
      await done();
      expect(sent.size).toBe(250);
      expect(await atCheckpoint()).toBe(await servers.store.head());
    });

    it('go on in another one where the first one is cut off in the middle, and what ends late moves nothing', async () => {
      const held = gate();
      let here = 0;
      const listener = reaction(async (event) => {
        send(event);
        here += 1;
        if (here === 130) await held.opened;
      });
      const first = await servers.start([listener]);
      const second = await servers.start([reaction(send)]);
      await servers.tell('parcel-1', ...Array<string>(250).fill('Packed'));
      await until(() => here === 130);
      await servers.breakLeadership();
      await until(() => second.runner.leading);
      await done();
      expect(sent.size).toBe(250);
      const head = await servers.store.head();
      held.open();
      await servers.tell('parcel-2', 'Packed');
      await done();
      expect(await atCheckpoint()).toBe(head + 1n);
      expect(await stateOf(first)).toMatchObject({ deadLetters: 0 });
      expect(sent.size).toBe(251);
    });

    it('notice when another one has moved the checkpoint, and go on from there', async () => {
      const held = gate();
      const server = await servers.start([
        reaction(async (event) => {
          await held.opened;
          send(event);
        }),
      ]);
      const last = await servers.tell('parcel-1', 'Packed');
      await servers.database.pool.query('UPDATE ledger.checkpoints SET position = $1', [last.toString()]);
      held.open();
      await until(() => server.errors.length > 0);
      expect(server.errors[0]).toBe('reactions: Superseded: the checkpoint of send is not where this process left it');
      await servers.tell('parcel-1', 'Sent');
      await done();
      expect([...sent.values()]).toEqual([1, 1]);
    });

    it('cause a command once, however often its event is handled', async () => {
      type Counted = Message<'Counted', object>;
      const counter: Decider<number, Message<'Count', object>, Counted> = {
        category: 'counter',
        initial: () => 0,
        decide: { Count: () => ({ type: 'Counted', data: {} }) },
        evolve: { Counted: (_, state) => state + 1 },
      };
      const commands = new CommandExecutor(servers.store, systemClock());
      const count = reaction(async (event, { metadata }) => {
        const cause = metadata(event);
        const asked = { ...cause, idempotencyKey: cause.request };
        for (let times = 0; times < 2; times += 1)
          await commands.execute(asked, (work) => work.decide(counter, 'all', { type: 'Count', data: {} }));
      });
      await servers.tell('parcel-1', 'Packed', 'Sent');
      await servers.start([count]);
      await done();
      const counted = await servers.store.readStream('counter-all');
      const causes = await servers.store.readStream('parcel-1');
      expect(counted.map(({ meta }) => JSON.parse(meta) as object)).toEqual(
        causes.map(({ id }) => expect.objectContaining({ actor: 'system', causation: id, correlation: 'c' })),
      );
    });
  });

  describe('that fail', () => {
    /** Fails for events of this type as long as it is broken. */
    function fragile(type: string, error: () => Error = () => new Error('too heavy')) {
      const state = { broken: true, tries: 0, seen: [] as string[] };
      const listener = reaction((event) => {
        if (event.type === type && state.broken) {
          state.tries += 1;
          throw error();
        }
        state.seen.push(`${event.type} ${event.id}`);
      });
      return { state, listener };
    }

    it('are given the same event again', async () => {
      const { state, listener } = fragile('Sent', () => {
        if (state.tries === 2) state.broken = false;
        return new Error('too heavy');
      });
      const server = await servers.start([listener]);
      await servers.tell('parcel-1', 'Sent');
      await done();
      expect([state.tries, state.seen]).toEqual([2, ['Sent 1']]);
      expect(await stateOf(server)).toMatchObject({
        status: 'running',
        failures: 0,
        lastError: { text: 'Error: too heavy', at: expect.any(String) },
        deadLetters: 0,
      });
      expect(server.errors).toEqual(['send: Error: too heavy', 'send: Error: too heavy']);
    });

    it('leave an event behind that they cannot handle, and go on', async () => {
      const { state, listener } = fragile('Sent');
      await servers.tell('parcel-1', 'Packed', 'Sent', 'Lost');
      const server = await servers.start([listener]);
      await done();
      // Once with the others, then three times alone.
      expect(state.tries).toBe(4);
      expect(new Set(state.seen)).toEqual(new Set(['Packed 1', 'Lost 1']));
      expect(await stateOf(server)).toMatchObject({ lag: 0, status: 'running', deadLetters: 1 });
      const [event] = await servers.store.readStream('parcel-1', { from: 1, limit: 1 });
      const { letters, total } = await server.runner.deadLetters.list({ skip: 0, count: 10 });
      expect(total).toBe(1);
      expect(letters).toEqual([
        {
          id: expect.any(Number),
          reaction: 'send',
          key: String(event?.position),
          event: { position: event?.position, stream: 'parcel-1', revision: 1, id: event?.id },
          type: 'Sent',
          error: 'Error: too heavy',
          tries: 3,
          at: expect.any(String),
          retrying: false,
        },
      ]);
    });

    it('have a dead letter tried again when an operator wants it', async () => {
      const { state, listener } = fragile('Sent');
      await servers.tell('parcel-1', 'Sent');
      const server = await servers.start([listener]);
      const { deadLetters } = server.runner;
      await done();
      const [letter] = (await deadLetters.list({ reaction: 'send', skip: 0, count: 10 })).letters;
      const id = letter?.id ?? 0;
      const again = async (condition: () => boolean) => {
        expect(await deadLetters.retry(id)).toBe(true);
        server.runner.wake('dead letters');
        await until(condition);
      };
      await again(() => state.tries === 4);
      let after = await deadLetters.get(id);
      while (after?.retrying) after = await deadLetters.get(id);
      expect(after).toMatchObject({ tries: 4, error: 'Error: too heavy' });
      state.broken = false;
      await again(() => state.seen.length === 1);
      while (await deadLetters.get(id)) await Promise.resolve();
      expect(await stateOf(server)).toMatchObject({ deadLetters: 0 });
      expect([await deadLetters.retry(id), await deadLetters.discard(id)]).toEqual([false, false]);
    });

    it.each([
      ['the database is away', () => Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })],
      ['others are faster', () => new Conflict(['parcel-1'])],
    ])('go on trying as long as %s', async (_, error) => {
      const { state, listener } = fragile('Sent', () => {
        if (state.tries === 20) state.broken = false;
        return error();
      });
      await servers.tell('parcel-1', 'Sent');
      const server = await servers.start([listener]);
      await done();
      expect(state.seen).toEqual(['Sent 1']);
      expect(await stateOf(server)).toMatchObject({ deadLetters: 0 });
    });

    it('leave an event behind that cannot be read in the shape of today', async () => {
      const seen: string[] = [];
      await servers.tell('parcel-1', 'Packed', 'Sent');
      const upcasters = {
        Packed: [
          () => {
            throw new Error('there is no way');
          },
        ],
      };
      const server = await servers.start([reaction(({ type }) => seen.push(type))], { upcasters });
      await done();
      expect(seen).toEqual(['Sent']);
      const { letters } = await server.runner.deadLetters.list({ skip: 0, count: 10 });
      expect(letters.map(({ type, error }) => [type, error])).toEqual([['Packed', 'Error: there is no way']]);
    });
  });
});

describe('reconcilers', () => {
  let servers: ExampleServers;
  beforeEach(async () => void (servers = await ExampleServers.open()));
  afterEach(() => servers.close());

  it('run at the beginning, after the events they name, when woken, and in one process', async () => {
    const runs: string[] = [];
    const reconciler = (server: string) => ({
      kind: 'reconciler' as const,
      name: 'tidy',
      everyMs: 3_600_000,
      wakeOn: { categories: ['parcel'], types: ['Lost'] },
      reconcile: async () => void runs.push(server),
    });
    const first = await servers.start([reconciler('first')]);
    await servers.start([reconciler('second')]);
    await until(() => runs.length === 1);
    await servers.tell('parcel-1', 'Lost');
    await until(() => runs.length === 2);
    first.runner.wake('tidy');
    await until(() => runs.length === 3);
    await servers.breakLeadership();
    await until(() => runs.length === 4);
    expect(runs.slice(0, 3)).toEqual(['first', 'first', 'first']);
  });

  it('run again after their time', async () => {
    let runs = 0;
    const reconcile = async () => void (runs += 1);
    await servers.start([{ kind: 'reconciler', name: 'tidy', everyMs: 5, reconcile }]);
    await until(() => runs > 5);
  });

  it('are never run twice at a time, and once more where they are woken meanwhile', async () => {
    const held = gate();
    let [runs, atOnce, most] = [0, 0, 0];
    const reconcile = async () => {
      runs += 1;
      atOnce += 1;
      most = Math.max(most, atOnce);
      await held.opened;
      atOnce -= 1;
    };
    const { runner } = await servers.start([{ kind: 'reconciler', name: 'tidy', everyMs: 3_600_000, reconcile }]);
    await until(() => runs === 1);
    for (let n = 0; n < 5; n += 1) runner.wake('tidy');
    held.open();
    await until(() => runs === 2 && atOnce === 0);
    expect([runs, most]).toEqual([2, 1]);
  });

  it('are run again where they fail, and say so', async () => {
    let runs = 0;
    const reconcile = async () => {
      runs += 1;
      if (runs < 3) throw new Error('too much');
    };
    const server = await servers.start([{ kind: 'reconciler', name: 'tidy', everyMs: 3_600_000, reconcile }]);
    await until(() => runs === 3);
    expect(server.errors).toEqual(['tidy: Error: too much', 'tidy: Error: too much']);
    expect(await server.runner.states()).toMatchObject([
      { name: 'tidy', kind: 'reconciler', status: 'running', position: null, lag: null, failures: 0 },
    ]);
  });
});

describe('followers', () => {
  let servers: ExampleServers;
  beforeEach(async () => void (servers = await ExampleServers.open()));
  afterEach(() => servers.close());

  it('are told of everything behind where they begin, in every process, before it is ready', async () => {
    const begin = await servers.tell('parcel-1', 'Packed');
    await servers.tell('parcel-1', 'Sent');
    const seen: string[][] = [[], []];
    for (const mine of seen) {
      await servers.start([
        {
          kind: 'follower',
          name: 'screen',
          categories: ['parcel'],
          begin: async () => begin,
          handle: (events) => void mine.push(...events.map(({ type }) => type)),
        },
      ]);
      expect(mine).toEqual(['Sent']);
    }
    await servers.tell('parcel-1', 'Lost');
    await until(() => seen.every((mine) => mine.length === 2));
  });

  it('leave nothing out where they fail', async () => {
    const seen: string[] = [];
    let fails = 2;
    await servers.tell('parcel-1', 'Packed', 'Sent');
    const server = await servers.start([
      {
        kind: 'follower',
        name: 'screen',
        categories: ['parcel'],
        begin: async () => 0n,
        handle: (events) => {
          fails -= 1;
          if (fails >= 0) throw new Error('no light');
          seen.push(...events.map(({ type }) => type));
        },
      },
    ]);
    expect(seen).toEqual(['Packed', 'Sent']);
    expect(await server.runner.states()).toMatchObject([
      { name: 'screen', kind: 'follower', status: 'running', lag: 0, lastError: { text: 'Error: no light' } },
    ]);
    expect(server.errors).toEqual(['screen: Error: no light', 'screen: Error: no light']);
  });
});
