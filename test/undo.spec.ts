import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import type { ApiService, Values } from '#api';
import { AS_THEY_ARE } from '#api';
import { Features, Reactions } from '#event-sourcing';
import type { Principal } from '#kernel';
import { Refusal } from '#kernel';
import type { Key } from '#read-store';
import { RecordsModule } from '#records';
import { Secrets } from '#secrets';
import { SurveyModule } from '#survey';
import type { TestModules } from '#testing';
import { startModules, until } from '#testing';
import { authUndos } from '../libs/auth/src/auth.undo.ts';
import { dhcpUndo } from '../libs/dhcp/src/dhcp.undo.ts';
import { dockerPortUndos } from '../libs/docker-ports/src/docker-ports.undo.ts';
import { imageUndo } from '../libs/images/src/images.undo.ts';
import { inventoryUndos } from '../libs/inventory/src/inventory.undo.ts';
import { postOfficeUndos } from '../libs/post-office/src/post-office.undo.ts';
import { previewUndo } from '../libs/preview/src/preview.undo.ts';
import { deprovisionUndo } from '../libs/provision/src/deprovision.undo.ts';
import { buildingModules } from './building-modules.ts';
import { deciders } from './events/catalogue.ts';
import { outside } from './outside.ts';
import { CHANGED_MODELS, modelOf as modelNamed, RandomChanges } from './random-changes.ts';
import { drawBy, RANDOM_VALUES } from './random-values.ts';

jest.setTimeout(600_000);

/** How many random changes are made and undone; more where it is asked for. */
const CHANGES = Number(process.env['UNDO_CHANGES'] ?? 80);
const SEED = Number(process.env['UNDO_SEED'] ?? 7);

const root: Principal = { name: 'root', superuser: true, permissions: new Set(), session: '' };

let modules: TestModules;
let api: ApiService;
beforeAll(async () => {
  modules = await startModules({
    imports: [...buildingModules(), SurveyModule, RecordsModule],
  });
  api = modules.api('rest');
});
afterAll(() => modules.stop());

const modelOf = (path: string) => modelNamed(api, path);

/** Waits until the read models show the log, and reactions have done what they do because of it. */
async function settled(): Promise<void> {
  await until(async () =>
    (await modules.get(Reactions, { strict: false }).states()).every(({ lag }) => (lag ?? 0) === 0),
  );
  await modules.caughtUp();
}

/** Asks in the name of somebody; results in the id of the request. */
async function ask(task: (request: Parameters<ApiService['remove']>[2]) => Promise<unknown>, who = root) {
  const request = randomUUID();
  await task({ caller: { principal: who, source: '' }, id: request });
  await settled();
  return request;
}

/** Creates an object; results in its id, and that of the request. */
async function create(path: string, values: Values): Promise<{ readonly key: Key; readonly request: string }> {
  let key: Key = '';
  const request = await ask(async (asked) => {
    key = (await api.create(modelOf(path), values, asked, AS_THEY_ARE)).value.key;
  });
  return { key, request };
}
const change = (path: string, key: Key, values: Values) =>
  ask((asked) => api.update(modelOf(path), [key], { values }, asked, AS_THEY_ARE));
const remove = (path: string, key: Key) => ask((asked) => api.remove(modelOf(path), [key], asked));
const call = (path: string, key: Key, name: string, parameters: Values = {}) =>
  ask((asked) => api.callOn(modelOf(path), modelOf(path).actions![name]!, [key], parameters, asked));
const undo = (request: string, who = root) =>
  ask((asked) => api.callStatic(modelOf('Records/Request').actions!['undo']!, { id: request }, asked), who);
const undone = async (request: string): Promise<unknown> => {
  let value: unknown;
  await ask(async (asked) => {
    value = (await api.callStatic(modelOf('Records/Request').actions!['undo']!, { id: request }, asked)).value;
  });
  return value;
};

/** The configuration of a structure, without what tells when it was made. */
async function configOf(key: Key): Promise<Values> {
  const { actions } = modelOf('Building/Structure');
  const request = { caller: { principal: root, source: '' }, id: randomUUID() };
  const answer = await api.callOn(modelOf('Building/Structure'), actions!['getConfig']!, [key], {}, request);
  const config = answer.value.get(key) as Values;
  return Object.fromEntries(Object.entries(config).filter(([name]) => !/timestamp|modified/.test(name)));
}

/** Every row of every read model, but for when it was last changed. */
async function rowsNow(): Promise<Map<string, unknown>> {
  await modules.caughtUp();
  const found = new Map<string, unknown>();
  for (const model of modules.reads.projector.models) {
    for (const { key, row } of (await modules.reads.now.list(model)).rows) {
      const { updated: _, ...rest } = row as { readonly updated?: string };
      found.set(`${model.name} ${key}`, rest);
    }
  }
  return found;
}

/** The same, and what others than operators are told of it. */
async function everything(): Promise<Map<string, unknown>> {
  const rows = await rowsNow();
  const { now } = modules.reads;
  const told = await outside(now, { secrets: modules.get(Secrets, { strict: false }), present: now });
  return new Map([...rows, ...told]);
}

const different = (one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>) =>
  Object.fromEntries([...one].filter(([key, row]) => !isDeepStrictEqual(row, other.get(key))));
const SAME = {};

const codesOf = (error: unknown): readonly string[] => {
  if (!(error instanceof Refusal)) throw error;
  return error.faults.map(({ code }) => code);
};

const site = (name: string, more: Values = {}) =>
  create('Site/Site', { name, description: 'a site', zone: null, parent: null, config_values: {}, ...more });

describe('every kind of stream', () => {
  it('says how it is undone, or why it is not, for each of its events', () => {
    const rules = [
      ...modules.get(Features, { strict: false }).undo,
      ...authUndos,
      ...postOfficeUndos,
      ...dhcpUndo,
      ...dockerPortUndos,
      imageUndo,
      ...inventoryUndos,
      previewUndo,
      deprovisionUndo,
    ];
    const said = rules.flatMap(({ category, events }) => Object.keys(events).map((type) => `${category} ${type}`));
    const there = deciders.flatMap(({ category, evolve }) => Object.keys(evolve).map((type) => `${category} ${type}`));
    expect(there.filter((one) => !said.includes(one))).toEqual([]);
    const categories = new Set(deciders.map(({ category }) => category));
    const ofThem = said.filter((one) => categories.has(one.slice(0, one.indexOf(' '))));
    expect(ofThem.filter((one) => !there.includes(one))).toEqual([]);
  });
});

describe('a request', () => {
  it('that created something is undone: it is not there any more; undone in turn, it is as it was', async () => {
    const before = await rowsNow();
    const { request } = await site('undo1', { config_values: { port: 22 } });
    const after = await rowsNow();
    const gone = await undo(request);
    expect(await rowsNow()).toEqual(before);
    await undo(gone);
    expect(await rowsNow()).toEqual(after);
    await remove('Site/Site', 'undo1');
  });

  it('that changed something is undone: who wrote each value is known as before', async () => {
    const { key } = await site('undo2', { config_values: { port: 22, host: 'a' } });
    const before = await rowsNow();
    const request = await change('Site/Site', key, { description: 'other', config_values: { port: 23 } });
    expect(await undone(request)).toEqual({
      request,
      objects: [{ model: 'Site/Site', id: 'undo2', outcome: 'changed' }],
    });
    expect(await rowsNow()).toEqual(before);
  });

  it('that deleted something is undone, with everything that went along', async () => {
    const { key: at } = await site('undo3');
    const { key: block } = await create('Utilities/AddressBlock', {
      name: 'main',
      site: at,
      subnet: '10.3.0.0',
      prefix: 24,
      gateway_offset: '1',
    });
    const { key: host } = await create('Utilities/Networked', { hostname: 'printer', site: at });
    await create('Utilities/Address', {
      address_block: block,
      offset: '5',
      networked: host,
      interface_name: 'eth0',
      alias_index: null,
      pointer: null,
      is_primary: true,
    });
    const before = await rowsNow();
    const request = await remove('Utilities/Networked', host);
    expect(await rowsNow()).not.toEqual(before);
    await undo(request);
    expect(await rowsNow()).toEqual(before);
    // Its name and its address are taken again.
    await expect(create('Utilities/Networked', { hostname: 'printer', site: at })).rejects.toThrow();
    const plan = await remove('Utilities/AddressBlock', block);
    await undo(plan);
    expect(await rowsNow()).toEqual(before);
  });

  it('that deleted a machine is undone: its configuration is as it was', async () => {
    const { key: zone } = await create('Directory/Zone', {
      ...RANDOM_VALUES['Directory/Zone']!(
        ([first]) => first!,
        () => [],
      ),
      name: 'lab',
    });
    await site('undo11', { zone, config_values: { port: 22 } });
    const common = { description: 'x', config_values: { shell: 'sh' }, config_schema: {}, parent_list: [] };
    const kinds = { foundation_type_list: ['Test'], validation_template: {}, physical_interface_names: ['eth0'] };
    await create('BluePrint/FoundationBluePrint', { ...common, ...kinds, name: 'below' });
    await create('BluePrint/StructureBluePrint', { ...common, name: 'above', foundation_blueprint_list: ['below'] });
    const of = { site: 'undo11', labels: {}, owner: null };
    const below = { ...of, locator: 'rack1', blueprint: 'below', id_map: null, test_foundation_serial: '1' };
    await create('Test/TestFoundation', below);
    const above = { ...of, hostname: 'web1', blueprint: 'above', foundation: 'rack1', config_values: { role: 'web' } };
    const { key: structure } = await create('Building/Structure', above);
    const before = [await rowsNow(), await configOf(structure)];
    const request = await remove('Building/Structure', structure);
    await expect(configOf(structure)).rejects.toThrow();
    expect(await undone(request)).toEqual({
      request,
      objects: [{ model: 'Building/Structure', id: String(structure), outcome: 'created' }],
    });
    expect([await rowsNow(), await configOf(structure)]).toEqual(before);
  });

  it('is not undone where something has changed since, which is named', async () => {
    const { key } = await site('undo4');
    const first = await change('Site/Site', key, { description: 'first' });
    const second = await change('Site/Site', key, { description: 'second' });
    await expect(undo(first)).rejects.toThrow(
      new RegExp(`^Site undo4 has changed since: SiteDescribed by root at .* \\(request ${second}\\)$`),
    );
    await undo(second);
    // What was put back in the end is later, too.
    await expect(undo(first)).rejects.toThrow(/SiteRestored by root/);
  });

  it('is not undone where something uses what it created; nothing is left closed', async () => {
    const { request } = await site('undo5');
    const within = await site('undo6', { parent: 'undo5' });
    await expect(undo(request)).rejects.toThrow('Site undo5 is used by Site undo6');
    await change('Site/Site', 'undo5', { description: 'still to be changed' });
    await undo(within.request);
  });

  it('is not undone where something it refers to is not there any more', async () => {
    await site('undo7');
    await site('undo8', { parent: 'undo7' });
    const request = await change('Site/Site', 'undo8', { parent: null });
    await remove('Site/Site', 'undo7');
    await expect(undo(request)).rejects.toThrow('Site undo8: there is no site undo7');
  });

  it('is not undone where it would put something inside itself', async () => {
    await site('ring1');
    await site('ring2', { parent: 'ring1' });
    const request = await change('Site/Site', 'ring2', { parent: null });
    await change('Site/Site', 'ring1', { parent: 'ring2' });
    await expect(undo(request)).rejects.toThrow('would be inside itself');
  });

  it('is not undone where a secret it had replaced was erased', async () => {
    const { key } = await site('vault', { config_values: { root_password: 'one' } });
    const request = await change('Site/Site', key, { config_values: { root_password: 'two' } });
    const again = await change('Site/Site', key, { config_values: { root_password: 'three' } });
    await undo(again);
    await call('Site/Site', key, 'eraseSecret', { key: 'root_password' });
    await expect(undo(request)).rejects.toThrow(/has changed since|has been erased/);
    const gone = await remove('Site/Site', key);
    await expect(undo(gone)).rejects.toThrow('a secret in site-vault has been erased since');
  });

  it('leaves others alone who were given addresses of the same block', async () => {
    const { key: at } = await site('undo9');
    const plan = { name: 'main', site: at, subnet: '10.9.0.0', prefix: 24, gateway_offset: null };
    const { key: block } = await create('Utilities/AddressBlock', plan);
    const reserve = (offset: string) =>
      create('Utilities/ReservedAddress', { address_block: block, offset, reason: 'a printer' });
    const first = await reserve('5');
    await reserve('6');
    await undo(first.request);
    await reserve('5');
    await expect(undo(first.request)).rejects.toThrow(/has changed since/);
  });

  it('that created a job is not undone, unless the job was cancelled before it did anything', async () => {
    await site('works');
    // Jobs wait for a window that has been, and does not open any more.
    await create('Foreman/MaintenanceWindow', {
      site: 'works',
      description: 'over',
      days: [],
      start: '00:00',
      time_zone: 'UTC',
      minutes: 60,
      starts_at: '2020-01-01T00:00:00.000000+00:00',
    });
    await create('BluePrint/FoundationBluePrint', {
      name: 'works',
      description: 'x',
      config_values: {},
      config_schema: {},
      parent_list: [],
      foundation_type_list: ['Test'],
      validation_template: {},
      physical_interface_names: [],
    });
    const { key: script } = await create('BluePrint/Script', {
      name: 'works',
      description: 'x',
      script: 'begin()\nend\n',
    });
    await create('BluePrint/BluePrintScript', { blueprint: 'works', script, name: 'create' });
    const { key: machine, request: made } = await create('Test/TestFoundation', {
      locator: 'machine1',
      site: 'works',
      blueprint: 'works',
      id_map: null,
      labels: {},
      owner: null,
      test_foundation_serial: '1',
    });
    const request = await call('Building/Foundation', machine, 'doCreate');
    await expect(undo(request)).rejects.toThrow(/the job was created by the request: cancel it first/);
    await expect(undo(made)).rejects.toThrow(/FoundationTaken by root/);
    const [job] = (await modules.reads.now.keys(modelOf('Foreman/BaseJob').rows!)).keys;
    await call('Foreman/BaseJob', job!, 'cancel');
    expect(await undone(request)).toEqual({ request, objects: [] });
    await call('Building/Foundation', machine, 'force', { state: 'built' });
    await expect(undo(made)).rejects.toThrow(/FoundationLocated by system .*, FoundationForced by root/);
  });

  it('that forced a state is not undone, and says what to do instead', async () => {
    const request = await call('Building/Foundation', 'machine1', 'force', { state: 'planned' });
    await expect(undo(request)).rejects.toThrow(
      'FoundationForced of Foundation machine1 cannot be undone: its state was forced; force it back',
    );
  });

  it('is told of by name where it is none, or has done nothing', async () => {
    await expect(undo('0123')).rejects.toThrow(
      'there is no request 0123 that somebody asked for and that changed anything',
    );
  });

  it('needs the permission for the opposite change, too', async () => {
    const { request } = await site('undo10');
    const clerk: Principal = { ...root, name: 'clerk', superuser: false, permissions: new Set(['Records.can_undo']) };
    await expect(undo(request, clerk)).rejects.toThrow('undoing this request needs the permission Site.delete_site');
    const cleaner = { ...clerk, permissions: new Set(['Records.can_undo', 'Site.delete_site']) };
    await undo(request, cleaner);
  });
});

/** Expects everything to be as it was. */
async function expectAs(told: string, then: ReadonlyMap<string, unknown>): Promise<void> {
  const now = await everything();
  expect([told, different(now, then), different(then, now)]).toEqual([told, SAME, SAME]);
}

describe('any change', () => {
  it('is undone with every row and all that others are told as it was, or refused with the reason, and then nothing changes', async () => {
    const outcomes = { undone: 0, redone: 0, refused: 0 };
    const reasons = new Set<string>();
    const steps = fc.sample(
      fc.tuple(fc.nat(CHANGED_MODELS.length - 1), fc.nat(9), fc.array(fc.nat(1000), { minLength: 30, maxLength: 30 })),
      { seed: SEED, numRuns: CHANGES },
    );
    const earlier: string[] = [];
    const changes = new RandomChanges(modules, {
      create: async (...asked) => (await create(...asked)).request,
      change,
      remove,
    });
    /** Everything as it was seen last. */
    let known = await everything();
    const seen = new Set<string>();
    for (const [n, [path, what, numbers]] of steps.entries()) {
      await changes.look();
      const before = known;
      // In the beginning there has to be something to begin with.
      const request = await changes.make(
        CHANGED_MODELS[n < CHANGED_MODELS.length ? n : path]!,
        n < CHANGED_MODELS.length ? 0 : what,
        drawBy(numbers),
      );
      if (request === undefined) continue;
      const after = await everything();
      known = after;
      if (isDeepStrictEqual(after, before)) continue;
      const differing = { ...different(after, before), ...different(before, after) };
      for (const key of Object.keys(differing)) seen.add(key.split(' ')[0]!);
      const told = `${CHANGED_MODELS[path]} ${what} (${n})`;
      const back = await undo(request).catch((error: unknown) => {
        for (const code of codesOf(error)) reasons.add(code);
        return undefined;
      });
      const then = back === undefined ? after : before;
      await expectAs(told, then);
      known = then;
      if (back === undefined) {
        outcomes.refused += 1;
        continue;
      }
      outcomes.undone += 1;
      // Most changes stay, so that there is more and more.
      if (what === 9) continue;
      await undo(back);
      outcomes.redone += 1;
      await expectAs(told, after);
      known = after;
      earlier.push(request);
      if (n % 3 !== 0 || earlier.length < 4) continue;
      const old = earlier[numbers[0]! % earlier.length]!;
      await undo(old).then(
        async () => {
          outcomes.undone += 1;
          known = await everything();
        },
        async (error: unknown) => {
          for (const code of codesOf(error)) reasons.add(code);
          outcomes.refused += 1;
          await expectAs(`an earlier one (${n})`, known);
        },
      );
    }
    expect(outcomes.undone).toBeGreaterThan(CHANGES / 4);
    expect(outcomes.refused).toBeGreaterThan(0);
    expect([...reasons]).toContain('CHANGED_SINCE');
    expect([...seen]).toEqual(
      expect.arrayContaining(['config', 'boot_script', 'pxe_template', 'zone', 'leases', 'pools']),
    );
  });
});
