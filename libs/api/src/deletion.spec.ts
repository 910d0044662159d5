import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { UnitOfWork } from '#kernel';
import { streamName } from '#kernel';
import type { Precondition } from '#event-store';
import { CommandContext, CommandExecutor, MAX_APPEND_STREAMS } from '#event-store';
import { PreconditionFailed } from '#read-store';
import type { Key } from '#read-store';
import type { TestExample } from '#testing';
import type { Release } from './model.ts';
import { ChangeRack, CreateRack, DeleteRack, rack } from '../test/example-racks.ts';
import { startRacks } from '../test/example-racks.ts';

jest.setTimeout(240_000);

describe('a deletion', () => {
  let app: TestExample;
  let name: string;
  let count = 0;
  /** Who uses a rack, as another module tells; what is done while it is looked; what goes with it. */
  let users: () => Promise<readonly string[]>;
  let alsoRemove: (work: UnitOfWork, key: Key) => Promise<unknown>;
  let release: Release;

  beforeAll(async () => {
    app = await startRacks({
      users: () => users(),
      alsoRemove: (work, key) => alsoRemove(work, key),
      release: (...args) => release(...args),
    });
  });
  afterAll(async () => {
    await app.stop();
  });
  beforeEach(async () => {
    users = async () => [];
    alsoRemove = async () => undefined;
    release = async () => undefined;
    name = await create();
  });
  afterEach(() => {
    app.late = false;
  });

  const context = (preconditions: readonly Precondition[] = []) =>
    new CommandContext({
      metadata: { actor: 'ann', request: randomUUID(), correlation: 'c-1', reason: 'no longer needed' },
      now: app.clock.now(),
      preconditions,
    });
  async function create(beside: string | null = null): Promise<string> {
    const id = `rack.${'x'.repeat((count += 1))}`;
    const values = { name: id, units: 1, labels: {}, tags: [], beside };
    const { position } = await app.gateway.execute(new CreateRack(values), context());
    await app.reads.projector.caughtUp(position ?? 0n, 120_000);
    return id;
  }
  const remove = (names: readonly Key[] = [name], preconditions: readonly Precondition[] = []) =>
    app.gateway.execute(new DeleteRack(names), context(preconditions));
  const events = (id = name) => app.store.readStream(streamName('rack', id));
  const types = async (id = name) => (await events(id)).map(({ type }) => type.replace('Rack', '')).join(' ');
  const unchanged = async (): Promise<Precondition> => ({
    rows: 'racks',
    model: 'Site/Rack',
    key: name,
    unchangedSince: [(await events()).at(-1)?.position ?? 0n],
    otherwise: 'precondition-failed',
  });

  it('closes, looks, deletes; each is an append of its own, made by the same command', async () => {
    let before = '';
    users = async () => {
      before = await types();
      return [];
    };
    const { value, position } = await remove();
    expect([before, await types()]).toEqual(['Defined Closed', 'Defined Closed Deleted']);
    const [, closed, deleted] = await events();
    expect([value, position]).toEqual([undefined, deleted?.position]);
    const metadata = [closed, deleted].map((event) => JSON.parse(event?.meta ?? '{}') as Record<string, unknown>);
    for (const one of metadata) {
      expect(one).toMatchObject({ actor: 'ann', command: 'DeleteRack', reason: 'no longer needed' });
    }
    expect(metadata[1]?.['request']).toBe(`${String(metadata[0]?.['request'])}/1`);
  });

  it('reopens what is used, and names the users that all modules tell', async () => {
    const beside = await create(name);
    users = async () => ['Foundation web', 'Foundation web'];
    await expect(remove()).rejects.toMatchObject({
      faults: [{ field: '', code: 'NOT_DELETABLE', text: `Not Deletable: used by Rack ${beside}, Foundation web` }],
    });
    expect(await types()).toBe('Defined Closed Reopened');
    await app.gateway.execute(new ChangeRack(name, { units: 2 }), context());
  });

  it('names the first ten users', async () => {
    users = async () => Array.from({ length: 11 }, (_, n) => `Site ${n}`);
    await expect(remove()).rejects.toThrow(/: used by Site 0, .* Site 9, …$/);
  });

  it('misses nobody who was there before it closed, and lets nobody in after', async () => {
    let refused: unknown;
    users = async () => {
      refused = await app.gateway
        .execute(new ChangeRack(name, { units: 2 }), context())
        .catch((error: unknown) => error);
      return [];
    };
    await remove();
    expect(refused).toMatchObject({ faults: [{ code: 'NOT_FOUND' }] });
  });

  it('looks at its preconditions before anything is closed', async () => {
    const precondition = await unchanged();
    await app.gateway.execute(new ChangeRack(name, { units: 2 }), context());
    await expect(remove([name], [precondition])).rejects.toThrow(PreconditionFailed);
    expect(await types()).toBe('Defined UnitsCounted');
    await remove([name], [await unchanged()]);
    expect(await types()).toBe('Defined UnitsCounted Closed Deleted');
  });

  it('is of all objects or none', async () => {
    const other = await create();
    await expect(remove([other, 'missing'])).rejects.toMatchObject({ faults: [{ code: 'NOT_FOUND' }] });
    expect(await types(other)).toBe('Defined');
    users = async () => ['Site a'];
    await expect(remove([name, other])).rejects.toThrow('Not Deletable');
    expect([await types(), await types(other)]).toEqual(['Defined Closed Reopened', 'Defined Closed Reopened']);
    users = async () => [];
    await remove([name, other]);
    const whole = 'Defined Closed Reopened Closed Deleted';
    expect([await types(), await types(other)]).toEqual([whole, whole]);
  });

  it('takes along what goes with it, in the same append', async () => {
    const other = await create();
    alsoRemove = (work) => work.decide(rack, other, { type: 'ChangeRack', data: { units: 0 } });
    await remove();
    const [deleted, counted] = [(await events()).at(-1), (await events(other)).at(-1)];
    expect([deleted?.type, counted?.type]).toEqual(['RackDeleted', 'UnitsCounted']);
    expect((deleted?.position ?? 0n) - (counted?.position ?? 0n)).toBe(1n);
  });

  it('has others let go of it, in the same append', async () => {
    const other = await create(name);
    users = async () => [];
    // The racks say themselves that they stand beside it.
    await expect(remove()).rejects.toThrow('Not Deletable');
    await app.gateway.execute(new ChangeRack(other, { beside: null }), context());
    const released: Key[] = [];
    release = async (work, _, key) => {
      released.push(key);
      await work.decide(rack, other, { type: 'ChangeRack', data: { units: 7 } });
    };
    await remove();
    expect(released).toEqual([name]);
    const [deleted, counted] = [(await events()).at(-1), (await events(other)).at(-1)];
    expect([deleted?.type, counted?.type]).toEqual(['RackDeleted', 'UnitsCounted']);
    expect((deleted?.position ?? 0n) - (counted?.position ?? 0n)).toBe(1n);
  });

  it('opens it again where what goes with it is too much, or may not go', async () => {
    alsoRemove = async (work) => {
      for (let n = 0; n < MAX_APPEND_STREAMS; n += 1) await work.load(rack, `none${n}`);
    };
    await expect(remove()).rejects.toThrow(`${MAX_APPEND_STREAMS + 1} streams in one append`);
    expect(await types()).toBe('Defined Closed Reopened');
    alsoRemove = (work) => work.decide(rack, 'missing', { type: 'ChangeRack', data: { units: 0 } });
    await expect(remove()).rejects.toThrow('does not exist');
    expect(await types()).toBe('Defined Closed Reopened Closed Reopened');
  });

  it('deletes nothing where it cannot look, and opens it again', async () => {
    app.late = true;
    await expect(remove()).rejects.toThrow('the read models are late');
    expect(await types()).toBe('Defined Closed Reopened');
  });

  it('goes on where another one was lost on its way', async () => {
    await app
      .get(CommandExecutor)
      .execute({ actor: 'ann', request: randomUUID(), correlation: 'c' }, (work) =>
        work.decide(rack, name, { type: 'CloseRack', data: {} }),
      );
    await remove();
    expect(await types()).toBe('Defined Closed Deleted');
  });
});
