import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { until } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(120_000);

type Values = Readonly<Record<string, unknown>>;

const SITE = '/api/v1/Site/Site';
const ZONE = '/api/v1/Directory/Zone';
const FOUNDATION_BLUEPRINT = '/api/v1/BluePrint/FoundationBluePrint';
const STRUCTURE_BLUEPRINT = '/api/v1/BluePrint/StructureBluePrint';
const FOUNDATION = '/api/v1/Building/Foundation';
const TEST_FOUNDATION = '/api/v1/Test/TestFoundation';
const STRUCTURE = '/api/v1/Building/Structure';
const COMPLEX = '/api/v1/Building/Complex';
const TEST_COMPLEX = '/api/v1/Test/TestComplex';
const MEMBERSHIP = '/api/v1/Building/ComplexStructure';
const DEPENDENCY = '/api/v1/Building/Dependency';
const NULL = 'This field cannot be null.';
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const SITE1 = `${SITE}:site1:`;
const BASE = `${FOUNDATION_BLUEPRINT}:test-foundation-base:`;
const WEB = `${STRUCTURE_BLUEPRINT}:web:`;

const { database, server, client, token } = await startJourney({ CONTRACTOR_URL: 'https://contractor.test' });

beforeAll(async () => {
  const zone = await created(ZONE, { name: 'example' });
  await created(SITE, { name: 'site1', description: 'a thing', zone, config_values: { greeting: 'from {{ _fqdn }}' } });
  await created(FOUNDATION_BLUEPRINT, {
    name: 'test-foundation-base',
    description: 'a thing',
    foundation_type_list: ['Test', 'TestComplex'],
    config_values: { console: 'of the foundation' },
  });
  await created(STRUCTURE_BLUEPRINT, {
    name: 'web',
    description: 'a thing',
    foundation_blueprint_list: [BASE],
    config_values: { port: 80, 'port:VM': 8080 },
  });
});

const created = async (model: string, values: Values): Promise<string> => (await client.create(model, values)).uri;
const refused = (task: Promise<unknown>, body: Values) => expect(task).rejects.toMatchObject({ body });
const idOf = (uri: string): string => uri.split(':')[1] ?? '';

let hosts = 0;
/** A new foundation, by the URI of its base model. */
const newFoundation = async (values: Values = {}): Promise<string> => {
  hosts += 1;
  const locator = `host${hosts}`;
  await created(TEST_FOUNDATION, { locator, site: SITE1, blueprint: BASE, ...values });
  return `${FOUNDATION}:${locator}:`;
};
/** A new structure on a new foundation. */
const newStructure = async (hostname: string, values: Values = {}): Promise<string> =>
  created(STRUCTURE, { hostname, site: SITE1, blueprint: WEB, foundation: await newFoundation(), ...values });
const force = async (uri: string, state: string): Promise<void> => {
  const [model, id] = uri.replace('/api/v1/', '').split(':');
  const response = await fetch(`${server.url}/api/rest/${model}/${id}/force`, {
    method: 'POST',
    headers: { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ state }),
  });
  expect(response.ok).toBe(true);
};

describe('structures', () => {
  it('stand on foundations, which show them', async () => {
    const foundation = await newFoundation();
    const structure = await created(STRUCTURE, { hostname: 'shown', site: SITE1, blueprint: WEB, foundation });
    expect(await client.get(structure)).toEqual({
      hostname: 'shown',
      site: SITE1,
      blueprint: WEB,
      foundation,
      config_uuid: expect.stringMatching(UUID),
      config_values: {},
      built_at: null,
      updated: expect.stringMatching(MOMENT),
      created: expect.stringMatching(MOMENT),
      id: Number(idOf(structure)),
      state: 'planned',
    });
    expect(await client.get(foundation)).toMatchObject({ structure });
    await refused(client.delete(foundation), { message: `Not Deletable: Structure ${idOf(structure)} stands on it` });
    await client.delete(structure);
    expect(await client.get(foundation)).toMatchObject({ structure: null });
    await client.delete(foundation);
  });

  it('stand on one foundation each, and only on what their blueprint allows, by itself or by its parents', async () => {
    const structure = await newStructure('alone');
    const { foundation } = await client.get(structure);
    await refused(client.create(STRUCTURE, { hostname: 'second', site: SITE1, blueprint: WEB, foundation }), {
      foundation: ['Structure with this Foundation already exists.'],
    });
    const other = await created(STRUCTURE_BLUEPRINT, {
      name: 'nowhere',
      description: 'a thing',
      foundation_blueprint_list: [],
    });
    const free = await newFoundation();
    await refused(client.create(STRUCTURE, { hostname: 'second', site: SITE1, blueprint: other, foundation: free }), {
      foundation: ['The blueprint "nowhere" is not allowed on foundation "test-foundation-base"'],
    });
    await client.update(other, { parent_list: [WEB] });
    await created(STRUCTURE, { hostname: 'second', site: SITE1, blueprint: other, foundation: free });
  });

  it('have a host name of their own in their site, and in the zone of it', async () => {
    const zone = await created(ZONE, { name: 'shared' });
    const one = await created(SITE, { name: 'one', description: 'a thing', zone });
    const two = await created(SITE, { name: 'two', description: 'a thing', zone });
    const apart = await created(SITE, { name: 'apart', description: 'a thing' });
    const first = await newStructure('www', { site: one });
    const taken = (text: string) => ({ hostname: [text] });
    await refused(newStructure('www', { site: one }), taken('Structure with this Site and Hostname already exists.'));
    await refused(
      newStructure('www', { site: two }),
      taken(`Hostname "www" allready used in DNS Zone "${idOf(zone)}"`),
    );
    await newStructure('www', { site: apart });
    await client.update(first, { hostname: 'web' });
    await newStructure('www', { site: two });
    await refused(client.update(first, { hostname: 'www' }), taken(expect.any(String) as never));
  });

  it('of one name are made once, however many want it at the same time', async () => {
    const foundations = await Promise.all(Array.from({ length: 8 }, () => newFoundation()));
    const outcomes = await Promise.allSettled(
      foundations.map((foundation) =>
        client.create(STRUCTURE, { hostname: 'wanted', site: SITE1, blueprint: WEB, foundation }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const free = await newFoundation();
    const onOne = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) =>
        client.create(STRUCTURE, { hostname: `crowd${n}`, site: SITE1, blueprint: WEB, foundation: free }),
      ),
    );
    expect(onOne.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it.each(['w', 'Web', 'web.example', '-web', 'web-', 'web_1', 'web\n'])('are not called %j', async (hostname) => {
    await refused(newStructure(hostname), { hostname: ['invalid'] });
  });

  it('need a host name, a site, a blueprint and a foundation that are there', async () => {
    await refused(client.create(STRUCTURE, {}), {
      hostname: [NULL],
      site: [NULL],
      blueprint: [NULL],
      foundation: [NULL],
    });
    await refused(newStructure('lost', { foundation: `${FOUNDATION}:nowhere:` }), {
      foundation: 'Invalid Value "there is no foundation nowhere"',
    });
  });

  it('that are built stay what they are until they are destroyed, and have another uuid then', async () => {
    const structure = await newStructure('fixed');
    const { config_uuid: uuid } = await client.get(structure);
    await force(structure, 'built');
    expect(await client.get(structure)).toMatchObject({ state: 'built', built_at: expect.stringMatching(MOMENT) });
    for (const [field, value] of Object.entries({ hostname: 'other', foundation: await newFoundation() })) {
      await refused(client.update(structure, { [field]: value }), {
        [field]: ['can not be changed while the structure is built'],
      });
    }
    await client.update(structure, { hostname: 'fixed', config_values: { a: 1 } });
    await refused(client.delete(structure), { message: 'Not Deletable: it is built' });
    await force(structure, 'planned');
    const { config_uuid: next } = await client.get(structure);
    expect(next).not.toBe(uuid);
    await client.update(structure, { hostname: 'renamed' });
    await client.delete(structure);
  });

  it('are found by site and host name', async () => {
    const structure = await newStructure('sought');
    const find = (hostname: string) => client.call(`${STRUCTURE}(getWithHostnameSite)`, { site: SITE1, hostname });
    expect(await find('sought')).toBe(structure);
    expect(await find('missing')).toBeNull();
  });

  it('keep their site and blueprint from being deleted', async () => {
    const site = await created(SITE, { name: 'used', description: 'a thing' });
    const blueprint = await created(STRUCTURE_BLUEPRINT, {
      name: 'used',
      description: 'a thing',
      foundation_blueprint_list: [BASE],
    });
    const structure = await newStructure('user', { site, blueprint });
    const message = `Not Deletable: used by Structure ${idOf(structure)}`;
    await refused(client.delete(site), { message });
    await refused(client.delete(blueprint), { message });
    await client.delete(structure);
    await client.delete(blueprint);
    await client.delete(site);
  });
});

describe('configurations', () => {
  it('of a structure come from its blueprint, its site, what it stands on, and itself, and are rendered', async () => {
    const structure = await newStructure('config', { config_values: { '>port': 1, site_says: '{{ greeting }}' } });
    const { config_uuid: uuid, foundation } = await client.get(structure);
    const locator = idOf(String(foundation));
    expect(await client.call(`${structure}(getConfig)`, {})).toMatchObject({
      port: 8080,
      greeting: 'from config.example',
      site_says: 'from config.example',
      _blueprint: 'web',
      _site: 'site1',
      _hostname: 'config',
      _domain_name: 'example',
      _fqdn: 'config.example',
      _structure_id: Number(idOf(structure)),
      _structure_state: 'planned',
      _structure_config_uuid: uuid,
      _foundation_id: locator,
      _foundation_locator: locator,
      _foundation_type: 'Test',
      _foundation_state: 'planned',
      _foundation_class_list: ['Metal', 'VM', 'Container', 'Switch', 'Manual', 'Test'],
      _console: 'console',
      __contractor_host: 'https://contractor.test',
    });
  });

  it('of a foundation do not hold what stands on it', async () => {
    const structure = await newStructure('upper', { config_values: { own: 1 } });
    const { foundation } = await client.get(structure);
    const config = (await client.call(`${String(foundation)}(getConfig)`, {})) as Values;
    expect(config).toMatchObject({ console: 'of the foundation', _structure_id: Number(idOf(structure)) });
    expect(config).not.toHaveProperty('own');
    expect(config).not.toHaveProperty('_hostname');
  });

  it('are changed value by value, and the answer shows what came of it; secrets are masked', async () => {
    const structure = await newStructure('values', { config_values: { a: 1, b: 2 } });
    const update = (config_value_map: Values) => client.call(`${structure}(updateConfig)`, { config_value_map });
    expect(await update({ b: 3, c: '{{ a }}!', my_password: 'hush' })).toMatchObject({
      a: 1,
      b: 3,
      c: '1!',
      my_password: '********',
    });
    expect(await client.get(structure)).toMatchObject({
      config_values: { a: 1, b: 3, c: '{{ a }}!', my_password: '********' },
    });
    await refused(update({ _a: 1 }), { config_values: ['config item name "_a" is invalid'] });
  });
});

describe('foundations', () => {
  it('are named by site, kind and whether they wait for a dependency', async () => {
    const site = await created(SITE, { name: 'todo', description: 'a thing' });
    const structure = await newStructure('switch', { site });
    const foundation = await newFoundation({ site });
    await created(DEPENDENCY, { structure, foundation, link: 'soft' });
    const todo = async (has_dependancies: boolean, foundation_class: string | null) =>
      (await client.list(FOUNDATION, { filter: 'todo', parameters: { site, has_dependancies, foundation_class } }))
        .uris;
    expect(await todo(false, null)).toEqual([foundation]);
    expect(await todo(true, 'testfoundation')).toEqual([foundation]);
    expect(await todo(false, 'manualfoundation')).toEqual([]);
    await refused(todo(false, 'nothing'), { message: 'Invalid foundation class' });
  });

  it('say what they are made of, as far as their blueprint asks for it', async () => {
    const blueprint = await created(FOUNDATION_BLUEPRINT, {
      name: 'strict',
      description: 'a thing',
      foundation_type_list: ['Test'],
      validation_template: { 'cpu.count': '4$', disks: { min: 2 } },
    });
    const heir = await created(FOUNDATION_BLUEPRINT, {
      name: 'heir',
      description: 'a thing',
      foundation_type_list: ['Test'],
      parent_list: [blueprint],
    });
    const foundation = await newFoundation({ blueprint: heir });
    const set = (id_map: Values) => client.call(`${foundation}(setIdMap)`, { id_map });
    expect(await set({ disks: [1, 2] })).toBe('Item "cpu.count" not found');
    expect(await set({ cpu: { count: 48 }, disks: [1, 2] })).toBe('Item "cpu.count" does not match "48"');
    expect(await set({ cpu: { count: 4 }, disks: [1] })).toBe('Item "disks" is 1, at least 2 wanted');
    expect(await client.get(foundation)).toMatchObject({ id_map: null });
    expect(await set({ cpu: { count: 4 }, disks: [1, 2] })).toBeNull();
    expect(await client.get(foundation)).toMatchObject({ id_map: "{'cpu': {'count': 4}, 'disks': [1, 2]}" });
    await refused(client.update(blueprint, { validation_template: { a: '(' } }), {
      validation_template: ['item "a" has a pattern that is no regular expression: "("'],
    });
  });
});

describe('complexes', () => {
  it('are built when enough of their members are, and a structure is in one of them', async () => {
    const members = [await newStructure('member1'), await newStructure('member2')];
    const complex = await created(TEST_COMPLEX, {
      name: 'cluster',
      site: SITE1,
      description: 'two of two',
      members,
      built_percentage: 100,
    });
    const base = `${COMPLEX}:cluster:`;
    expect(await client.get(base)).toMatchObject({ members, state: 'planned', type: 'Test', built_percentage: 100 });
    await force(members[0]!, 'built');
    expect(await client.get(complex)).toMatchObject({ state: 'planned' });
    await client.update(complex, { built_percentage: 50 });
    expect(await client.get(complex)).toMatchObject({ state: 'built' });

    const other = await created(COMPLEX, { name: 'other', site: SITE1, description: 'a thing', members: [] });
    await refused(client.create(MEMBERSHIP, { complex: other, structure: members[0] }), {
      structure: ['Complex structure with this Structure already exists.'],
    });
    const [membership] = (await client.list(MEMBERSHIP, { filter: 'complex', parameters: { complex: base } })).uris;
    await client.update(membership!, { complex: other });
    expect(await client.get(base)).toMatchObject({ members: [members[1]] });
    expect(await client.get(other)).toMatchObject({ members: [members[0]], state: 'built' });
    await client.update(base, { members: [] });
    await client.delete(other);
    await client.create(MEMBERSHIP, { complex: base, structure: members[0] });
    expect(await client.get(base)).toMatchObject({ members: [members[0]] });
  });

  it('carry foundations of their platform, and can not be deleted then', async () => {
    const complex = await created(TEST_COMPLEX, { name: 'carrier', site: SITE1, description: 'a thing', members: [] });
    const base = `${COMPLEX}:carrier:`;
    const make = (uri: string, hostname: string) =>
      client.call(`${uri}(createFoundation)`, { hostname, site: SITE1, interface_map_list: [] });
    expect(await make(base, 'vm1')).toBe(`${FOUNDATION}:vm1:`);
    expect(await client.get('/api/v1/Test/TestComplexedFoundation:vm1:')).toMatchObject({
      complex_host: complex,
      type: 'TestComplex',
      blueprint: BASE,
    });
    await refused(make(base, 'vm1'), { locator: ['Foundation with this Locator already exists.'] });
    await refused(client.delete(complex), { message: 'Not Deletable: used by Foundation vm1' });
    const plain = await created(COMPLEX, { name: 'plain', site: SITE1, description: 'a thing', members: [] });
    await refused(make(plain, 'vm2'), { message: 'Root Complex dose not support Foundations' });
  });
});

describe('dependencies', () => {
  it('hang on a structure or on another dependency, for one foundation each', async () => {
    const structure = await newStructure('switch1');
    const foundation = await newFoundation();
    const dependency = await created(DEPENDENCY, { structure, foundation, link: 'hard', create_script_name: 'open' });
    expect(await client.get(dependency)).toMatchObject({
      structure,
      dependency: null,
      foundation,
      script_structure: null,
      link: 'hard',
      create_script_name: 'open',
      destroy_script_name: null,
      built_at: null,
      state: 'planned',
    });
    await refused(client.create(DEPENDENCY, { structure, foundation, link: 'soft' }), {
      foundation: ['Dependency with this Foundation already exists.'],
    });
    const next = await created(DEPENDENCY, { dependency, link: 'soft' });
    await refused(client.update(dependency, { dependency: next }), {
      dependency: ['the dependency would depend on itself'],
    });
    expect((await client.list(DEPENDENCY, { filter: 'foundation', parameters: { foundation } })).uris).toEqual([
      dependency,
    ]);
    await client.delete(structure);
    await expect(client.get(dependency)).rejects.toThrow();
    await expect(client.get(next)).rejects.toThrow();
    await created(DEPENDENCY, { structure: await newStructure('switch2'), foundation, link: 'soft' });
  });

  it('say what they hang on, and have two different scripts', async () => {
    const structure = await newStructure('switch3');
    await refused(client.create(DEPENDENCY, { link: 'soft' }), {
      structure: ['Either structure or dependency is required'],
    });
    await refused(
      client.create(DEPENDENCY, { structure, link: 'soft', create_script_name: 'a', destroy_script_name: 'a' }),
      { destroy_script_name: ['destroy and create script must be different'] },
    );
    await refused(client.create(DEPENDENCY, { structure, link: 'soft', create_script_name: 'a b' }), {
      create_script_name: ['"a b" is invalid'],
    });
    const dependency = await created(DEPENDENCY, { structure, link: 'soft' });
    await refused(client.create(DEPENDENCY, { dependency, link: 'soft', create_script_name: 'a' }), {
      create_script_name: ['structure or script_sctructure are required for scripts'],
    });
  });
});

it('a site knows what is in it, and what of that depends on what', async () => {
  const site = await created(SITE, { name: 'mapped', description: 'a thing' });
  const host = await newStructure('hypervisor', { site });
  const complex = await created(TEST_COMPLEX, { name: 'mapped', site, description: 'The cluster', members: [host] });
  const vm = 'mappedvm';
  await client.call(`${COMPLEX}:mapped:(createFoundation)`, { hostname: vm, site, interface_map_list: [] });
  const elsewhere = await newStructure('outside');
  const dependency = await created(DEPENDENCY, {
    structure: elsewhere,
    foundation: `${FOUNDATION}:${vm}:`,
    link: 'soft',
  });
  const { foundation } = await client.get(host);
  const entry = (description: string, type: string, dependency_list: string[], more: Values = { has_job: false }) => ({
    description,
    type,
    state: 'planned',
    dependency_list,
    external: false,
    ...more,
  });
  const under = `f-${idOf(String(foundation))}`;
  const { [under]: _, ...map } = (await client.call(`${site}(getDependencyMap)`, {})) as Values;
  expect(map).toEqual({
    [`s-${idOf(host)}`]: entry('hypervisor', 'Structure', [under]),
    [`f-${vm}`]: entry(vm, 'Foundation', [`d-${idOf(dependency)}`, 'c-mapped']),
    [`d-${idOf(dependency)}`]: entry(`outside-${vm}`, 'Dependency', [`s-${idOf(elsewhere)}`]),
    'c-mapped': entry('The cluster', 'Complex', [`s-${idOf(host)}`], {}),
    [`s-${idOf(elsewhere)}`]: entry('outside', 'Structure', [], { external: true }),
  });
  await refused(client.delete(complex), { message: `Not Deletable: used by Foundation ${vm}` });
});

describe('jobs', () => {
  const stateOf = async (uri: string) => (await client.get(uri))['state'];
  const becomes = (uri: string, state: string) => until(async () => (await stateOf(uri)) === state);
  const start = async (uri: string, action: 'doCreate' | 'doDestroy') => client.call(`${uri}(${action})`, {});
  const foundationOf = async (structure: string) => String((await client.get(structure))['foundation']);

  beforeAll(async () => {
    const script = await created('/api/v1/BluePrint/Script', {
      name: 'short',
      description: 'ends at once',
      script: 'begin()\nend\n',
    });
    for (const name of ['open', 'shut']) {
      await created('/api/v1/BluePrint/BluePrintScript', {
        blueprint: '/api/v1/BluePrint/BluePrint:web:',
        script,
        name,
      });
    }
  });

  it('on a structure wait for what it stands on, and go on by themselves', async () => {
    const structure = await newStructure('waits');
    const foundation = await foundationOf(structure);
    const job = Number(await start(structure, 'doCreate'));
    expect(await client.call(`${structure}(getJob)`, {})).toBe(`/api/v1/Foreman/StructureJob:${job}:`);
    expect(await client.get(`/api/v1/Foreman/StructureJob:${job}:`)).toMatchObject({
      structure,
      state: 'waiting',
      script_name: 'create',
      can_start: 'False',
    });
    await refused(start(structure, 'doCreate'), { exception: 'ForemanException', error: 'JOB_EXISTS' });
    await start(foundation, 'doCreate');
    await becomes(foundation, 'built');
    await becomes(structure, 'built');
    await refused(start(structure, 'doCreate'), { error: 'ALLREADY_BUILT' });
    await start(foundation, 'doDestroy');
    await start(structure, 'doDestroy');
    await becomes(structure, 'planned');
    await becomes(foundation, 'planned');
    const { uris } = await client.list('/api/v1/Foreman/JobLog', {
      filter: 'structure',
      parameters: { structure },
    });
    expect(uris).toHaveLength(2);
  });

  it('are not made while what it stands on is being taken away, or is not there', async () => {
    const structure = await newStructure('doomed');
    const foundation = await foundationOf(structure);
    await force(structure, 'built');
    await refused(start(structure, 'doDestroy'), {
      error: 'NOT_BUILT',
      message: 'the supporting target to the target is not built',
    });
    await force(foundation, 'built');
    await start(foundation, 'doDestroy');
    await start(structure, 'doDestroy');
    await becomes(foundation, 'planned');
    expect(await stateOf(structure)).toBe('planned');
  });

  it('on a foundation wait for its dependency; what hangs on a hard link is destroyed first, through jobs', async () => {
    const structure = await newStructure('switch9');
    await force(await foundationOf(structure), 'built');
    const above = await newStructure('above9');
    const foundation = await foundationOf(above);
    const dependency = await created(DEPENDENCY, {
      structure,
      foundation,
      link: 'hard',
      create_script_name: 'open',
      destroy_script_name: 'shut',
    });
    await start(above, 'doCreate');
    await start(foundation, 'doCreate');
    await start(dependency, 'doCreate');
    expect(await stateOf(dependency)).toBe('planned');
    await start(structure, 'doCreate');
    await becomes(above, 'built');
    expect(await stateOf(dependency)).toBe('built');

    await start(structure, 'doDestroy');
    await becomes(structure, 'planned');
    for (const gone of [dependency, foundation, above]) expect(await stateOf(gone)).toBe('planned');
    const logged = await client.list('/api/v1/Foreman/JobLog', { filter: 'dependency', parameters: { dependency } });
    expect(logged.uris).toHaveLength(2);
    expect(await client.get(logged.uris[0]!)).toMatchObject({
      target_class: 'Dependency',
      target_description: `switch9-${idOf(foundation)}`,
    });
  });

  it('that destroy what hangs on a hard link are made once for each, also over a dependency with nothing to run', async () => {
    const structure = await newStructure('switch11');
    await force(await foundationOf(structure), 'built');
    await force(structure, 'built');
    const foundation = await newFoundation();
    await force(foundation, 'built');
    const first = await created(DEPENDENCY, { structure, foundation, link: 'hard' });
    const scripts = { create_script_name: 'open', destroy_script_name: 'shut' };
    const second = await created(DEPENDENCY, { structure, dependency: first, link: 'hard', ...scripts });
    for (const one of [first, second]) await force(one, 'built');
    await start(structure, 'doDestroy');
    await becomes(structure, 'planned');
    for (const gone of [foundation, first, second]) expect(await stateOf(gone)).toBe('planned');
    const { uris } = await client.list('/api/v1/Foreman/JobLog', {
      filter: 'dependency',
      parameters: { dependency: second },
    });
    expect(uris).toHaveLength(1);
    for (const one of [structure, first, foundation]) await force(one, 'built');
    expect(await start(first, 'doDestroy')).toEqual(expect.any(Number));
    await becomes(first, 'planned');
    expect(await stateOf(foundation)).toBe('planned');
  });

  it('on a dependency with nothing to run are not made: it is in the new state at once', async () => {
    const structure = await newStructure('switch10');
    const dependency = await created(DEPENDENCY, { structure, link: 'soft' });
    expect(await start(dependency, 'doCreate')).toBeNull();
    expect(await stateOf(dependency)).toBe('built');
    await refused(client.delete(structure), { message: `Not Deletable: used by Dependency ${idOf(dependency)}` });
    await force(structure, 'built');
    expect(await start(dependency, 'doDestroy')).toBeNull();
    expect(await stateOf(dependency)).toBe('planned');
  });

  it('on a structure may change its configuration values, and see at once that they did', async () => {
    const text = [
      'begin()',
      "structure.set_config( name='count', value=( config.count + 1 ) )",
      "structure.set_config( name='count', value=( config.count + 1 ) )",
      "structure.set_config( name='list.1', value='second' )",
      'end',
    ].join('\n');
    const script = await created('/api/v1/BluePrint/Script', { name: 'counting', description: 'x', script: text });
    const blueprint = await created(STRUCTURE_BLUEPRINT, {
      name: 'counted',
      description: 'a thing',
      foundation_blueprint_list: [BASE],
    });
    await created('/api/v1/BluePrint/BluePrintScript', { blueprint, script, name: 'create' });
    const structure = await newStructure('counted', { blueprint, config_values: { count: 1, list: ['a', 'b'] } });
    await force(await foundationOf(structure), 'built');
    await start(structure, 'doCreate');
    await becomes(structure, 'built');
    expect(await client.get(structure)).toMatchObject({ config_values: { count: 3, list: ['a', 'second'] } });
  });

  it('on what a complex carries wait until enough of its members are built', async () => {
    const member = await newStructure('member9');
    await created(TEST_COMPLEX, { name: 'late', site: SITE1, description: 'late', members: [member] });
    await client.call(`${COMPLEX}:late:(createFoundation)`, { hostname: 'late1', site: SITE1, interface_map_list: [] });
    const carried = `${FOUNDATION}:late1:`;
    await start(carried, 'doCreate');
    expect(await stateOf(carried)).toBe('planned');
    await force(member, 'built');
    await becomes(carried, 'built');
  });
});

describe('what a complex carries', () => {
  const stateOf = async (uri: string) => (await client.get(uri))['state'];
  const becomes = (uri: string, state: string) => until(async () => (await stateOf(uri)) === state);

  it('becomes located without a job when the complex becomes built, and again after it was destroyed', async () => {
    const member = await newStructure('member10');
    await created(TEST_COMPLEX, { name: 'soon', site: SITE1, description: 'soon', members: [member] });
    const args = { site: SITE1, interface_map_list: [] };
    await client.call(`${COMPLEX}:soon:(createFoundation)`, { hostname: 'soon1', ...args });
    const carried = `${FOUNDATION}:soon1:`;
    expect(await stateOf(carried)).toBe('planned');
    await force(member, 'built');
    await becomes(carried, 'located');
    await force(carried, 'built');
    await force(carried, 'planned');
    await becomes(carried, 'located');
    // Also where the complex was built before, and where enough of its members are all at once.
    await client.call(`${COMPLEX}:soon:(createFoundation)`, { hostname: 'soon2', ...args });
    await becomes(`${FOUNDATION}:soon2:`, 'located');
    const { rows } = await database.pool.query<{ n: string }>(
      `SELECT count(*) AS n FROM log.events WHERE stream = 'foundation-soon1' AND type = 'FoundationLocated'`,
    );
    expect(Number(rows[0]?.n)).toBe(2);
  });
});

describe('what belongs to a site goes along', () => {
  it('host names, when it gets another zone; where the name is taken there, it stays in the one before', async () => {
    const [one, other] = [await created(ZONE, { name: 'one' }), await created(ZONE, { name: 'other' })];
    const moving = await created(SITE, { name: 'moving', description: 'a thing', zone: one });
    const standing = await created(SITE, { name: 'standing', description: 'a thing', zone: other });
    await newStructure('twin', { site: standing });
    const twin = await newStructure('twin', { site: moving });
    const solo = await newStructure('solo', { site: moving });
    await client.update(moving, { zone: other });
    const foundation = await newFoundation();
    const again = { hostname: 'solo', blueprint: WEB, foundation };
    const zoneOf = async (structure: string) => {
      const { rows } = await database.pool.query<{ data: string }>(
        `SELECT data FROM log.events WHERE stream = $1 AND type = 'StructureZoneChosen' ORDER BY position DESC LIMIT 1`,
        [`structure-${idOf(structure)}`],
      );
      return rows[0] && (JSON.parse(rows[0].data) as { zone: number }).zone;
    };
    await until(async () => (await zoneOf(solo)) === Number(idOf(other)));
    await refused(client.create(STRUCTURE, { ...again, site: standing }), {
      hostname: [`Hostname "solo" allready used in DNS Zone "${idOf(other)}"`],
    });
    expect(await zoneOf(twin)).toBeUndefined();
    // Its name before is free again.
    const third = await created(SITE, { name: 'third', description: 'a thing', zone: one });
    await created(STRUCTURE, { ...again, site: third });
  });

  it('dependencies, when what they belong to moves, and those that hang on them', async () => {
    const [from, to] = [
      await created(SITE, { name: 'from', description: 'a thing' }),
      await created(SITE, { name: 'to', description: 'a thing' }),
    ];
    const structure = await newStructure('mover', { site: from });
    const direct = await created(DEPENDENCY, { structure, link: 'soft' });
    const hanging = await created(DEPENDENCY, { dependency: direct, link: 'soft' });
    await client.update(structure, { site: to });
    const at = async (site: string) =>
      (await client.list(DEPENDENCY, { filter: 'site', parameters: { site } })).uris.toSorted();
    await until(async () => (await at(to)).length === 2);
    expect([await at(to), await at(from)]).toEqual([[direct, hanging].toSorted(), []]);
  });
});

it('what a complex carries names one of its platform', async () => {
  await created('/api/v1/Manual/ManualComplex', { name: 'by-hand', site: SITE1, description: 'x', members: [] });
  await created(TEST_COMPLEX, { name: 'by-test', site: SITE1, description: 'x', members: [] });
  const values = { locator: 'carried1', site: SITE1, blueprint: BASE };
  const carried = '/api/v1/Test/TestComplexedFoundation';
  await refused(client.create(carried, { ...values, complex_host: '/api/v1/Test/TestComplex:by-hand:' }), {
    complex_host: ['Complex "by-hand" is of type "Manual", and has to be of "Test"'],
  });
  const uri = await created(carried, { ...values, complex_host: '/api/v1/Test/TestComplex:by-test:' });
  await refused(client.update(uri, { complex_host: '/api/v1/Test/TestComplex:by-hand:' }), {
    complex_host: ['Complex "by-hand" is of type "Manual", and has to be of "Test"'],
  });
});

/** As the server before this one described its models. */
const recorded = JSON.parse(readFileSync('test/cases/describe.json', 'utf8')) as Readonly<
  Record<string, { models?: Readonly<Record<string, Model>> }>
>;

interface Model {
  readonly fields: readonly { readonly name: string }[];
  readonly actions: Readonly<Record<string, unknown>>;
  readonly 'not-allowed-verbs': readonly string[];
  readonly 'list-filters': Readonly<Record<string, unknown>>;
}

/** What is described otherwise, on purpose: it never worked, or comes with network interfaces. */
const WITHOUT: Readonly<Record<string, readonly string[]>> = {
  ComplexStructure: ['getConfig'],
};
/** What is new. */
const BESIDES: Readonly<Record<string, readonly string[]>> = { Dependency: ['doCreate', 'doDestroy'] };

describe.each(['Building', 'Manual', 'Test', 'IPMI', 'RedFish', 'AMT', 'Docker'])(
  'the namespace %s is described as it was',
  (namespace) => {
    const models = Object.entries(recorded[`/api/v1/${namespace}/`]?.models ?? {});

    it.each(models)('%s', async (name, model) => {
      const path = `/api/v1/${namespace}/${name}`;
      const found = (await client.describe(path)).data as unknown as Model;
      const byName = (fields: Model['fields']) =>
        Object.fromEntries(
          fields.map(({ name: key, ...field }) => {
            // A fresh uuid each time was no default, and texts for people are new.
            const { doc: _, ...shown } = { ...field, ...(key === 'config_uuid' ? { default: null } : {}) } as Values;
            return [key, shown];
          }),
        );
      expect(byName(found.fields)).toEqual(byName(model.fields));
      expect(found['not-allowed-verbs'].toSorted()).toEqual(model['not-allowed-verbs'].toSorted());
      expect(found['list-filters']).toEqual(model['list-filters']);
      const actions = [
        ...Object.keys(model.actions).filter((action) => !WITHOUT[name]?.includes(action)),
        ...(BESIDES[name] ?? []),
      ];
      expect((found.actions as unknown as string[]).toSorted()).toEqual(
        actions.map((action) => `${path}(${action})`).toSorted(),
      );
      for (const action of Object.keys(model.actions).filter((one) => actions.includes(one))) {
        const described = (await client.describe(`${path}(${action})`)).data;
        expect(described).toMatchObject(model.actions[action] as Values);
      }
    });
  },
);
