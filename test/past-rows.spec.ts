import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import type { ApiService, Model, Values } from '#api';
import { AS_THEY_ARE } from '#api';
import type { Position, Recorded } from '#event-store';
import type { Principal } from '#kernel';
import { Refusal } from '#kernel';
import type { Key, ReadModel, View, Where } from '#read-store';
import { Secrets } from '#secrets';
import { SurveyModule } from '#survey';
import type { TestModules } from '#testing';
import { startModules } from '#testing';
import { showFound } from '../libs/api/src/objects.ts';
import { recorded } from '../libs/event-store/src/recorded.ts';

import { buildingModules } from './building-modules.ts';
import { FoldedRows } from './folded-view.ts';
import { outside } from './outside.ts';
import { CHANGED_MODELS, modelOf, RandomChanges } from './random-changes.ts';
import type { Draw } from './random-values.ts';
import { drawBy } from './random-values.ts';

jest.setTimeout(240_000);

/** How many random changes there are, and at how many positions what was is looked at; more where it is asked for. */
const CHANGES = Number(process.env['PAST_CHANGES'] ?? 160);
const POSITIONS = Number(process.env['PAST_POSITIONS'] ?? 16);
const SEED = Number(process.env['PAST_SEED'] ?? 4);

/** Read models of which nothing is made here: they are about jobs of many machines, and agents. */
const NOT_MADE = new Set(['job_log', 'waves', 'wave_lists', 'subcontractors', 'holds']);

const root: Principal = { name: 'root', superuser: true, permissions: new Set(), session: '' };
const request = () => ({ caller: { principal: root, source: '' }, id: randomUUID() });

let modules: TestModules;
let api: ApiService;
let events: readonly Recorded[];
beforeAll(async () => {
  modules = await startModules({ imports: [...buildingModules(), SurveyModule] });
  api = modules.api('rest');
  await live();
  events = (await modules.store.readAll(0n, { limit: 100_000 })).events.map((event) => recorded(event, {}));
});
afterAll(() => modules.stop());

/** A random history: objects of every model come, change and go; foundations are built. */
async function live(): Promise<void> {
  const changes = new RandomChanges(modules, {
    create: async (path, values) => {
      const asked = request();
      await api.create(modelOf(api, path), values, asked, AS_THEY_ARE);
      return asked.id;
    },
    change: async (path, key, values) => {
      const asked = request();
      await api.update(modelOf(api, path), [key], { values }, asked, AS_THEY_ARE);
      return asked.id;
    },
    remove: async (path, key) => {
      const asked = request();
      await api.remove(modelOf(api, path), [key], asked);
      return asked.id;
    },
  });
  const { length } = CHANGED_MODELS;
  const steps = fc.sample(
    fc.tuple(fc.nat(length - 1), fc.nat(9), fc.array(fc.nat(1000), { minLength: 30, maxLength: 30 })),
    { seed: SEED, numRuns: CHANGES },
  );
  for (const [n, [path, what, numbers]] of steps.entries()) {
    await changes.look();
    const draw = drawBy(numbers);
    // In the beginning there has to be something to begin with.
    await changes.make(CHANGED_MODELS[n < 2 * length ? n % length : path]!, n < 2 * length ? 0 : what, draw);
    const foundation = draw(changes.keys('Test/TestFoundation'));
    if (n % 8 === 7 && foundation !== undefined) await build(foundation, draw);
  }
  await modules.caughtUp();
}

/** Has a foundation built, by a job or at a word. */
async function build(foundation: Key, draw: Draw): Promise<void> {
  const model = modelOf(api, 'Building/Foundation');
  const [name, parameters] = draw<[string, Values]>([
    ['doCreate', {}],
    ['doDestroy', {}],
    ['force', { state: 'built' }],
    ['force', { state: 'planned' }],
  ]);
  try {
    await api.callOn(model, model.actions![name]!, [foundation], parameters, request());
  } catch (error) {
    // It has no script for it, say, or a job is at work.
    if (!(error instanceof Refusal)) throw error;
  }
}

/** Random conditions that a list of rows may be asked with: by values that some row has, or has had. */
function whereAtRandom(model: ReadModel, rows: readonly object[], draw: Draw): Where {
  const names = [...Object.keys(model.indexes), ...Object.keys(model.tags ?? {})];
  if (names.length === 0 || rows.length === 0) return {};
  const conditions = [draw(names), draw(names)].slice(0, draw([1, 1, 2])).map((name): [string, Where[string]] => {
    const tags = model.tags?.[name];
    const values = [draw(rows), draw(rows)].map((row) => (tags ? draw(tags(row)) : model.indexes[name]!(row)));
    const [value = null, other = null] = values;
    const some = values.filter((one) => one !== null && one !== undefined);
    if (value === null) return [name, null];
    const kinds: readonly Where[string][] = [
      value,
      value,
      { any: some },
      tags ? { all: some.map(String) } : { startsWith: String(value).slice(0, 2) },
      other,
    ];
    return [name, draw(kinds)];
  });
  return Object.fromEntries(conditions);
}

/** Keys and rows a view shows, and since when they are so. */
async function listed(view: View, model: ReadModel, options: Parameters<View['list']>[1] = {}) {
  const { keys, total } = await view.keys(model, options);
  const rows = await view.cached(model, keys);
  return { total, keys, rows: keys.map((key) => [rows.get(key)?.row, rows.get(key)?.since]) };
}

/** The values of the one parameter of a filter that is a reference to objects, of those that there were. */
async function filtersOf(model: Model, view: View): Promise<[string, Values][]> {
  const found: [string, Values][] = [];
  for (const [name, { parameters }] of Object.entries(model.filters ?? {})) {
    const [[field, { type }] = ['', { type: undefined }], ...others] = Object.entries(parameters);
    if (others.length > 0 || type?.kind !== 'Model') continue;
    const { rows, kind } = modelOf(api, type.model);
    const { keys } = await view.keys(rows!, { where: { ...kind } });
    for (const key of keys) found.push([name, { [field]: key }]);
  }
  return found;
}

it('as of a position, everything is as the log up to there, folded in memory, says', async () => {
  const { models } = modules.reads.projector;
  const kept = models.filter(({ history }) => history);
  const streams = models.filter(({ history, stream }) => !history && stream);
  const folded = new FoldedRows([...kept, ...streams]);
  const head = events.at(-1)!.position;
  const [positions] = fc.sample(
    fc.tuple(
      fc.uniqueArray(fc.bigInt({ min: 0n, max: head }), { minLength: POSITIONS, maxLength: POSITIONS }),
      fc.array(fc.nat(1000), { minLength: 997, maxLength: 997 }),
    ),
    { seed: SEED, numRuns: 1 },
  );
  const draw = drawBy(positions![1]);
  /** Every row that there ever was, by the name of its model. */
  const seen = new Map<string, object[]>();
  const told = { rows: 0, lists: 0, streams: 0, objects: 0, filters: 0, outside: new Set<string>() };
  let taken = 0;
  for (const at of [...positions![0].toSorted((one, other) => (one < other ? -1 : 1)), head]) {
    while (taken < events.length && events[taken]!.position <= at) folded.take(events[taken++]!);
    const [past, wanted] = [modules.reads.at(at), folded.view()];
    for (const model of kept) {
      const [is, was] = [await listed(past, model), await listed(wanted, model)];
      expect([at, model.name, is]).toEqual([at, model.name, was]);
      told.rows += was.keys.length;
      const rows = [...(seen.get(model.name) ?? []), ...was.rows.flatMap(([row]) => (row ? [row as object] : []))];
      seen.set(model.name, rows);
      for (let n = 0; n < 2; n += 1) {
        const where = whereAtRandom(model, rows, draw);
        const options = { where, skip: draw([0, 0, 1]), ...draw([{}, { count: 2 }]) };
        const found = await listed(wanted, model, options);
        expect([at, model.name, options, await listed(past, model, options)]).toEqual([at, model.name, options, found]);
        if (found.keys.length > 0) told.lists += 1;
      }
    }
    for (const model of streams) {
      for (const { key, row } of (await wanted.list(model)).rows) {
        expect([at, model.name, key, await past.get(model, key)]).toEqual([at, model.name, key, row]);
        told.streams += 1;
      }
    }
    await objectsAt(at, wanted, told);
    const means = { secrets: modules.get(Secrets, { strict: false }), present: modules.reads.now };
    const was = await outside(wanted, means);
    expect([at, await outside(past, means)]).toEqual([at, was]);
    for (const key of was.keys()) told.outside.add(key.split(' ')[0]!);
  }
  // All of that has had something to look at.
  expect(Object.entries(told).filter(([, count]) => typeof count === 'number' && count < 20)).toEqual([]);
  expect([...told.outside].toSorted()).toEqual(['boot_script', 'config', 'leases', 'pools', 'pxe_template', 'zone']);
  const never = [...seen].filter(([, rows]) => rows.length === 0).map(([name]) => name);
  expect(never.filter((name) => !NOT_MADE.has(name))).toEqual([]);
});

/** Objects as the API shows them, all and those that filters find. */
async function objectsAt(at: Position, wanted: View, told: { objects: number; filters: number }): Promise<void> {
  const listing = { skip: 0, count: 1000 };
  const shown = (objects: ReadonlyMap<Key, { readonly object: Values }>) =>
    Array.from(objects, ([key, { object }]) => [key, object]);
  for (const path of CHANGED_MODELS) {
    const model = modelOf(api, path);
    const { keys } = await wanted.keys(model.rows!, { where: { ...model.kind } });
    const was = await showFound(model, keys, wanted, AS_THEY_ARE);
    const { objects } = await api.listObjects(model, listing, request(), at);
    expect([at, path, shown(objects)]).toEqual([at, path, shown(was)]);
    told.objects += keys.length;
    for (const [name, parameters] of (await filtersOf(model, wanted)).slice(0, 2)) {
      const use = model.filters![name]!;
      const where = await use.where(parameters, wanted);
      const found = where && (await wanted.keys(model.rows!, { where: { ...model.kind, ...where } }));
      const filter = { use, parameters };
      const is = await api.list(model, { ...listing, filter }, request(), at);
      expect([at, path, parameters, is.keys]).toEqual([at, path, parameters, found?.keys ?? []]);
      told.filters += is.keys.length;
    }
  }
}
