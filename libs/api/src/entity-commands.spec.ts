import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { streamName } from '#kernel';
import type { NamedCommand } from '#event-store';
import { CommandContext } from '#event-store';
import type { TestExample } from '#testing';
import { startExample } from '#testing';
import { rack } from '../test/example-racks.ts';
import { ChangeCommand, changeHandler, CreateCommand, createHandler, given } from './entity-commands.ts';

jest.setTimeout(240_000);

class CreateRack extends CreateCommand<{ readonly units: number }, number> {}
class ChangeRack extends ChangeCommand<{ readonly units?: number }> {}

const NOW = '2026-01-01T00:00:00.000000+00:00';

describe('the commands of a plain noun', () => {
  let app: TestExample;
  const handlers = [
    createHandler(CreateRack, async (work, { units }, { now }, ids) => {
      const id = await ids.next('rack');
      const data = { units, labels: { made: now }, tags: [], beside: null };
      await work.decide(rack, id, { type: 'DefineRack', data });
      return id;
    }),
    changeHandler(ChangeRack, (work, key, values) =>
      work.decide(rack, key, { type: 'ChangeRack', data: given(values) }),
    ),
  ];

  beforeAll(async () => {
    app = await startExample({ deciders: [rack], providers: handlers });
  });
  afterAll(async () => {
    await app.stop();
  });

  const send = <R>(command: NamedCommand<R>) => app.gateway.execute(command, CommandContext.system(NOW));
  const dataOf = async (id: number) =>
    (await app.store.readStream(streamName('rack', id))).map(({ type, data }) => [type, JSON.parse(data) as unknown]);

  it('create it from its values, with ids and the time of the request; the result is the id', async () => {
    const { value: one }: { value: number } = await send(new CreateRack({ units: 42 }));
    const { value: other } = await send(new CreateRack({ units: 1 }));
    expect(other).toBe(one + 1);
    expect(await dataOf(one)).toEqual([['RackDefined', { units: 42, labels: { made: NOW }, tags: [], beside: null }]]);
  });

  it('change what is given; the result is nothing', async () => {
    const { value: id } = await send(new CreateRack({ units: 42 }));
    const { value } = await send(new ChangeRack(id, { units: 43 }));
    expect([value, (await dataOf(id)).at(-1)]).toEqual([undefined, ['UnitsCounted', { units: 43 }]]);
    expect((await send(new ChangeRack(id, {}))).position).toBeUndefined();
    await expect(send(new ChangeRack(999_999, { units: 1 }))).rejects.toMatchObject({
      faults: [{ code: 'NOT_FOUND' }],
    });
  });

  it('have handlers that go by their names', () => {
    expect(handlers.map(({ name }) => name)).toEqual(['CreateRackHandler', 'ChangeRackHandler']);
  });

  it('take what is given for given, also where that is nothing', () => {
    expect(given({ a: 1, b: undefined, c: null, d: '' })).toEqual({ a: 1, c: null, d: '' });
  });
});
