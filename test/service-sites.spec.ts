import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Pool } from 'pg';
import type { Field, Model, Protocol, Values } from '#api';
import { ApiCatalogue, ApiService, Catalogue, guarded, toKey, permissionsOf } from '#api';
import { cinpAdapter } from '#cinp';
import type { EventStore } from '#event-store';
import { systemClock } from '#event-store';
import { acceptCustomVerbs, nodeListener, verbOf } from '#http';
import type { Principal } from '#kernel';
import { silentLogger } from '#kernel';
import type { Key, ListOptions, ReadModel } from '#read-store';
import { CachedRow, viewOf } from '#read-store';
import { restAdapter } from '#rest';
import { Secrets } from '#secrets';
import { natsKey } from '#wire';
import { AppModule } from '../apps/contractor/src/app.module.ts';
import { serverSettings } from '../apps/contractor/src/settings.ts';

jest.setTimeout(240_000);

/**
 * The API of the server, whose modules are put together and never started. Of which kind an object is among others in the
 * same rows, and by which id it is known inside, is of no matter here.
 */
const catalogue = await (async () => {
  const pool = {} as Pool;
  const app = await NestFactory.create(
    AppModule.of({
      settings: serverSettings({}),
      log: silentLogger,
      pool,
      secrets: new Secrets(pool, Buffer.alloc(32)),
      onAdministratorCreated: () => undefined,
      installation: { id: 'none', data: 'none' },
      natsKey: natsKey('none'),
      eventSourcing: {
        store: {} as EventStore,
        pool,
        clock: systemClock(),
        onProjectorError: () => undefined,
        onReactionError: () => undefined,
      },
    }),
    new FastifyAdapter(),
    { logger: false, abortOnError: false },
  );
  return new Catalogue(app.get(ApiCatalogue).whole.models.map(({ kind: _, keyOf: __, ...model }) => model));
})();

const modelOf = (path: string): Model => {
  const model = catalogue.model(path);
  if (!model) throw new Error(`there is no ${path}`);
  return model;
};

/** The site of the service that asks, and the one everything is at. */
const OWN = 'berlin';
const OTHER = 'paris';

const everything = [...permissionsOf(catalogue)];

/** A service that was granted every permission there is, for one site. */
const service: Principal = {
  name: 'agent',
  superuser: false,
  permissions: new Set(everything),
  session: '',
  serviceScope: { sites: [OWN], modules: ['*'] },
};

/** A row that holds this text wherever one looks, but for what is given. */
const rowOf = (text: string, given: Values): object =>
  new Proxy(given, { get: (_, name) => (typeof name === 'string' && name in given ? given[name] : text) });

/** Read models in which there is one object of every model, and all of them are at one site. */
const worldAt = (site: string) => {
  const itself = (rows: ReadModel) => catalogue.models.some((model) => model.rows === rows && model.sites === 'itself');
  const keyIn = (rows: ReadModel): Key => (itself(rows) ? site : rows.key === 'integer' ? 1 : '1');
  /** What it takes to be where an object of another model is. */
  const given = (rows: ReadModel): Values => {
    const found = catalogue.models.map((model) => model.rows === rows && model.sites);
    return Object.fromEntries(
      found.flatMap((one) => {
        const holder = typeof one === 'object' && one.of !== undefined ? modelOf(one.of).rows : undefined;
        return typeof one === 'object' && holder ? [[one.index, keyIn(holder)]] : [];
      }),
    );
  };
  return viewOf({
    cached: async <Row extends object>(rows: ReadModel<Row>, keys: readonly Key[]) => {
      const there = keys.filter((key) => String(key) === String(keyIn(rows as ReadModel)));
      return new Map(there.map((key) => [key, new CachedRow(rowOf(site, given(rows as ReadModel)) as Row, 1n, 1)]));
    },
    keys: async (rows, { where = {} }: ListOptions = {}) => {
      const keys = [OWN, OTHER].some((one) => one !== site && Object.values(where).includes(one)) ? [] : [keyIn(rows)];
      return { keys, total: keys.length };
    },
  });
};

/** Whoever gets past the checks finds that nothing can be done. */
async function nothing(): Promise<never> {
  throw new Error('nothing can be done');
}

interface Ask {
  readonly method: string;
  readonly path: string;
  readonly body?: Values;
}

/** A value for a field or parameter; what refers to a site refers to this one. */
function valueFor({ type, list }: Pick<Field, 'type' | 'list'>, site: string, protocol: Protocol): unknown {
  const one = () => {
    if (type.kind === 'String') return type.choices?.[0] ?? site;
    if (type.kind === 'Integer' || type.kind === 'Float') return 1;
    if (type.kind === 'Boolean') return true;
    if (type.kind === 'DateTime') return '2026-01-01T00:00:00Z';
    if (type.kind !== 'Model') return {};
    const key = modelOf(type.model).sites === 'itself' ? site : toKey(catalogue, type.model, '1');
    return protocol === 'cinp' ? `/api/v1/${type.model}:${key}:` : key;
  };
  return list ? [one()] : one();
}

const valuesFor = (fields: Readonly<Record<string, Pick<Field, 'type' | 'list'>>>, site: string, protocol: Protocol) =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, valueFor(field, site, protocol)]));

const writable = ({ fields }: Model, modes: readonly string[], protocol: Protocol) =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([, { mode, protocols = [protocol] }]) => modes.includes(mode) && protocols.includes(protocol),
    ),
  );

/** How a protocol is asked for something that concerns a site. */
function asksFor(protocol: Protocol, path: string, what: string, site: string): Ask[] {
  const model = modelOf(path);
  const key = model.sites === 'itself' ? site : '1';
  const cinp = protocol === 'cinp';
  const base = cinp ? `/api/v1/${path}` : `/api/rest/${path}`;
  const object = cinp ? `${base}:${key}:` : `${base}/${key}`;
  if (what.startsWith('(')) {
    const name = what.slice(1, -1);
    const action = model.actions?.[name];
    const target = action?.static ? base : object;
    const body = valuesFor(action?.parameters ?? {}, site, protocol);
    return [
      cinp ? { method: 'CALL', path: `${target}(${name})`, body } : { method: 'POST', path: `${target}/${name}`, body },
    ];
  }
  const verbs: Readonly<Record<string, Ask[]>> = {
    view: [
      { method: 'GET', path: object },
      { method: cinp ? 'LIST' : 'GET', path: base },
    ],
    add: [
      {
        method: cinp ? 'CREATE' : 'POST',
        path: base,
        body: valuesFor(writable(model, ['RW', 'RC'], protocol), site, protocol),
      },
    ],
    change: [
      {
        method: cinp ? 'UPDATE' : 'PATCH',
        path: object,
        body: valuesFor(writable(model, ['RW'], protocol), site, protocol),
      },
    ],
    delete: [{ method: 'DELETE', path: object }],
  };
  return verbs[what] ?? [];
}

describe('a service of one site', () => {
  let server: Server;
  let url: string;
  let site = OWN;
  let caller: Principal;

  const api = (protocol: Protocol): ApiService =>
    new ApiService({
      catalogue: catalogue.forProtocol(protocol),
      reads: {
        get now() {
          return worldAt(site);
        },
        at: () => worldAt(site),
        changes: nothing,
        projector: { caughtUp: async () => true, reached: 0n },
      },
      clock: { now: () => '2026-01-01T00:00:00.000000+00:00', millis: () => 0, observe: () => undefined },
      head: async () => 0n,
      commands: { execute: nothing },
    });

  beforeAll(async () => {
    const identify = async () => caller;
    const log = { error: () => undefined };
    const cinp = cinpAdapter({ api: api('cinp'), identify, log });
    const kept = { find: nothing, keep: nothing };
    const rest = restAdapter({ api: api('rest'), identify, log, positionAt: nothing, kept, mark: String });
    const http = createServer((request, response) => {
      const face = (request.url ?? '').startsWith('/api/rest/') ? rest : cinp;
      void nodeListener(face)(request, response, verbOf(request));
    });
    acceptCustomVerbs(http);
    server = http.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());
  beforeEach(() => {
    caller = service;
  });

  /** Whether it was kept out: denied, or shown an empty list. */
  const keptOut = async ({ method, path, body }: Ask): Promise<boolean> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        'CInP-Version': '1.0',
        'Auth-Id': caller.name,
        'Auth-Token': 'token',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return [401, 403, 404].includes(response.status) || text === '[]' || text.includes('"items":[]');
  };

  /** What can be asked for, by whether everything that asks for it is kept out. */
  const askFor = async (asked: string) => {
    const through: string[] = [];
    for (const { model, what } of guarded(catalogue)) {
      const outcomes: boolean[] = [];
      for (const protocol of ['cinp', 'rest'] as const) {
        const shown = guarded(catalogue.forProtocol(protocol)).some((one) => one.model === model && one.what === what);
        for (const ask of shown ? asksFor(protocol, model, what, asked) : []) outcomes.push(await keptOut(ask));
      }
      if (outcomes.some((out) => out !== outcomes[0])) throw new Error(`${model} ${what}: ${outcomes.join()}`);
      if (outcomes[0] === false) through.push(`${model} ${what}`);
    }
    return through;
  };

  /** What belongs to no site: it may be seen, and is not changed by who is bound to one. */
  const SHARED = [
    ...['Account', 'Group', 'Service', 'Session', 'Token'].map((name) => `Auth/${name} view`),
    'Auth/Account (permissions)',
    ...['login', 'logout', 'whoami', 'changePassword'].map((name) => `Auth/User (${name})`),
    'BluePrint/BluePrint (getConfig)',
    ...['FoundationBluePrint', 'StructureBluePrint'].flatMap((name) =>
      ['view', '(getConfig)', '(explain)'].map((what) => `BluePrint/${name} ${what}`),
    ),
    ...['PXE', 'Script', 'BluePrintScript'].map((name) => `BluePrint/${name} view`),
    'BluePrint/PXE (lint)',
    'BluePrint/Script (lint)',
    ...['Zone', 'Entry'].map((name) => `Directory/${name} view`),
    ...['Plot', 'Position', 'Cartographer', 'IntakeRule'].map((name) => `Survey/${name} view`),
    'Building/Foundation (getFoundationTypes)',
    'PostOffice/Subscription (listKinds)',
    // They tell of what the service may see.
    ...['hosts', 'prometheus', 'ansible'].map((name) => `Records/Discovery (${name})`),
    ...['view', '(verify)'].map((what) => `Image/Image ${what}`),
    'Records/Search (find)',
    'Records/Dashboard (show)',
    'Records/ReadModel (state)',
    ...['make', 'list', 'listAll', 'get', 'commit', 'discard', 'approve', 'reject'].map(
      (name) => `Records/Preview (${name})`,
    ),
  ];

  /** What is done to all sites at once, and to what belongs to none. */
  const NEVER = [
    ...['Account', 'Group', 'Service'].flatMap((name) =>
      ['add', 'change', 'delete'].map((what) => `Auth/${name} ${what}`),
    ),
    'Auth/Session delete',
    'Auth/Token add',
    'Auth/Token delete',
    ...['(setPassword)', '(closeSessions)', '(unlink)', '(erase)'].map((what) => `Auth/Account ${what}`),
    'Auth/Service (renewToken)',
    'Auth/Service (natsConfig)',
    ...['FoundationBluePrint', 'StructureBluePrint', 'PXE', 'Script', 'BluePrintScript'].flatMap((name) =>
      ['add', 'change', 'delete'].map((what) => `BluePrint/${name} ${what}`),
    ),
    ...['FoundationBluePrint', 'StructureBluePrint'].map((name) => `BluePrint/${name} (eraseSecret)`),
    ...['load', 'export', 'shipped'].map((name) => `BluePrint/ResourceFile (${name})`),
    ...['apply', 'export', 'convert'].map((name) => `Site/SiteFile (${name})`),
    ...['Zone', 'Entry'].flatMap((name) => ['add', 'change', 'delete'].map((what) => `Directory/${name} ${what}`)),
    ...['Plot', 'Position', 'IntakeRule'].flatMap((name) =>
      ['add', 'change', 'delete'].map((what) => `Survey/${name} ${what}`),
    ),
    ...['delete', '(register)', '(assign)', '(lookup)', '(setMessage)', '(done)', '(takeIn)', '(blueprints)'].map(
      (what) => `Survey/Cartographer ${what}`,
    ),
    'Survey/IntakeRule (preview)',
    ...['zoneFile', 'reverseZones', 'reverseZoneFile', 'publications', 'records', 'zoneRecords'].map(
      (name) => `Directory/Zone (${name})`,
    ),
    ...['list', 'retry', 'discard'].map((name) => `Records/DeadLetter (${name})`),
    ...['list', 'retry', 'discard'].map((name) => `PostOffice/Delivery (${name})`),
    ...['verify', 'state', 'stop'].map((name) => `Records/Log (${name})`),
    'Records/ReadModel (rebuild)',
    'Records/Request (list)',
    'Records/Request (show)',
    'Records/Request (undo)',
    ...['about', 'settings'].map((name) => `Records/Server (${name})`),
    'Records/Secret (erase)',
    'Records/Secret (reads)',
    ...['query', 'queryObjects'].map((name) => `Records/Recorder (${name})`),
    'Setup/Installation (setUp)',
    ...['list', 'enable'].map((name) => `Setup/Platform (${name})`),
    ...['add', 'change', 'delete', '(discard)'].map((what) => `Image/Image ${what}`),
    ...['view', 'add', 'change', 'delete'].map((what) => `Foreman/Limit ${what}`),
    'Foreman/Limit (usage)',
    ...['view', 'add', 'delete', '(preview)', '(progress)', '(pause)', '(resume)', '(cancel)'].map(
      (what) => `Foreman/Wave ${what}`,
    ),
  ];

  it('has nothing to do with other sites, whatever it was granted', async () => {
    site = OTHER;
    expect((await askFor(OTHER)).toSorted()).toEqual(SHARED.toSorted());
  });

  it('does at its own site what it was granted', async () => {
    site = OWN;
    const all = guarded(catalogue).map(({ model, what }) => `${model} ${what}`);
    expect((await askFor(OWN)).toSorted()).toEqual(all.filter((one) => !NEVER.includes(one)).toSorted());
  });

  it('moves nothing to another site', async () => {
    site = OWN;
    const moves = catalogue.models.filter(
      ({ update, fields }) =>
        update &&
        Object.values(fields).some(
          ({ type, mode }) => mode === 'RW' && type.kind === 'Model' && type.model === 'Site/Site',
        ),
    );
    expect(moves.map(({ path }) => path)).toContain('Building/Foundation');
    for (const { path } of moves.filter((model) => model.sites !== 'itself')) {
      for (const ask of asksFor('rest', path, 'change', OTHER))
        expect([path, await keptOut(ask)]).toEqual([path, true]);
    }
  });

  it.each([
    ['users', undefined],
    ['services of all sites', { sites: ['*'], modules: ['*'] }],
  ])('%s are bound to none', async (_, serviceScope) => {
    const { serviceScope: __, ...user } = service;
    caller = serviceScope ? { ...user, serviceScope } : user;
    site = OTHER;
    const all = guarded(catalogue).map(({ model, what }) => `${model} ${what}`);
    expect((await askFor(OTHER)).toSorted()).toEqual(all.toSorted());
  });
});
