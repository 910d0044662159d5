/**
 * The rules of the namespaces BluePrint and Building, and of network interfaces, one row each, over CInP. Rules that have tests elsewhere:
 *
 * - values, operators, classes, rendering: `libs/config` (recorded cases), order of layers: `libs/*\/src/*-layers.spec.ts`
 * - scripts found among parents: `libs/blueprint/src/find-script.spec.ts`; templates of id maps: `validation-template.spec.ts`
 * - declared keys of configurations: `config-schema.spec.ts`; documents below `/config/`: `documents.spec.ts`
 * - states of foundations, structures and dependencies, who takes them, what is fixed when: `libs/building/src/**\/*.spec.ts`
 * - the whole matrix of which job may be made: `libs/building/src/foundation.spec.ts`, `structure.spec.ts`, `building.spec.ts`
 * - what is made once however many want it, host names, filters, getDependencyMap, DESCRIBE: `building.spec.ts`, `sites.spec.ts`
 * - address blocks, networks, addresses: `networks.spec.ts`; abstract and aggregated interfaces, those of `createFoundation`:
 *   `interfaces.spec.ts`
 * - who may what: `permissions.spec.ts`; who is kept to sites: `service-sites.spec.ts`
 */
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startJourney } from './start-journey.ts';

jest.setTimeout(120_000);

type Values = Readonly<Record<string, unknown>>;
type Rule = readonly [rule: string, check: () => Promise<unknown>];

const SITE = '/api/v1/Site/Site';
const SITE1 = `${SITE}:site1:`;
const BLUEPRINT = '/api/v1/BluePrint/BluePrint';
const FOUNDATION_BLUEPRINT = '/api/v1/BluePrint/FoundationBluePrint';
const STRUCTURE_BLUEPRINT = '/api/v1/BluePrint/StructureBluePrint';
const SCRIPT = '/api/v1/BluePrint/Script';
const LINK = '/api/v1/BluePrint/BluePrintScript';
const PXE = '/api/v1/BluePrint/PXE';
const FOUNDATION = '/api/v1/Building/Foundation';
const TEST_FOUNDATION = '/api/v1/Test/TestFoundation';
const STRUCTURE = '/api/v1/Building/Structure';
const COMPLEX = '/api/v1/Building/Complex';
const TEST_COMPLEX = '/api/v1/Test/TestComplex';
const MEMBERSHIP = '/api/v1/Building/ComplexStructure';
const NETWORK = '/api/v1/Utilities/Network';
const ADDRESS = '/api/v1/Utilities/Address';
const ABSTRACT = '/api/v1/Utilities/AbstractNetworkInterface';
const DEPENDENCY = '/api/v1/Building/Dependency';
const BASE = `${FOUNDATION_BLUEPRINT}:base:`;
const WEB = `${STRUCTURE_BLUEPRINT}:web:`;
const NULL = 'This field cannot be null.';
const BLANK = 'This field cannot be blank.';
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const { client, rest } = await startJourney();

beforeAll(async () => {
  await created(SITE, { name: 'site1', description: 'a site' });
  await created(FOUNDATION_BLUEPRINT, { name: 'base', description: 'a base', foundation_type_list: ['Test'] });
  await created(STRUCTURE_BLUEPRINT, { name: 'web', description: 'a server', foundation_blueprint_list: [BASE] });
  await created(SCRIPT, { name: 'pauses', description: 'waits', script: 'pause( msg="wait" )\n' });
  for (const [blueprint, name] of [
    ['base', 'create'],
    ['web', 'create'],
    ['web', 'open'],
    ['web', 'shut'],
  ]) {
    await created(LINK, { blueprint: `${BLUEPRINT}:${blueprint}:`, script: `${SCRIPT}:pauses:`, name });
  }
});

const created = async (model: string, values: Values): Promise<string> => (await client.create(model, values)).uri;
const refused = (task: Promise<unknown>, body: Values, status = 400) =>
  expect(task).rejects.toMatchObject({ status, body });
const gone = (uri: string) => expect(client.get(uri)).rejects.toMatchObject({ status: 404 });
const idOf = (uri: string): string => uri.split(':')[1] ?? '';

let count = 0;
const fresh = (): string => {
  count += 1;
  return `thing${count}`;
};
const foundationBlueprint = (values: Values = {}) =>
  created(FOUNDATION_BLUEPRINT, { name: fresh(), description: 'x', foundation_type_list: ['Test'], ...values });
const structureBlueprint = (values: Values = {}) =>
  created(STRUCTURE_BLUEPRINT, { name: fresh(), description: 'x', foundation_blueprint_list: [BASE], ...values });
/** A new foundation, by the URI of its base model. */
const foundation = async (values: Values = {}): Promise<string> => {
  const locator = fresh();
  await created(TEST_FOUNDATION, { locator, site: SITE1, blueprint: BASE, ...values });
  return `${FOUNDATION}:${locator}:`;
};
const structure = async (values: Values = {}): Promise<string> =>
  created(STRUCTURE, {
    hostname: fresh(),
    site: SITE1,
    blueprint: WEB,
    ...('foundation' in values ? {} : { foundation: await foundation() }),
    ...values,
  });
const complex = (values: Values = {}) =>
  created(TEST_COMPLEX, { name: fresh(), site: SITE1, description: 'x', members: [], ...values });
const force = async (uri: string, state: string): Promise<void> => {
  const [model, id] = uri.replace('/api/v1/', '').split(':');
  expect((await rest('POST', `${model}/${id}/force`, { state })).status).toBe(204);
};

/** A network of a site, and a block. */
async function networkAt(site: string): Promise<{ network: string; block: string }> {
  count += 1;
  const subnet = `10.${count >> 8}.${count & 255}.0`;
  return {
    network: await created(NETWORK, { site, name: fresh() }),
    block: await created('/api/v1/Utilities/AddressBlock', { site, name: fresh(), subnet, prefix: 24 }),
  };
}
/** A new real interface of a foundation, in a network of its own. */
const realInterface = async (on: string, values: Values = {}) => {
  const network = await created(NETWORK, { site: SITE1, name: fresh() });
  const named = { name: fresh(), physical_location: fresh() };
  return client.create('/api/v1/Utilities/RealNetworkInterface', { foundation: on, network, ...named, ...values });
};

const BLUEPRINT_RULES: readonly Rule[] = [
  ...[FOUNDATION_BLUEPRINT, STRUCTURE_BLUEPRINT].flatMap((model): Rule[] => {
    const base = { description: 'x', foundation_type_list: ['Test'], foundation_blueprint_list: [] };
    const { foundation_type_list: _, ...forStructure } = base;
    const { foundation_blueprint_list: __, ...forFoundation } = base;
    const values = model === FOUNDATION_BLUEPRINT ? forFoundation : forStructure;
    const of = model.split('/').at(-1);
    return [
      ...['a b', '-a', '.a', 'a\n', 'ä'].map((name): Rule => [
        `${of}: ${JSON.stringify(name)} is no name`,
        () => refused(client.create(model, { ...values, name }), { name: ['invalid'] }),
      ]),
      [
        `${of}: a name has at most 40 characters`,
        () => refused(client.create(model, { ...values, name: 'x'.repeat(41) }), {}),
      ],
      [
        `${of}: name and description are required`,
        () => refused(client.create(model, { ...values, description: null }), { name: [NULL], description: [NULL] }),
      ],
      [
        `${of}: keys of config_values are names, with operator and class`,
        () =>
          refused(client.create(model, { ...values, name: fresh(), config_values: { '>a:VM': 1, _b: 1 } }), {
            config_values: ['config item name "_b" is invalid'],
          }),
      ],
      [
        `${of}: config_values may be null: then there are none`,
        async () =>
          expect(
            await client.get(await created(model, { ...values, name: fresh(), config_values: null })),
          ).toMatchObject({
            config_values: {},
          }),
      ],
      [
        `${of}: the name stays`,
        async () =>
          refused(client.update(await created(model, { ...values, name: fresh() }), { name: 'other' }), {
            name: 'Not Writeable',
          }),
      ],
      [
        `${of}: is not inside itself, by whatever way`,
        async () => {
          const one = await created(model, { ...values, name: fresh() });
          const other = await created(model, { ...values, name: fresh(), parent_list: [one] });
          for (const parent of [one, other]) {
            await refused(client.update(one, { parent_list: [parent] }), {
              parent_list: [`BluePrint "${idOf(one)}" would be its own parent`],
            });
          }
        },
      ],
      [
        `${of}: script_map has its own scripts, not those of its parents`,
        async () => {
          const parent = await created(model, { ...values, name: fresh() });
          const child = await created(model, { ...values, name: fresh(), parent_list: [parent] });
          const link = { script: `${SCRIPT}:pauses:`, name: 'create' };
          await created(LINK, { ...link, blueprint: `${BLUEPRINT}:${idOf(parent)}:` });
          expect(await client.get(parent)).toMatchObject({ script_map: { create: `${SCRIPT}:pauses:` } });
          expect(await client.get(child)).toMatchObject({ script_map: {} });
        },
      ],
      [
        `${of}: stays while another has it as a parent`,
        async () => {
          const parent = await created(model, { ...values, name: fresh() });
          const child = await created(model, { ...values, name: fresh(), parent_list: [parent] });
          await refused(client.delete(parent), { message: `Not Deletable: used by BluePrint ${idOf(child)}` });
        },
      ],
      [
        `${of}: the links to its scripts go with it`,
        async () => {
          const uri = await created(model, { ...values, name: fresh() });
          const link = await created(LINK, {
            blueprint: `${BLUEPRINT}:${idOf(uri)}:`,
            script: `${SCRIPT}:pauses:`,
            name: 'create',
          });
          await client.delete(uri);
          await gone(link);
        },
      ],
      [
        `${of}: getConfig shows its values, unrendered, with those of its parents`,
        async () => {
          const parent = await created(model, { ...values, name: fresh(), config_values: { a: '{{ b }}' } });
          const child = await created(model, {
            ...values,
            name: fresh(),
            parent_list: [parent],
            config_values: { b: 1 },
          });
          expect(await client.call(`${child}(getConfig)`, {})).toMatchObject({
            a: '{{ b }}',
            b: 1,
            _blueprint: idOf(child),
          });
          expect(await client.call(`${BLUEPRINT}:${idOf(child)}:(getConfig)`, {})).toMatchObject({
            a: '{{ b }}',
            b: 1,
          });
        },
      ],
    ];
  }),
  [
    'FoundationBluePrint: foundation_type_list is not empty',
    () =>
      refused(client.create(FOUNDATION_BLUEPRINT, { name: fresh(), description: 'x' }), {
        foundation_type_list: [BLANK],
      }),
  ],
  [
    'FoundationBluePrint: foundation_type_list is not checked itself',
    () => foundationBlueprint({ foundation_type_list: ['Nothing'] }),
  ],
  [
    'FoundationBluePrint: validation_template is a map',
    () => refused(foundationBlueprint({ validation_template: ['x'] }), { validation_template: expect.anything() }),
  ],
  [
    'FoundationBluePrint and StructureBluePrint share their names',
    async () => {
      const name = idOf(await foundationBlueprint());
      await refused(structureBlueprint({ name }), { name: ['Blue print with this Name already exists.'] });
    },
  ],
  [
    'FoundationBluePrint: parents are foundation blueprints',
    () => refused(foundationBlueprint({ parent_list: [WEB] }), { parent_list: expect.anything() }),
  ],
  [
    'FoundationBluePrint: stays while a foundation uses it',
    async () => {
      const blueprint = await foundationBlueprint();
      const on = await foundation({ blueprint });
      await refused(client.delete(blueprint), { message: `Not Deletable: used by Foundation ${idOf(on)}` });
    },
  ],
  [
    'StructureBluePrint: parents are structure blueprints',
    () => refused(structureBlueprint({ parent_list: [BASE] }), { parent_list: expect.anything() }),
  ],
  [
    'StructureBluePrint: foundation_blueprint_list may be left out',
    () => created(STRUCTURE_BLUEPRINT, { name: fresh(), description: 'x' }),
  ],
  [
    'StructureBluePrint: structures are not looked at again until they are saved where what they may stand on changes',
    async () => {
      const blueprint = await structureBlueprint();
      const uri = await structure({ blueprint });
      await client.update(blueprint, { foundation_blueprint_list: [] });
      await client.update(uri, { config_values: { a: 1 } });
      await refused(client.update(uri, { foundation: await foundation() }), {
        foundation: [`The blueprint "${idOf(blueprint)}" is not allowed on foundation "base"`],
      });
    },
  ],
  [
    'StructureBluePrint: stays while a structure uses it',
    async () => {
      const blueprint = await structureBlueprint();
      const uri = await structure({ blueprint });
      await refused(client.delete(blueprint), { message: `Not Deletable: used by Structure ${idOf(uri)}` });
    },
  ],
  ...['a b', 'a\n'].map((name): Rule => [
    `Script: ${JSON.stringify(name)} is no name`,
    () => refused(client.create(SCRIPT, { name, description: 'x', script: '# x\n' }), { name: ['invalid'] }),
  ]),
  [
    'Script: its text is not empty',
    () => refused(client.create(SCRIPT, { name: fresh(), description: 'x', script: '' }), { script: [BLANK] }),
  ],
  [
    'Script: what is no TScript is refused, with line and column',
    () =>
      refused(client.create(SCRIPT, { name: fresh(), description: 'x', script: 'aa = 1\nbb = (\n' }), {
        script: [expect.stringMatching(/line \d+ column \d+/)],
      }),
  ],
  [
    'Script: links to it go with it',
    async () => {
      const script = await created(SCRIPT, { name: fresh(), description: 'x', script: '# x\n' });
      const blueprint = await structureBlueprint();
      const link = await created(LINK, { blueprint: `${BLUEPRINT}:${idOf(blueprint)}:`, script, name: 'create' });
      await client.delete(script);
      await gone(link);
      expect(await client.get(blueprint)).toMatchObject({ script_map: {} });
    },
  ],
  [
    'Script: may be changed and deleted while a job runs it; the job has its own',
    async () => {
      const script = await created(SCRIPT, { name: fresh(), description: 'x', script: 'pause( msg="mine" )\n' });
      const blueprint = await foundationBlueprint();
      await created(LINK, { blueprint: `${BLUEPRINT}:${idOf(blueprint)}:`, script, name: 'create' });
      const job = Number(await client.call(`${await foundation({ blueprint })}(doCreate)`, {}));
      await client.update(script, { script: '# other\n' });
      await client.delete(script);
      expect(await client.call(`/api/v1/Foreman/BaseJob:${job}:(jobRunnerState)`, {})).toMatchObject({
        script: 'pause( msg="mine" )\n',
      });
    },
  ],
  [
    'BluePrintScript: a blueprint has one script of a name',
    async () => {
      const link = { blueprint: `${BLUEPRINT}:web:`, script: `${SCRIPT}:pauses:`, name: 'create' };
      await refused(client.create(LINK, link), {
        __all__: ['Blue print script with this Blueprint and Name already exists.'],
      });
    },
  ],
  [
    'BluePrintScript: its name is a name',
    () =>
      refused(client.create(LINK, { blueprint: `${BLUEPRINT}:web:`, script: `${SCRIPT}:pauses:`, name: 'a b' }), {
        name: ['invalid'],
      }),
  ],
  [
    'BluePrintScript: names its blueprint by the path of BluePrint, or by that of its kind, and shows the former',
    async () => {
      const blueprint = await structureBlueprint();
      const link = await created(LINK, { blueprint, script: `${SCRIPT}:pauses:`, name: 'create' });
      expect(await client.get(link)).toMatchObject({ blueprint: `${BLUEPRINT}:${idOf(blueprint)}:` });
    },
  ],
  [
    'BluePrintScript: blueprint, script and name are required',
    () => refused(client.create(LINK, {}), { blueprint: [NULL], script: [NULL], name: [NULL] }),
  ],
  [
    'BluePrintScript: filter blueprint',
    async () => {
      const blueprint = `${BLUEPRINT}:${idOf(await structureBlueprint())}:`;
      const link = await created(LINK, { blueprint, script: `${SCRIPT}:pauses:`, name: 'create' });
      expect((await client.list(LINK, { filter: 'blueprint', parameters: { blueprint } })).uris).toEqual([link]);
    },
  ],
  [
    'PXE: boot_script and template are required, and not empty',
    async () => {
      await refused(client.create(PXE, { name: fresh() }), { boot_script: [NULL], template: [NULL] });
      await refused(client.create(PXE, { name: fresh(), boot_script: '', template: '' }), {
        boot_script: [BLANK],
        template: [BLANK],
      });
    },
  ],
];

const FOUNDATION_RULES: readonly Rule[] = [
  [
    'Foundation: is created by the model of its platform',
    () => refused(client.create(FOUNDATION, { locator: fresh(), site: SITE1, blueprint: BASE }), {}, 403),
  ],
  ...['a b', '-a', 'a\n'].map((locator): Rule => [
    `Foundation: ${JSON.stringify(locator)} is no locator`,
    () => refused(client.create(TEST_FOUNDATION, { locator, site: SITE1, blueprint: BASE }), { locator: ['Invalid'] }),
  ]),
  [
    'Foundation: a locator is used once',
    async () => {
      const locator = idOf(await foundation());
      await refused(client.create(TEST_FOUNDATION, { locator, site: SITE1, blueprint: BASE }), {
        locator: ['Foundation with this Locator already exists.'],
      });
    },
  ],
  [
    'Foundation: locator, site and blueprint are required',
    () => refused(client.create(TEST_FOUNDATION, {}), { locator: [NULL], site: [NULL], blueprint: [NULL] }),
  ],
  [
    'Foundation: its blueprint lists its type',
    async () => {
      const blueprint = await foundationBlueprint({ foundation_type_list: ['Manual'] });
      await refused(foundation({ blueprint }), {
        blueprint: [`Blueprint "${idOf(blueprint)}" does not list this type "Test"`],
      });
      await refused(client.update(await foundation(), { blueprint }), { blueprint: [expect.any(String)] });
    },
  ],
  [
    'Foundation: is planned at first, and tells its type and classes by both paths',
    async () => {
      const uri = await foundation();
      const shown = {
        state: 'planned',
        type: 'Test',
        located_at: null,
        built_at: null,
        id_map: null,
        class_list: "['Metal', 'VM', 'Container', 'Switch', 'Manual', 'Test']",
      };
      expect(await client.get(uri)).toMatchObject({ ...shown, structure: null });
      expect(await client.get(`${TEST_FOUNDATION}:${idOf(uri)}:`)).toMatchObject(shown);
    },
  ],
  [
    'Foundation: located_at and built_at tell its state',
    async () => {
      const uri = await foundation();
      const at = expect.stringMatching(MOMENT);
      await force(uri, 'located');
      expect(await client.get(uri)).toMatchObject({ state: 'located', located_at: at, built_at: null });
      await force(uri, 'built');
      expect(await client.get(uri)).toMatchObject({ state: 'built', located_at: at, built_at: at });
      await force(uri, 'planned');
      expect(await client.get(uri)).toMatchObject({ state: 'planned', located_at: null, built_at: null, id_map: null });
    },
  ],
  [
    'Foundation: what is read only stays, whatever is sent along',
    async () => {
      const uri = await foundation();
      const before = await client.get(uri);
      const readOnly = ['located_at', 'built_at', 'state', 'type', 'class_list', 'structure', 'updated', 'created'];
      await client.update(uri, Object.fromEntries(readOnly.map((field) => [field, 'x'])));
      expect(await client.get(uri)).toEqual(before);
      await refused(
        client.create(TEST_FOUNDATION, { locator: fresh(), site: SITE1, blueprint: BASE, state: 'built' }),
        {
          state: 'Not Writeable',
        },
      );
    },
  ],
  [
    'Foundation: setIdMap without network and macs is fine',
    async () => expect(await client.call(`${await foundation()}(setIdMap)`, { id_map: { cpu: 1 } })).toBeNull(),
  ],
  [
    'Foundation: doJob does not make create and destroy jobs',
    async () => {
      const uri = await foundation();
      for (const name of ['create', 'destroy']) {
        await refused(client.call(`${uri}(doJob)`, { name }), { message: expect.stringContaining('Invalid Job Name') });
      }
    },
  ],
  [
    'Foundation: a utility job is of a script that there is, on what is built',
    async () => {
      const uri = await foundation();
      await refused(client.call(`${uri}(doJob)`, { name: 'create2' }), { error: 'NOT_BUILT' });
      await force(uri, 'built');
      await refused(client.call(`${uri}(doJob)`, { name: 'create2' }), { error: 'INVALID_SCRIPT' });
    },
  ],
  [
    'Foundation: getJob names its job, or nothing',
    async () => {
      const uri = await foundation();
      expect(await client.call(`${uri}(getJob)`, {})).toBeNull();
      const job = Number(await client.call(`${uri}(doCreate)`, {}));
      expect(await client.call(`${uri}(getJob)`, {})).toBe(`/api/v1/Foreman/FoundationJob:${job}:`);
    },
  ],
  [
    'Foundation: getFoundationTypes names the kinds there are',
    async () =>
      expect(await client.call(`${FOUNDATION}(getFoundationTypes)`, {})).toEqual(
        expect.arrayContaining(['manualfoundation', 'testfoundation']),
      ),
  ],
  [
    'Foundation: goes while it is planned or located',
    async () => {
      const located = await foundation();
      await force(located, 'located');
      for (const uri of [await foundation(), located]) {
        await client.delete(uri);
        await gone(uri);
      }
    },
  ],
  [
    'Foundation: does not go while it is built',
    async () => {
      const uri = await foundation();
      await force(uri, 'built');
      await refused(client.delete(uri), { message: 'Not Deletable: it is built' });
    },
  ],
  [
    'Foundation: does not go while a job is at work on it',
    async () => {
      const uri = await foundation();
      const job = Number(await client.call(`${uri}(doCreate)`, {}));
      await refused(client.delete(uri), { message: `Not Deletable: job ${job} is at work on it` });
    },
  ],
  [
    'Foundation: its dependency goes with it',
    async () => {
      const uri = await foundation();
      const dependency = await created(DEPENDENCY, { structure: await structure(), foundation: uri, link: 'soft' });
      await client.delete(uri);
      await gone(dependency);
    },
  ],
  [
    'Foundation: does not go while its dependency is built',
    async () => {
      const uri = await foundation();
      const on = await structure();
      const dependency = await created(DEPENDENCY, { structure: on, foundation: uri, link: 'soft' });
      await force(on, 'built');
      await client.call(`${dependency}(doCreate)`, {});
      await refused(client.delete(uri), { message: `Not Deletable: used by Dependency ${idOf(dependency)}` });
      await client.update(uri, { id_map: { a: 1 } });
    },
  ],
  [
    'Foundation: its site stays',
    async () => {
      const site = await created(SITE, { name: fresh(), description: 'x' });
      const uri = await foundation({ site });
      await refused(client.delete(site), { message: `Not Deletable: used by Foundation ${idOf(uri)}` });
    },
  ],
  [
    'Foundation: filter site',
    async () => {
      const site = await created(SITE, { name: fresh(), description: 'x' });
      const uri = await foundation({ site });
      expect((await client.list(FOUNDATION, { filter: 'site', parameters: { site } })).uris).toEqual([uri]);
    },
  ],
];

const STRUCTURE_RULES: readonly Rule[] = [
  [
    'Structure: has a uuid of its own',
    async () => {
      const uuids = await Promise.all(
        [await structure(), await structure()].map(async (uri) => (await client.get(uri))['config_uuid']),
      );
      expect(uuids).toEqual([expect.stringMatching(UUID), expect.stringMatching(UUID)]);
      expect(uuids[0]).not.toBe(uuids[1]);
    },
  ],
  [
    'Structure: what is read only stays, whatever is sent along',
    async () => {
      const uri = await structure();
      const before = await client.get(uri);
      const readOnly = ['config_uuid', 'built_at', 'state', 'id', 'updated', 'created'];
      await client.update(uri, Object.fromEntries(readOnly.map((field) => [field, 'x'])));
      expect(await client.get(uri)).toEqual(before);
    },
  ],
  [
    'Structure: keys of config_values are names, with operator and class',
    () => refused(structure({ config_values: { _a: 1 } }), { config_values: ['config item name "_a" is invalid'] }),
  ],
  [
    'Structure: doJob does not make create and destroy jobs',
    async () =>
      refused(client.call(`${await structure()}(doJob)`, { name: 'create' }), {
        message: expect.stringContaining('Invalid Job Name'),
      }),
  ],
  [
    'Structure: updateConfig keeps what it does not name, under keys with their operators',
    async () => {
      const uri = await structure({ config_values: { '>a': 1 } });
      await client.call(`${uri}(updateConfig)`, { config_value_map: { a: 2, '~b': null } });
      expect(await client.get(uri)).toMatchObject({ config_values: { '>a': 1, a: 2, '~b': null } });
    },
  ],
  [
    'Structure: does not go while it is built',
    async () => {
      const uri = await structure();
      await force(uri, 'built');
      await refused(client.delete(uri), { message: 'Not Deletable: it is built' });
    },
  ],
  [
    'Structure: does not go while a job is at work on it',
    async () => {
      const uri = await structure();
      const job = Number(await client.call(`${uri}(doCreate)`, {}));
      await refused(client.delete(uri), { message: `Not Deletable: job ${job} is at work on it` });
    },
  ],
  [
    'Structure: membership and planned dependencies go with it',
    async () => {
      const uri = await structure();
      const carrier = await complex();
      const membership = await created(MEMBERSHIP, { complex: `${COMPLEX}:${idOf(carrier)}:`, structure: uri });
      const dependency = await created(DEPENDENCY, { structure: uri, link: 'soft' });
      await client.delete(uri);
      await gone(membership);
      await gone(dependency);
      expect(await client.get(carrier)).toMatchObject({ members: [] });
    },
  ],
  [
    'Structure: does not go while a dependency on it is built',
    async () => {
      const uri = await structure();
      const dependency = await created(DEPENDENCY, { structure: uri, link: 'soft' });
      await force(uri, 'built');
      await client.call(`${dependency}(doCreate)`, {});
      expect(await client.get(dependency)).toMatchObject({ state: 'built' });
      // What stands on a structure goes back with it.
      await force(uri, 'planned');
      expect(await client.get(dependency)).toMatchObject({ state: 'planned' });
      await force(dependency, 'built');
      await refused(client.delete(uri), { message: `Not Deletable: used by Dependency ${idOf(dependency)}` });
      await client.update(uri, { hostname: fresh() });
    },
  ],
  [
    'Structure: filter site',
    async () => {
      const site = await created(SITE, { name: fresh(), description: 'x' });
      const uri = await structure({ site });
      expect((await client.list(STRUCTURE, { filter: 'site', parameters: { site } })).uris).toEqual([uri]);
    },
  ],
  [
    'Structure: updated changes at every save, created does not',
    async () => {
      const uri = await structure();
      const { updated, created: made } = await client.get(uri);
      await client.update(uri, { config_values: { a: 1 } });
      const after = await client.get(uri);
      expect([after['created'], String(after['updated']) > String(updated)]).toEqual([made, true]);
    },
  ],
];

const COMPLEX_RULES: readonly Rule[] = [
  ...['a b', 'a\n'].map((name): Rule => [
    `Complex: ${JSON.stringify(name)} is no name`,
    () => refused(complex({ name }), { name: ['invalid'] }),
  ]),
  [
    'Complex: name, site and description are required; members may be left out',
    async () => {
      await refused(client.create(TEST_COMPLEX, {}), { name: [NULL], site: [NULL], description: [NULL] });
      const uri = await created(TEST_COMPLEX, { name: fresh(), site: SITE1, description: 'x' });
      expect(await client.get(uri)).toMatchObject({
        members: [],
        state: 'planned',
        built_percentage: 90,
        type: 'Test',
      });
    },
  ],
  [
    'Complex: without members it is planned, whatever its percentage',
    async () => expect(await client.get(await complex({ built_percentage: 0 }))).toMatchObject({ state: 'planned' }),
  ],
  [
    'Complex: is built at 9 of 10 members by default, not at 8',
    async () => {
      const members: string[] = [];
      for (let n = 0; n < 10; n += 1) members.push(await structure());
      const uri = await complex({ members });
      for (const member of members.slice(0, 8)) await force(member, 'built');
      expect(await client.get(uri)).toMatchObject({ state: 'planned' });
      await force(members[8]!, 'built');
      expect(await client.get(uri)).toMatchObject({ state: 'built' });
    },
  ],
  [
    'Complex: memberships go with it',
    async () => {
      const uri = await complex();
      const member = await structure();
      const membership = await created(MEMBERSHIP, { complex: `${COMPLEX}:${idOf(uri)}:`, structure: member });
      await client.delete(uri);
      await gone(membership);
      await client.get(member);
    },
  ],
  [
    'Complex: a plain one is of no type, and carries no foundations',
    async () => {
      const uri = await created(COMPLEX, { name: fresh(), site: SITE1, description: 'x', members: [] });
      expect(await client.get(uri)).toMatchObject({ type: 'Unknown' });
      await refused(
        client.call(`${uri}(createFoundation)`, { hostname: fresh(), site: SITE1, interface_map_list: [] }),
        {
          message: 'Root Complex dose not support Foundations',
        },
      );
    },
  ],
  [
    'Complex: createFoundation is of the base model alone',
    async () =>
      refused(
        client.call(`${await complex()}(createFoundation)`, { hostname: fresh(), site: SITE1, interface_map_list: [] }),
        {},
        404,
      ),
  ],
  [
    'Complex: its site stays',
    async () => {
      const site = await created(SITE, { name: fresh(), description: 'x' });
      const uri = await complex({ site });
      await refused(client.delete(site), { message: `Not Deletable: used by Complex ${idOf(uri)}` });
    },
  ],
  [
    'ComplexStructure: complex and structure are required, and are there',
    async () => {
      await refused(client.create(MEMBERSHIP, {}), { complex: [NULL], structure: [NULL] });
      await refused(client.create(MEMBERSHIP, { complex: `${COMPLEX}:nowhere:`, structure: await structure() }), {
        complex: expect.stringContaining('Invalid Value'),
      });
    },
  ],
  [
    'ComplexStructure: has no getConfig',
    async () => {
      const membership = await created(MEMBERSHIP, {
        complex: `${COMPLEX}:${idOf(await complex())}:`,
        structure: await structure(),
      });
      await refused(client.call(`${membership}(getConfig)`, {}), {}, 404);
    },
  ],
];

const DEPENDENCY_RULES: readonly Rule[] = [
  [
    'Dependency: link is soft or hard, and required',
    async () => {
      const on = await structure();
      await refused(client.create(DEPENDENCY, { structure: on }), { link: [NULL] });
      await refused(client.create(DEPENDENCY, { structure: on, link: 'firm' }), { link: expect.anything() });
    },
  ],
  [
    'Dependency: hangs on a structure or on a dependency; both are fine',
    async () => {
      await refused(client.create(DEPENDENCY, { link: 'soft' }), {
        structure: ['Either structure or dependency is required'],
      });
      const on = await structure();
      const dependency = await created(DEPENDENCY, { structure: on, link: 'soft' });
      await created(DEPENDENCY, { structure: on, dependency, link: 'soft' });
    },
  ],
  ...['create_script_name', 'destroy_script_name'].flatMap((field): Rule[] => [
    [
      `Dependency: ${field} is a name`,
      async () =>
        refused(client.create(DEPENDENCY, { structure: await structure(), link: 'soft', [field]: 'a b' }), {
          [field]: ['"a b" is invalid'],
        }),
    ],
    [
      `Dependency: ${field} takes a structure whose blueprint has it`,
      async () => {
        const dependency = await created(DEPENDENCY, { structure: await structure(), link: 'soft' });
        await refused(client.create(DEPENDENCY, { dependency, link: 'soft', [field]: 'open' }), {
          [field]: ['structure or script_sctructure are required for scripts'],
        });
      },
    ],
  ]),
  [
    'Dependency: its scripts are different',
    async () => {
      const names = { create_script_name: 'open', destroy_script_name: 'open' };
      await refused(client.create(DEPENDENCY, { structure: await structure(), link: 'soft', ...names }), {
        destroy_script_name: ['destroy and create script must be different'],
      });
    },
  ],
  [
    'Dependency: a foundation has one',
    async () => {
      const values = { structure: await structure(), foundation: await foundation(), link: 'soft' };
      await created(DEPENDENCY, values);
      await refused(client.create(DEPENDENCY, values), {
        foundation: ['Dependency with this Foundation already exists.'],
      });
    },
  ],
  [
    'Dependency: does not go while it is built',
    async () => {
      const on = await structure();
      const dependency = await created(DEPENDENCY, { structure: on, link: 'soft' });
      await force(on, 'built');
      await client.call(`${dependency}(doCreate)`, {});
      await refused(client.delete(dependency), { message: 'Not Deletable: it is built' });
    },
  ],
  [
    'Dependency: does not go while a job is at work on it',
    async () => {
      const dependency = await created(DEPENDENCY, {
        structure: await structure(),
        link: 'soft',
        create_script_name: 'open',
      });
      const job = Number(await client.call(`${dependency}(doCreate)`, {}));
      await refused(client.delete(dependency), { message: `Not Deletable: job ${job} is at work on it` });
      expect(await client.call(`${dependency}(getJob)`, {})).toBe(`/api/v1/Foreman/DependencyJob:${job}:`);
    },
  ],
  [
    'Dependency: has no utility jobs',
    async () => {
      const dependency = await created(DEPENDENCY, { structure: await structure(), link: 'soft' });
      await refused(client.call(`${dependency}(doJob)`, { name: 'open' }), {}, 404);
    },
  ],
  [
    'Dependency: what hangs on it goes with it',
    async () => {
      const dependency = await created(DEPENDENCY, { structure: await structure(), link: 'soft' });
      const next = await created(DEPENDENCY, { dependency, link: 'soft' });
      await client.delete(dependency);
      await gone(next);
    },
  ],
  [
    'Dependency: is of the site of its foundation, else of its script structure, else of what it hangs on',
    async () => {
      const [one, two, three] = [fresh(), fresh(), fresh()];
      for (const name of [one, two, three]) await created(SITE, { name, description: 'x' });
      const of = (site: string) => ({ site: `${SITE}:${site}:` });
      const on = await structure(of(one));
      const scripts = await structure(of(two));
      const waiting = await foundation(of(three));
      const first = await created(DEPENDENCY, { structure: on, link: 'soft' });
      const second = await created(DEPENDENCY, { structure: on, script_structure: scripts, link: 'soft' });
      const third = await created(DEPENDENCY, {
        structure: on,
        script_structure: scripts,
        foundation: waiting,
        link: 'soft',
      });
      const fourth = await created(DEPENDENCY, { dependency: second, link: 'soft' });
      const at = async (site: string) => (await client.list(DEPENDENCY, { filter: 'site', parameters: of(site) })).uris;
      expect([await at(one), await at(two), await at(three)]).toEqual([[first], [second, fourth], [third]]);
    },
  ],
];

const UTILITIES_RULES: readonly Rule[] = [
  ...(['name', 'physical_location'] as const).flatMap((field): Rule[] => [
    [
      `RealNetworkInterface: ${field} is required`,
      async () => refused(realInterface(await foundation(), { [field]: null }), { [field]: [NULL] }),
    ],
    ...['a b', '-a', 'a\n', 'eth0:1'].map((name): Rule => [
      `RealNetworkInterface: ${JSON.stringify(name)} is no ${field}`,
      async () => refused(realInterface(await foundation(), { [field]: name }), { [field]: ['invalid'] }),
    ]),
    [
      `RealNetworkInterface: a ${field} is there once on its foundation`,
      async () => {
        const on = await foundation();
        await realInterface(on, { [field]: 'same' });
        const label = field === 'name' ? 'Name' : 'Physical location';
        await refused(realInterface(on, { [field]: 'same' }), {
          __all__: [`Real network interface with this Foundation and ${label} already exists.`],
        });
        await realInterface(await foundation(), { [field]: 'same' });
      },
    ],
  ]),
  ...[
    ['AA:BB:CC:DD:EE:FF', 'aa:bb:cc:dd:ee:ff'],
    ['aa-bb-cc-dd-ee-ff', 'aa:bb:cc:dd:ee:ff'],
    ['AABB.CCDD.EEFF', 'aa:bb:cc:dd:ee:ff'],
    ['aabbccddeeff', 'aa:bb:cc:dd:ee:ff'],
    ['', null],
  ].map(([mac, kept]): Rule => [
    `RealNetworkInterface: the MAC ${JSON.stringify(mac)} is kept as ${JSON.stringify(kept)}`,
    async () =>
      expect(await client.get((await realInterface(await foundation(), { mac })).uri)).toMatchObject({ mac: kept }),
  ]),
  ...['aa:bb:cc:dd:ee', 'aa:bb:cc:dd:ee:fff', 'aabbccddeeffg', 'aa:bb-cc:dd:ee:ff'].map((mac): Rule => [
    `RealNetworkInterface: ${JSON.stringify(mac)} is no MAC`,
    async () => refused(realInterface(await foundation(), { mac }), { mac: [`"${mac}" is invalid`] }),
  ]),
  [
    'RealNetworkInterface: several may have one MAC',
    async () => {
      const on = await foundation();
      for (const name of ['eth0', 'eth1']) await realInterface(on, { name, mac: '00:00:00:00:00:01' });
    },
  ],
  [
    'RealNetworkInterface: one at most of a foundation is for provisioning, also when it is changed or moved',
    async () => {
      const [one, other] = [await foundation(), await foundation()];
      const body = { is_provisioning: ['This foundation allready has a provisioning interface'] };
      const eth0 = await realInterface(one, { is_provisioning: true });
      const eth1 = await realInterface(one, { is_provisioning: false });
      await refused(client.update(eth1.uri, { is_provisioning: true }), body);
      const there = await realInterface(other, { is_provisioning: true });
      await refused(client.update(there.uri, { foundation: one }), body);
      await client.update(eth0.uri, { is_provisioning: false });
      await client.update(there.uri, { foundation: one });
    },
  ],
  [
    'RealNetworkInterface: goes with its foundation',
    async () => {
      const on = await foundation();
      const { uri } = await realInterface(on);
      await client.delete(on);
      await gone(uri);
    },
  ],
  [
    'Structure: takes its addresses and its own interfaces along to another foundation',
    async () => {
      const of = await structure();
      const { block, network } = await networkAt(SITE1);
      const networked = `/api/v1/Utilities/Networked:${idOf(of)}:`;
      const address = await created(ADDRESS, {
        networked,
        address_block: block,
        offset: 5,
        interface_name: 'eth0',
        is_primary: true,
      });
      const lo1 = await created(ABSTRACT, { structure: of, name: 'lo1', network });
      await client.update(of, { foundation: await foundation() });
      expect(await client.get(address)).toMatchObject({ networked, interface_name: 'eth0' });
      expect(await client.get(lo1)).toMatchObject({ structure: of });
    },
  ],
  [
    'Structure: stays at the site of its primary address; others are no hindrance',
    async () => {
      const [from, to] = [fresh(), fresh()].map((name) => `${SITE}:${name}:`) as [string, string];
      for (const uri of [from, to]) await created(SITE, { name: idOf(uri), description: 'x' });
      const of = await structure({ site: from });
      const { block } = await networkAt(from);
      const values = { networked: `/api/v1/Utilities/Networked:${idOf(of)}:`, address_block: block };
      const address = await created(ADDRESS, { ...values, offset: 5, interface_name: 'eth0', is_primary: true });
      await refused(client.update(of, { site: to }), {
        site: [`its primary address is in an address block of the site ${idOf(from)}`],
      });
      await client.update(address, { is_primary: false });
      await client.update(of, { site: to });
      expect(await client.get(address)).toMatchObject({ address_block: block });
    },
  ],
];

describe('rules of Utilities', () => {
  it.each(UTILITIES_RULES)('%s', (_, check) => check());
});
describe('rules of BluePrint', () => {
  it.each(BLUEPRINT_RULES)('%s', (_, check) => check());
});
describe('rules of Building', () => {
  it.each([...FOUNDATION_RULES, ...STRUCTURE_RULES, ...COMPLEX_RULES, ...DEPENDENCY_RULES])('%s', (_, check) =>
    check(),
  );
});
