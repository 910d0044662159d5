import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { JsonMap } from '#kernel';
import { Conflict, streamName } from '#kernel';
import type { CommandGateway } from '#event-store';
import { CommandContext } from '#event-store';
import { PreconditionFailed } from '#read-store';
import type { TestExample } from '#testing';
import { ChangeRack, rackModel, startRacks } from '../test/example-racks.ts';
import { Forbidden, NotFound } from './errors.ts';
import type { Action, Values } from './model.ts';
import { AS_THEY_ARE } from './objects.ts';
import type { Request } from './request.ts';
import { ApiService } from './service.ts';

jest.setTimeout(240_000);

describe('the API', () => {
  let app: TestExample;
  let api: ApiService;
  let count = 0;
  let name: string;

  beforeAll(async () => {
    app = await startRacks();
    api = app.api('rest');
  });
  afterAll(async () => {
    await app.stop();
  });
  beforeEach(async () => {
    name = await fresh();
  });

  const root = { name: 'root', superuser: true, permissions: new Set<string>(), session: 's' };
  const by = (more: Partial<Request> = {}): Request => ({
    caller: { source: '192.0.2.1', principal: root },
    id: randomUUID(),
    ...more,
  });
  const create = (values: Values, request = by()) => api.create(rackModel, values, request, AS_THEY_ARE);
  const update = (
    names: readonly string[],
    values: Values | ((object: Values) => Values),
    request = by(),
    repeated: Values = {},
  ) => api.update(rackModel, names, { values, repeated }, request, AS_THEY_ARE);
  const call = (names: readonly string[], parameters: Values, request = by()) =>
    api.callOn(rackModel, rackModel.actions?.['addUnits'] as Action, names, parameters, request);
  const events = (id = name) => app.store.readStream(streamName('rack', id));
  const metaOf = async (id = name) => JSON.parse((await events(id)).at(-1)?.meta ?? '{}') as Record<string, unknown>;
  const show = async (id = name) => {
    const [shown] = (await api.get(rackModel, [id], by(), AS_THEY_ARE)).values();
    return shown;
  };
  const fresh = async (values: Values = {}): Promise<string> => {
    const id = `rack.${'x'.repeat((count += 1))}`;
    await create({ name: id, ...values });
    return id;
  };
  const faultsOf = async (done: Promise<unknown>) => {
    const { faults } = (await done.catch((error: unknown) => error)) as {
      faults: { field: string; code: string }[];
    };
    return faults.map(({ field, code }) => [field, code]);
  };

  describe('creates', () => {
    it('one object by one command, whose name and sender stand beside its events', async () => {
      const request = by({ reason: 'more room' });
      const { value, position, pending } = await create({ name: 'named', units: 7 }, request);
      expect(value).toMatchObject({ key: 'named', object: { name: 'named', units: 7, labels: {}, tags: [] } });
      expect([position, pending, value.since]).toEqual([(await events('named'))[0]?.position, undefined, position]);
      expect(await metaOf('named')).toMatchObject({
        actor: 'root',
        command: 'CreateRack',
        reason: 'more room',
        request: request.id,
        correlation: request.id,
      });
    });

    it.each<[string, Values, string[][]]>([
      ['what is missing, and nothing that is found out about it later', {}, [['name', 'NULL']]],
      ['what is blank, likewise', { name: '' }, [['name', 'BLANK']]],
      ['what the decider says, beside it', { name: 'UP', units: 1 }, [['name', 'PATTERN']]],
      ['an id that no URI holds, where nothing else is wrong', { name: '..' }, [['name', 'INVALID']]],
      ['the other fault of such an id', { name: 'UP UP' }, [['name', 'PATTERN']]],
    ])('nothing that is at fault, and tells %s', async (_, values, faults) => {
      expect(await faultsOf(create(values))).toEqual(faults);
    });

    it('what is there already never', async () => {
      expect(await faultsOf(create({ name }))).toEqual([['name', 'TAKEN']]);
    });

    it('once what may come again', async () => {
      const request = by({ idempotencyKey: 'a rack' });
      const first = await create({ name: 'once' }, request);
      expect(await create({ name: 'once' }, request)).toEqual(first);
      expect(await faultsOf(create({ name: 'twice' }, { ...request, idempotencyKey: 'another' }))).toEqual([
        ['', 'ANOTHER_REQUEST'],
      ]);
    });

    it('for those who may', async () => {
      await expect(create({ name: 'none' }, by({ caller: { source: '' } }))).rejects.toThrow(Forbidden);
    });
  });

  describe('changes', () => {
    it('those fields that are given; a list that is nothing is empty', async () => {
      const tagged = await fresh({ tags: ['a'], units: 3 });
      await update([tagged], { tags: null });
      expect((await show(tagged))?.object).toMatchObject({ tags: [], units: 3 });
      expect(await metaOf(tagged)).toMatchObject({ command: 'ChangeRack' });
    });

    it('several objects, all or none, and tells a fault of the input once', async () => {
      const other = await fresh();
      await update([name, other], { units: 9 });
      const [last, before] = [(await events(other)).at(-1), (await events()).at(-1)];
      expect((last?.position ?? 0n) - (before?.position ?? 0n)).toBe(1n);
      expect(await faultsOf(update([name, other], { units: null }))).toEqual([['units', 'NULL']]);
      await expect(update([name, 'missing'], { units: 1 })).rejects.toThrow(NotFound);
      expect((await show())?.object).toMatchObject({ units: 9 });
    });

    /** The API of somebody who is always slower than another one, for so many times. */
    const slower = (times: number): ApiService => {
      let left = times;
      const commands: Pick<CommandGateway, 'execute'> = {
        execute: async (command, context) => {
          if (left > 0) {
            left -= 1;
            const theirs = new ChangeRack(name, { labels: { theirs: left } });
            await app.gateway.execute(theirs, CommandContext.system(app.clock.now()));
          }
          return app.gateway.execute(command, context);
        },
      };
      const { reads, clock, store } = app;
      return new ApiService({ catalogue: api.catalogue, reads, clock, head: () => store.head(), commands });
    };
    const merge =
      (seen: unknown[]) =>
      ({ labels }: Values): Values => {
        seen.push(labels);
        return { labels: { ...(labels as JsonMap), mine: 1 } };
      };

    it('an object by what it is, again where others were faster', async () => {
      const seen: unknown[] = [];
      await slower(2).update(rackModel, [name], { values: merge(seen) }, by(), AS_THEY_ARE);
      expect(seen).toEqual([{}, { theirs: 1 }, { theirs: 0 }]);
      expect((await show())?.object).toMatchObject({ labels: { theirs: 0, mine: 1 } });
    });

    it('an object by what it is twenty times at most', async () => {
      const seen: unknown[] = [];
      const lost = slower(99).update(rackModel, [name], { values: merge(seen) }, by(), AS_THEY_ARE);
      await expect(lost).rejects.toThrow(Conflict);
      expect(seen).toHaveLength(20);
      expect((await show())?.object).toMatchObject({ labels: { theirs: 79 } });
    });

    it('several objects by what they are, whoever does the same at the same time', async () => {
      const names = [name, await fresh()];
      const keys = Array.from({ length: 6 }, (_, n) => `k${n}`);
      await Promise.all(
        keys.map((key) => update(names, ({ labels }) => ({ labels: { ...(labels as JsonMap), [key]: key } }))),
      );
      for (const one of names) {
        expect(Object.keys((await show(one))?.object['labels'] as JsonMap).toSorted()).toEqual(keys);
      }
    });

    it('an object only where it is as it was expected to be', async () => {
      const { since } = (await show()) ?? {};
      await update([name], { units: 1 });
      const expected = by({ unchangedSince: since === undefined ? [] : [since] });
      await expect(update([name], { units: 2 }, expected)).rejects.toThrow(PreconditionFailed);
      await expect(update([name], () => ({ units: 2 }), expected)).rejects.toThrow(PreconditionFailed);
      await update([name], { units: 3 }, by({ unchangedSince: [0n, (await show())?.since ?? 0n] }));
      expect((await show())?.object).toMatchObject({ units: 3 });
    });

    it('nothing where what was repeated is something else', async () => {
      expect(await faultsOf(update([name], { units: 1 }, by(), { name: 'other' }))).toEqual([
        ['name', 'NOT_WRITEABLE'],
      ]);
      await update([name], { units: 5 }, by(), { name });
      expect((await show())?.object).toMatchObject({ units: 5 });
    });
  });

  describe('calls an action', () => {
    it('on one object as a command', async () => {
      const { value, position } = await call([name], { units: 3 });
      expect([value, position]).toEqual([new Map([[name, 45]]), (await events()).at(-1)?.position]);
      expect(await metaOf()).toMatchObject({ command: 'AddUnits' });
    });

    it('on several as a batch, all or none', async () => {
      const full = await fresh({ units: 50 });
      const { value } = await call([name, full], { units: 0 });
      expect([...value]).toEqual([
        [name, 42],
        [full, 50],
      ]);
      expect(await faultsOf(call([name, full], { units: 1 }))).toEqual([['units', 'TOO_MANY']]);
      expect([(await show())?.object['units'], (await show(full))?.object['units']]).toEqual([42, 50]);
    });

    it('once what may come again', async () => {
      const request = by({ idempotencyKey: 'three more' });
      const first = await call([name], { units: 3 }, request);
      const second = await call([name], { units: 3 }, request);
      expect([second.value, second.position]).toEqual([first.value, first.position]);
      expect((await show())?.object).toMatchObject({ units: 45 });
    });
  });

  it('deletes an object', async () => {
    await api.remove(rackModel, [name], by());
    await expect(show()).rejects.toThrow(NotFound);
    expect(await metaOf()).toMatchObject({ command: 'DeleteRack' });
  });

  it('tells where the read models are late', async () => {
    app.late = true;
    const { value, position, pending } = await create({ name: 'late' });
    app.late = false;
    expect([value.since, pending]).toEqual([undefined, position]);
    expect(value.object).toEqual({ name: 'late', units: 42, labels: {}, tags: [], beside: null });
  });
});
