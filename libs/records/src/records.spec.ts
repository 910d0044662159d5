import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EventSourcingModule } from '#event-sourcing';
import type { EventStore } from '#event-store';
import { postgresEventStore } from '#event-store';
import type { Principal } from '#kernel';
import type { ReadModel } from '#read-store';
import { change, rule } from '#read-store';
import type { TestDatabase, TestModules } from '#testing';
import { startModules, testDatabase } from '#testing';
import type { ReadModelState } from './read-model.api.ts';
import { RecordsModule } from './records.module.ts';

jest.setTimeout(240_000);

interface Shelf {
  readonly books: number;
}

let loadable = true;

/** Shelves and how many books stand on each; one event can be made impossible to fold. */
const shelves: ReadModel<Shelf> = {
  name: 'shelves',
  version: 3,
  key: 'text',
  history: true,
  indexes: {},
  on: {
    ShelfPut: rule<Shelf, unknown>(() => ({ books: 0 })),
    BookAdded: change<Shelf, unknown>(({ books }) => ({ books: books + 1 })),
    ShelfLoaded: change<Shelf, unknown>((row) => {
      if (!loadable) throw new Error('too heavy');
      return { books: row.books + 100 };
    }),
  },
};
const boards: ReadModel<Shelf> = { ...shelves, name: 'boards', version: 1, history: false };

const librarian: Principal = { name: 'librarian', superuser: true, permissions: new Set(), session: '' };

/** A server with this module alone. */
interface Server {
  readonly modules: TestModules;
  state(): Promise<ReadModelState>;
  rebuild(...models: readonly string[]): Promise<string>;
}

describe('the read models', () => {
  let database: TestDatabase;
  let store: EventStore;
  let servers: Server[];
  /** Lets go what was held. */
  let letGo: () => Promise<void>;

  beforeEach(async () => {
    loadable = true;
    servers = [];
    letGo = async () => undefined;
    database = await testDatabase();
    store = await postgresEventStore(database.pool);
  });
  afterEach(async () => {
    await letGo();
    for (const { modules } of servers) await modules.stop();
    await store.close();
    await database.drop();
  });

  async function start(): Promise<Server> {
    const modules = await startModules({
      imports: [RecordsModule, EventSourcingModule.forFeature({ readModels: [shelves, boards] })],
      database,
      store,
    });
    const api = modules.api('rest');
    const call = async (name: string, parameters: object): Promise<unknown> => {
      const action = api.catalogue.model('Records/ReadModel')?.actions?.[name];
      if (!action) throw new Error(`there is no ${name}`);
      const request = { caller: { principal: librarian, source: '' }, id: randomUUID() };
      return (await api.callStatic(action, { ...parameters }, request)).value;
    };
    const server: Server = {
      modules,
      state: async () => (await call('state', {})) as ReadModelState,
      rebuild: async (...models) => String(await call('rebuild', { models })),
    };
    servers.push(server);
    return server;
  }

  async function tell(id: string, ...types: readonly string[]): Promise<void> {
    const events = types.map((type) => ({
      id: randomUUID(),
      type,
      data: '{}',
      meta: JSON.stringify({
        v: 1,
        at: '2026-01-01T00:00:00.000000+00:00',
        actor: 'me',
        request: 'r',
        correlation: 'r',
      }),
    }));
    const { position } = await store.append([{ stream: `shelf-${id}`, expected: -1, events }]);
    for (const { modules } of servers) {
      await modules.reads.projector.caughtUp(position, 120_000);
      await modules.reads.projector.written();
    }
  }

  /** Holds the rows still, so that no rebuild can end. */
  async function hold(): Promise<void> {
    const client = await database.pool.connect();
    await client.query('BEGIN; SELECT FROM read.checkpoint FOR UPDATE');
    letGo = async () => {
      letGo = async () => undefined;
      await client.query('COMMIT');
      client.release();
    };
  }

  async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await sleep(10);
  }

  async function over({ state }: Server, id: string): Promise<ReadModelState> {
    await until(async () => (await state()).last?.id === id);
    return state();
  }

  const dump = async (): Promise<unknown[]> => {
    const table = async (name: string) =>
      (await database.pool.query(`SELECT * FROM read.${name} ORDER BY key, from_pos`)).rows as unknown[];
    return [await table('shelves'), await table('boards')];
  };

  it('tell how they are', async () => {
    const { state } = await start();
    await tell('a', 'ShelfPut', 'BookAdded');
    const head = Number(await store.head());
    expect(await state()).toEqual({
      projecting: true,
      position: head,
      head,
      models: [
        { name: 'shelves', version: 3, quarantined: 0 },
        { name: 'boards', version: 1, quarantined: 0 },
      ],
      quarantine: [],
      rebuild: null,
      last: null,
    });
  });

  it('are made anew in the background, all of them', async () => {
    const server = await start();
    await tell('a', 'ShelfPut', 'BookAdded');
    const before = await dump();
    await hold();
    const id = await server.rebuild();
    expect((await server.state()).rebuild).toMatchObject({ id, models: ['shelves', 'boards'] });
    await expect(server.rebuild('boards')).rejects.toMatchObject({
      faults: [{ field: '', code: 'REBUILD_UNDER_WAY', text: 'a rebuild is under way already' }],
    });
    await letGo();
    expect(await over(server, id)).toMatchObject({
      rebuild: null,
      last: {
        id,
        by: 'librarian',
        models: ['shelves', 'boards'],
        events: 2,
        rate: expect.any(Number),
        outcome: 'done',
        message: null,
        ended: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      },
    });
    expect(await dump()).toEqual(before);
    expect(server.modules.lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ message: 'a rebuild was asked for', by: 'librarian', request: id }),
    ]);
  });

  it('come out of quarantine when their events can be folded again', async () => {
    const server = await start();
    loadable = false;
    await tell('a', 'ShelfPut', 'BookAdded', 'ShelfLoaded');
    const quarantined = async () => (await server.state()).models.map(({ quarantined: n }) => n);
    expect(await quarantined()).toEqual([1, 1]);
    loadable = true;
    expect((await over(server, await server.rebuild('shelves'))).last?.models).toEqual(['shelves']);
    expect(await quarantined()).toEqual([0, 1]);
    const { now } = server.modules.reads;
    expect([await now.get(shelves, 'a'), await now.get(boards, 'a')]).toEqual([{ books: 101 }, { books: 1 }]);
  });

  it('are not made anew where they have other names', async () => {
    const server = await start();
    const fault = (name: string) => ({
      field: 'models',
      code: 'UNKNOWN',
      text: `"${name}" is no read model; there are boards, shelves`,
    });
    await expect(server.rebuild('tables', 'shelves', 'chairs')).rejects.toMatchObject({
      faults: [fault('tables'), fault('chairs')],
    });
    expect((await server.state()).rebuild).toBeNull();
  });

  it('are not made anew by a server that stands by', async () => {
    await start();
    const second = await start();
    await tell('a', 'ShelfPut');
    await expect(second.rebuild()).rejects.toMatchObject({ faults: [{ field: '', code: 'NOT_PROJECTING' }] });
    const { projecting, position, models } = await second.state();
    expect({ projecting, position, models }).toEqual({
      projecting: false,
      position: Number(await store.head()),
      models: [
        { name: 'shelves', version: 3, quarantined: null },
        { name: 'boards', version: 1, quarantined: null },
      ],
    });
  });

  it('stay as they were where making them anew fails, and say why', async () => {
    const server = await start();
    await tell('a', 'ShelfPut', 'BookAdded');
    const before = await dump();
    await hold();
    const id = await server.rebuild();
    const cancel = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await until(async () => ((await database.pool.query(cancel)).rowCount ?? 0) > 0);
    expect((await over(server, id)).last).toMatchObject({
      outcome: 'failed',
      message: 'canceling statement due to user request',
      events: 2,
    });
    await letGo();
    expect(await dump()).toEqual(before);
    expect((await over(server, await server.rebuild())).last).toMatchObject({ outcome: 'done', message: null });
    expect(await dump()).toEqual(before);
  });
});
