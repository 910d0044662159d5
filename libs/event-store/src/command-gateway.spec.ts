import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ICommandHandler } from '@nestjs/cqrs';
import { CommandHandler } from '@nestjs/cqrs';
import type { Decider, Message, UnitOfWork } from '#kernel';
import { Conflict, refuse, streamName } from '#kernel';
import type { TestExample } from '#testing';
import { startExample } from '#testing';
import { CommandBatch } from './command-batch.ts';
import { CommandContext, Outdated } from './command-context.ts';
import type { CommandResult } from './command-result.ts';
import type { CommandOutcome } from './command-gateway.ts';
import { NamedCommand } from './named-command.ts';
import { UnitOfWorkHandler } from './unit-of-work-handler.ts';

jest.setTimeout(240_000);

const NOW = '2026-01-01T00:00:00.000000+00:00';

/** A counter that does not go beyond 9. */
const counter: Decider<number, Message<'Count', number>, Message<'Counted', number>> = {
  category: 'counter',
  initial: () => 0,
  decide: {
    Count: (by, sum) => (sum + by > 9 ? refuse('by', 'TOO_MUCH', 'it ends at 9') : { type: 'Counted', data: by }),
  },
  evolve: { Counted: (by, sum) => sum + by },
};

/** Counts on; results in the sum. */
class CountOn extends NamedCommand<number> {
  constructor(
    readonly counter: string,
    readonly by: number,
  ) {
    super();
  }
}

@CommandHandler(CountOn)
class CountOnHandler extends UnitOfWorkHandler<CountOn> {
  async decide(work: UnitOfWork, { counter: id, by }: CountOn, { now }: CommandContext): Promise<number> {
    if (now === 'never') throw new TypeError('it is never now');
    await work.decide(counter, id, { type: 'Count', data: by });
    return work.load(counter, id);
  }
}

/** No unit of work: fails as it is told. */
class Fail extends NamedCommand<string> {
  constructor(readonly error: Error | undefined) {
    super();
  }
}

@CommandHandler(Fail)
class FailHandler implements ICommandHandler<Fail> {
  async execute({ error }: Fail): Promise<CommandResult<string>> {
    if (error) throw error;
    return { value: 'did not fail', position: undefined };
  }
}

class Changed extends Outdated {}

class Unhandled extends NamedCommand {}

describe('commands over the bus', () => {
  let app: TestExample;
  const seen: [string, CommandOutcome][] = [];
  beforeAll(async () => {
    app = await startExample(
      { deciders: [counter], providers: [CountOnHandler, FailHandler] },
      {
        onCommand: (command, outcome, seconds) => {
          expect(seconds).toBeGreaterThanOrEqual(0);
          seen.push([command, outcome]);
        },
      },
    );
  });
  afterAll(async () => {
    await app.stop();
  });

  const send = <R>(command: NamedCommand<R>, now = NOW) => app.gateway.execute(command, CommandContext.system(now));
  const events = (id: string) => app.store.readStream(streamName('counter', id));

  it('are carried out by their handler; the result has a type', async () => {
    const id = randomUUID();
    const { value, position }: CommandResult<number> = await send(new CountOn(id, 3));
    expect([value, position]).toEqual([3, (await events(id))[0]?.position]);
  });

  it('leave their name and their sender beside their events', async () => {
    const id = randomUUID();
    const metadata = { actor: 'ann', request: 'r-1', correlation: 'c-1', causation: 'e-1', reason: 'for the count' };
    await app.gateway.execute(new CountOn(id, 1), new CommandContext({ metadata, now: NOW }));
    expect(JSON.parse((await events(id))[0]?.meta ?? '')).toMatchObject({ ...metadata, command: 'CountOn' });
  });

  it.each<[CommandOutcome, string, () => NamedCommand<unknown>]>([
    ['done', NOW, () => new CountOn(randomUUID(), 1)],
    ['done', NOW, () => new Fail(undefined)],
    ['refused', NOW, () => new CountOn(randomUUID(), 10)],
    ['conflict', NOW, () => new Fail(new Conflict(['x-1']))],
    ['conflict', NOW, () => new Fail(new Changed())],
    ['failed', NOW, () => new Fail(new TypeError('a bug'))],
    ['failed', 'never', () => new CountOn(randomUUID(), 1)],
    ['failed', NOW, () => new Unhandled()],
  ])('are told as %s (%#)', async (outcome, now, command) => {
    const sent = command();
    const [result] = await Promise.allSettled([send(sent, now)]);
    expect([result.status === 'fulfilled', seen.at(-1)]).toEqual([outcome === 'done', [sent.commandName, outcome]]);
  });

  it('are all carried out in a batch, in one append, or none of them', async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    const { value, position } = await send(new CommandBatch([new CountOn(a, 1), new CountOn(b, 2), new CountOn(a, 3)]));
    expect([value, position]).toEqual([[1, 2, 4], (await events(b))[0]?.position]);
    const refused = send(new CommandBatch([new CountOn(a, 1), new CountOn(b, 10)]));
    await expect(refused).rejects.toMatchObject({ faults: [{ code: 'TOO_MUCH' }] });
    expect([(await events(a)).length, (await events(b)).length]).toEqual([2, 1]);
  });

  it('come to nothing in an empty batch', async () => {
    expect(await send(new CommandBatch([]))).toEqual({ value: [], position: undefined });
  });

  it('that are no units of work have no place in a batch', async () => {
    const batch = send(new CommandBatch([new Fail(undefined)]));
    await expect(batch).rejects.toThrow('Fail has no handler that runs in a unit of work');
  });

  it('are known by name', () => {
    expect([new CountOn('', 0), new CommandBatch([])].map(({ commandName }) => commandName)).toEqual([
      'CountOn',
      'CommandBatch',
    ]);
  });
});
