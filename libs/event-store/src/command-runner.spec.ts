import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Decider, Message, UnitOfWork } from '#kernel';
import { Conflict, refuse, streamName } from '#kernel';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { systemClock } from './clock.ts';
import type { CommandContextOptions } from './command-context.ts';
import { CommandContext, Outdated } from './command-context.ts';
import { CommandExecutor } from './command-executor.ts';
import type { CommandPart, PreconditionCheck } from './command-runner.ts';
import { CommandRunner } from './command-runner.ts';
import type { EventStore, Meta } from './event-store.ts';
import { NamedCommand } from './named-command.ts';
import { postgresEventStore } from './postgres-event-store.ts';

/** A key on a board: it can be taken once. */
const key: Decider<string | null, Message<'Take', string>, Message<'Taken', string>> = {
  category: 'key',
  creationCommands: ['Take'],
  initial: () => null,
  decide: {
    Take: (by, taken) => (taken === null ? { type: 'Taken', data: by } : refuse('key', 'TAKEN', `${taken} has it`)),
  },
  evolve: { Taken: (by) => by },
};

/** Takes a key; results in who has it. */
class TakeKey extends NamedCommand<string> {
  constructor(
    readonly id: string,
    readonly by: string,
  ) {
    super();
  }
}

/** Takes a key under a name that is drawn when it is decided. */
class DrawKey extends NamedCommand<string> {
  constructor(readonly id: string) {
    super();
  }

  override get keepsResult(): boolean {
    return true;
  }
}

/** Looks at a key; decides nothing. */
class LookAtKey extends NamedCommand<string | null> {
  constructor(readonly id: string) {
    super();
  }
}

class Late extends Outdated {}

const unchanged = { key: 'x', rows: 'keys', model: 'X/Key', unchangedSince: [], otherwise: 'stale-read' } as const;

describe('commands in one unit of work', () => {
  let database: TestDatabase;
  let store: EventStore;
  let story: string[];
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
    story = [];
    id = randomUUID();
  });

  /** A server over the log; what its handlers of `TakeKey` prepare, complete and take back goes into the story. */
  function server({
    log = store,
    check = async () => undefined,
  }: { log?: EventStore; check?: PreconditionCheck } = {}) {
    const runner = new CommandRunner(new CommandExecutor(log, systemClock()), check);
    runner.register(TakeKey, {
      prepare: async ({ by }: TakeKey) => {
        if (by === 'nobody') throw new TypeError('nobody cannot be prepared');
        story.push(`prepare ${by}`);
        return by.toUpperCase();
      },
      decide: async (work: UnitOfWork, command: TakeKey, _: CommandContext, prepared: string) => {
        story.push(`decide ${command.by}`);
        await work.decide(key, command.id, { type: 'Take', data: prepared });
        return prepared;
      },
      complete: async ({ by }: TakeKey, result: string, prepared: string) => {
        story.push(`complete ${by} ${prepared}`);
        return `${result}!`;
      },
      rollBack: async ({ by }: TakeKey, prepared: string) => {
        story.push(`roll back ${by}`);
        if (prepared === 'STUCK') throw new Error('cannot be taken back');
      },
    });
    runner.register(DrawKey, {
      decide: async (work: UnitOfWork, command: DrawKey) => {
        const by = randomUUID();
        await work.decide(key, command.id, { type: 'Take', data: by });
        return by;
      },
      rollBack: async () => void story.push('roll back a draw'),
    });
    runner.register(LookAtKey, { decide: async (work: UnitOfWork, command: LookAtKey) => work.load(key, command.id) });
    return runner;
  }

  const context = (options: Partial<CommandContextOptions> & { request?: string } = {}) => {
    const { request = randomUUID(), ...rest } = options;
    return new CommandContext({
      metadata: { actor: 'ann', request, correlation: request },
      now: '2026-01-01T00:00:00.000000+00:00',
      ...rest,
    });
  };
  const events = async (of = id) => store.readStream(streamName('key', of));
  const metaOf = async (of = id) => JSON.parse((await events(of)).at(-1)?.meta ?? '{}') as Meta;

  it('are prepared, decided and completed; the value is that of the completion', async () => {
    const { value, position } = await server().run([new TakeKey(id, 'bob')], context());
    expect(value).toEqual(['BOB!']);
    expect(position).toBe((await events())[0]?.position);
    expect(story).toEqual(['prepare bob', 'decide bob', 'complete bob BOB']);
  });

  it('leave their name beside their events; several of different kinds that of the batch', async () => {
    const [a, b] = [`${id}a`, `${id}b`];
    await server().run([new TakeKey(id, 'bob')], context());
    await server().run([new TakeKey(a, 'bob'), new TakeKey(`${a}2`, 'bob')], context());
    await server().run([new TakeKey(b, 'bob'), new LookAtKey(a)], context());
    expect([(await metaOf()).command, (await metaOf(a)).command, (await metaOf(b)).command]).toEqual([
      'TakeKey',
      'TakeKey',
      'CommandBatch',
    ]);
  });

  it('may be parts of another one, which decides, completes and takes them back', async () => {
    const runner = server();
    class TakeTwo extends NamedCommand<readonly string[]> {}
    runner.register(TakeTwo, {
      prepare: async () => [await runner.part(new TakeKey(id, 'bob'), context())],
      decide: async (work: UnitOfWork, _: TakeTwo, of: CommandContext, [one]: [CommandPart<string>]) => [
        await one.decide(work),
        await (await runner.part(new TakeKey(`${id}2`, 'eve'), of)).decide(work),
      ],
      complete: async (_: TakeTwo, [one, other]: [string, string], [part]: [CommandPart<string>]) => [
        await part.complete(one),
        other,
      ],
      rollBack: (_: TakeTwo, [part]: [CommandPart<string>]) => part.rollBack(),
    });
    const { value } = await runner.run([new TakeTwo()], context());
    expect(value).toEqual([['BOB!', 'EVE']]);
    expect((await events())[0]?.position).toBeDefined();
    expect((await metaOf(`${id}2`)).command).toBe('TakeTwo');
    story.length = 0;
    await expect(runner.run([new TakeTwo()], context())).rejects.toMatchObject({ faults: [{}, {}] });
    expect(story).toEqual(['prepare bob', 'decide bob', 'prepare eve', 'decide eve', 'roll back bob']);
    await expect(runner.part(new (class Unknown extends NamedCommand {})(), context())).rejects.toThrow(/no handler/);
  });

  it('see what those before them have decided, and are one append', async () => {
    const { value } = await server().run([new TakeKey(id, 'bob'), new LookAtKey(id)], context());
    expect(value).toEqual(['BOB!', 'BOB']);
  });

  it('are refused together with all their faults; nothing is appended, and what was prepared is taken back', async () => {
    await server().run([new TakeKey(id, 'ann')], context());
    story = [];
    const refused = server().run(
      [new TakeKey(`${id}free`, 'bob'), new TakeKey(id, 'cid'), new TakeKey(id, 'dan')],
      context({ faults: [{ field: 'size', code: 'NULL', text: 'This field cannot be null.' }] }),
    );
    await expect(refused).rejects.toMatchObject({
      faults: [
        { field: 'size', code: 'NULL' },
        { field: 'key', code: 'TAKEN' },
        { field: 'key', code: 'TAKEN' },
      ],
    });
    expect(await events(`${id}free`)).toEqual([]);
    expect(story.slice(-3)).toEqual(['roll back dan', 'roll back cid', 'roll back bob']);
  });

  it('tell a fault of the input, and nothing that is found out about the same field later', async () => {
    await server().run([new TakeKey(id, 'ann')], context());
    const faults = [{ field: 'key', code: 'BLANK', text: 'This field cannot be blank.' }];
    await expect(server().run([new TakeKey(id, 'bob')], context({ faults }))).rejects.toMatchObject({ faults });
  });

  it('tell the last faults only where nothing else is wrong', async () => {
    const lastFaults = [{ field: 'name', code: 'INVALID', text: 'Invalid' }];
    await expect(server().run([new TakeKey(id, 'ann')], context({ lastFaults }))).rejects.toMatchObject({
      faults: lastFaults,
    });
    expect(await events()).toEqual([]);
    await server().run([new TakeKey(id, 'ann')], context());
    await expect(server().run([new TakeKey(id, 'bob')], context({ lastFaults }))).rejects.toMatchObject({
      faults: [{ code: 'TAKEN' }],
    });
  });

  it('look at their preconditions at the end, every time they are decided', async () => {
    let looks = 0;
    const other = server();
    const check = async (): Promise<void> => {
      looks += 1;
      story.push('check');
      // Somebody takes the key between the look and the append.
      if (looks === 1) await other.run([new TakeKey(`${id}read`, 'eve')], context());
    };
    const commands = [new LookAtKey(`${id}read`), new TakeKey(id, 'bob')];
    const { value } = await server({ check }).run(commands, context({ preconditions: [unchanged] }));
    expect(value).toEqual(['EVE', 'BOB!']);
    expect(story.filter((line) => !line.includes('eve'))).toEqual([
      'prepare bob',
      'decide bob',
      'check',
      'decide bob',
      'check',
      'complete bob BOB',
    ]);
  });

  it('take back what was prepared where a precondition fails', async () => {
    const check = async (): Promise<void> => {
      throw new Late('has changed meanwhile');
    };
    const run = server({ check }).run([new TakeKey(id, 'bob')], context({ preconditions: [unchanged] }));
    await expect(run).rejects.toThrow(Late);
    expect(story).toEqual(['prepare bob', 'decide bob', 'roll back bob']);
  });

  it('take back what was prepared where another one cannot be', async () => {
    const run = server().run([new TakeKey(id, 'bob'), new TakeKey(`${id}b`, 'nobody')], context());
    await expect(run).rejects.toThrow('nobody cannot be prepared');
    expect(story).toEqual(['prepare bob', 'roll back bob']);
  });

  it('take back what was prepared where there was nothing to append', async () => {
    const runner = server();
    class GreetKey extends NamedCommand {}
    runner.register(GreetKey, {
      prepare: async () => 'paper',
      decide: async () => undefined,
      rollBack: async (_: GreetKey, prepared: string) => void story.push(`throw away ${prepared}`),
    });
    expect(await runner.run([new GreetKey()], context())).toEqual({ value: [undefined], position: undefined });
    expect(story).toEqual(['throw away paper']);
  });

  it('take nothing back where the log did not answer', async () => {
    const silent: EventStore = {
      ...store,
      append: async () => {
        throw new TypeError('the connection was lost');
      },
    };
    await expect(server({ log: silent }).run([new TakeKey(id, 'bob')], context())).rejects.toThrow('was lost');
    expect(story).toEqual(['prepare bob', 'decide bob']);
  });

  it('take back what was prepared where others were faster again and again', async () => {
    const busy: EventStore = {
      ...store,
      append: async ([write]) => {
        throw new Conflict([write?.stream ?? '']);
      },
    };
    await expect(server({ log: busy }).run([new TakeKey(id, 'bob')], context())).rejects.toThrow(Conflict);
    expect(story.at(-1)).toBe('roll back bob');
  });

  it('take back everything although one part cannot be, and tell both', async () => {
    await server().run([new TakeKey(id, 'ann')], context());
    const run = server().run([new TakeKey(id, 'bob'), new TakeKey(id, 'stuck'), new TakeKey(id, 'dan')], context());
    const error = (await run.catch((thrown: unknown) => thrown)) as AggregateError;
    expect(error.errors.map(String)).toEqual([expect.stringContaining('ANN has it'), 'Error: cannot be taken back']);
    expect(story.slice(-3)).toEqual(['roll back dan', 'roll back stuck', 'roll back bob']);
  });

  it('take nothing back where a completion fails', async () => {
    const runner = server();
    class Fail extends NamedCommand {}
    runner.register(Fail, {
      decide: async (work: UnitOfWork) => void (await work.decide(key, id, { type: 'Take', data: 'x' })),
      complete: async () => {
        throw refuse('', 'NO', 'not now');
      },
      rollBack: async () => void story.push('roll back'),
    });
    await expect(runner.run([new Fail()], context())).rejects.toThrow('not now');
    expect([story, (await events()).length]).toEqual([[], 1]);
  });

  it('need a handler, and no more than one', async () => {
    class Unknown extends NamedCommand {}
    await expect(server().run([new Unknown()], context())).rejects.toThrow(
      'Unknown has no handler that runs in a unit of work',
    );
    expect(() => server().register(TakeKey, { decide: async () => undefined })).toThrow('TakeKey has two handlers');
  });

  describe('that come again with the same id', () => {
    it('are answered with what the log holds, also where it was drawn at random', async () => {
      const request = randomUUID();
      const first = await server().run([new DrawKey(id)], context({ request }));
      // The other server has not heard of it.
      const second = await server().run([new DrawKey(id)], context({ request }));
      expect(second).toEqual({ ...first, earlier: true });
      expect((await events()).map(({ data }) => JSON.parse(data) as string)).toEqual(first.value);
      // Nothing of what the second one had prepared is in the log.
      expect(story).toEqual(['roll back a draw']);
    });

    it('are answered so together', async () => {
      const request = randomUUID();
      const commands = [new DrawKey(`${id}a`), new DrawKey(`${id}b`)];
      const [first, second] = await Promise.all([
        server().run(commands, context({ request })),
        server().run(commands, context({ request })),
      ]);
      expect(second.value).toEqual(first.value);
      expect(first.value).toHaveLength(2);
    });

    it('with an idempotency key are completed again, and what they had prepared is taken back', async () => {
      const request = randomUUID();
      const metadata = { actor: 'ann', request, correlation: request, idempotencyKey: 'bob takes it' };
      const first = await server().run([new TakeKey(id, 'bob')], context({ metadata }));
      story = [];
      const second = await server().run([new TakeKey(id, 'bob')], context({ metadata }));
      expect(second).toEqual({ ...first, earlier: true });
      expect(story).toEqual(['prepare bob', 'roll back bob', 'complete bob BOB']);
    });
  });
});
