import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Refusal } from '#kernel';
import type { ResourceServer } from '../../test/resource-server.ts';
import { startResourceServer } from '../../test/resource-server.ts';
import { blueprints } from '../blueprints.ts';
import { pxes } from '../pxes.ts';
import { scriptLinks } from '../script-links.ts';
import { scripts } from '../scripts.ts';
import { MAX_FAULTS } from './resource-faults.ts';
import { MAX_CHARACTERS, MAX_OBJECTS } from './resource-file.ts';

jest.setTimeout(240_000);

describe('loading resource files', () => {
  let server: ResourceServer;
  beforeAll(async () => {
    server = await startResourceServer();
  });
  afterAll(() => server.modules.stop());

  const row = (name: string) => server.modules.reads.now.get(blueprints, name);
  const outcomes = async (loaded: ReturnType<ResourceServer['load']>): Promise<string[]> =>
    (await loaded).objects.map(({ kind, name, outcome }) => `${kind} ${name} ${outcome}`);
  const faults = async (loaded: Promise<unknown>): Promise<string[]> => {
    const error: unknown = await loaded.catch((thrown: unknown) => thrown);
    if (!(error instanceof Refusal)) throw error instanceof Error ? error : new Error('nothing was refused');
    return error.faults.map(({ field, text }) => `${field}: ${text}`);
  };
  /** Does something, and tells the types of the events it has led to. */
  const eventsOf = async (act: () => Promise<unknown>): Promise<string[]> => {
    const before = await server.head();
    await act();
    return (await server.eventsSince(before)).map((event) => event.split(' ').slice(0, 2).join(' '));
  };

  /** Every feature of the format, as somebody else might have written it. */
  const WHOLE = `\uFEFF# everything
sflinks = [ [ 'whole-web', 'whole-metal' ],
            [ "whole-web", "nowhere" ] ]

[script.whole-create]
description = "creates"
script = """
begin( description='a' )\\n\\
  pause( msg="it's up" )
end
"""

[script.whole-destroy]
description = 'destroys'
script = '''pause( msg='down' )'''

[foundation.whole-metal]
description = 'metal'
parents = [ 'whole-any' ]
foundation_types = [ 'Manual', "ManualComplex" ]
physical_interface_names = [ 'eth0', 'eth1' ]
config_values = { console = 'ttyS0', '>list:VM' = [ 1, 2 ] }
template = { 'cpu.count' = { min = 2 }, 'dmi.vendor' = 'ACME.*' }
scripts = { create = 'whole-create' }

[foundation.whole-any]
description = 'any metal'
foundation_types = [ 'Manual' ]

[structure.whole-web]
description = 'web'
parents = [ 'whole-linux' ]
scripts = { create = 'whole-create', destroy = 'whole-destroy', 'patch-it' = 'whole-create' }

[structure.whole-web.config_values]
20 = 'twenty'
3 = 'three'
ratio = 1.0
>unquoted:VM = [ 'x' ]
mixed = [ 1, 'two', 3.5, true, { four = 4 } ]
'~gone' = ''

[structure.whole-web.config_values.ports]
http = 80
[[structure.whole-web.config_values.users]]
name = 'one'
[[structure.whole-web.config_values.users]]
name = 'two'

[structure.whole-web.config_schema]
ratio = { type = 'number', required = true }
[structure.whole-web.config_schema.motd]
type = 'text'
default = 'hello'

[structure.whole-linux]
description = 'linux'

[pxe.whole-boot]
description = 'not kept'
boot_script = """echo {{ _hostname }}
boot
"""
template = '# nothing'
`.replaceAll('\n', '\r\n');

  it('takes every feature of the format', async () => {
    const loaded = await server.load(WHOLE, {}, 'whole.toml');
    expect(loaded.objects.map(({ kind, name, outcome }) => `${kind} ${name} ${outcome}`)).toEqual([
      'script whole-create created',
      'script whole-destroy created',
      'foundation whole-any created',
      'foundation whole-metal created',
      'structure whole-linux created',
      'structure whole-web created',
      'pxe whole-boot created',
      'link whole-web on whole-metal created',
      'link whole-web on nowhere skipped',
    ]);
    expect(loaded.warnings).toEqual([
      "whole.toml:39: >unquoted:VM: the key has to be in quotes; it was read as '>unquoted:VM'",
      'whole.toml:3: sflinks: there is no foundation blueprint nowhere yet: load the file again once there is',
    ]);
    expect(await row('whole-web')).toMatchObject({
      kind: 'structure',
      description: 'web',
      parents: ['whole-linux'],
      foundationBluePrints: ['whole-metal'],
      linkedBy: { 'whole-metal': 'whole.toml' },
      scripts: { create: 'whole-create', destroy: 'whole-destroy', 'patch-it': 'whole-create' },
      configSchema: { ratio: { type: 'number', required: true }, motd: { type: 'text', default: 'hello' } },
    });
    const values = (await row('whole-web'))?.configValues ?? [];
    expect(values.map(([key]) => key)).toEqual([
      '20',
      '3',
      'ratio',
      '>unquoted:VM',
      'mixed',
      '~gone',
      'ports',
      'users',
    ]);
    const { data } = (await server.modules.store.readStream('blueprint-whole-web'))[0] ?? { data: '' };
    expect(data).toContain('["ratio",1.0]');
    expect(data).toContain('["users",[{"name":"one"},{"name":"two"}]]');
    expect(await row('whole-metal')).toMatchObject({
      foundationTypes: ['Manual', 'ManualComplex'],
      physicalInterfaceNames: ['eth0', 'eth1'],
      validationTemplate: { 'cpu.count': { min: 2 }, 'dmi.vendor': 'ACME.*' },
      scripts: { create: 'whole-create' },
    });
    expect(await server.modules.reads.now.get(scripts, 'whole-create')).toMatchObject({
      text: `begin( description='a' )\npause( msg="it's up" )\nend\n`,
    });
    expect(await server.modules.reads.now.get(pxes, 'whole-boot')).toMatchObject({
      bootScript: 'echo {{ _hostname }}\nboot\n',
      template: '# nothing',
    });
  });

  it('appends nothing where all is as the file says', async () => {
    await server.load(WHOLE, {}, 'whole.toml');
    expect(await eventsOf(() => server.load(WHOLE, {}, 'whole.toml'))).toEqual([]);
    expect(await outcomes(server.load(WHOLE, {}, 'another.toml'))).toContain('structure whole-web unchanged');
  });

  it('is one append', async () => {
    const before = await server.head();
    await server.load(`[structure.one-a]\ndescription = 'a'\n[structure.one-b]\ndescription = 'b'`);
    const { events } = await server.modules.store.readAll(before);
    const requests = new Set(events.map(({ meta }) => (JSON.parse(meta) as { request: string }).request));
    expect([events.length, requests.size]).toEqual([2, 1]);
    expect((JSON.parse(events[0]?.meta ?? '{}') as { command: string }).command).toBe('LoadResources');
  });

  it('changes nothing where anything is wrong', async () => {
    const text = `[structure.half-a]\ndescription = 'a'\n[structure.half-b]\ndescription = 'b'\nparents = ['nobody']`;
    expect(await eventsOf(() => faults(server.load(text)))).toEqual([]);
    expect(await row('half-a')).toBeUndefined();
  });

  it('keeps what a file does not say of a blueprint, and takes back what it no longer says of slots and parents', async () => {
    await server.load(`
[script.keep-script]
description = 'x'
script = 'pause( msg="x" )'
[structure.keep-top]
description = 'top'
[structure.keep]
description = 'first'
parents = ['keep-top']
config_values = { one = 1, two = 2 }
scripts = { create = 'keep-script', destroy = 'keep-script' }`);
    const [created, ...others] = await eventsOf(() =>
      server.load(`[structure.keep]\nscripts = { destroy = 'keep-script' }`),
    );
    expect([created, ...others]).toEqual([
      'blueprint-keep BluePrintParentsChosen',
      'blueprint-keep SlotEmptied',
      expect.stringMatching(/^blueprintScript-\d+ ScriptUnlinked$/),
    ]);
    expect(await row('keep')).toMatchObject({
      description: 'first',
      configValues: [
        ['one', 1],
        ['two', 2],
      ],
      parents: [],
      scripts: { destroy: 'keep-script' },
    });
    await server.load(`[structure.keep]\nconfig_values = { three = 3 }`);
    expect(await row('keep')).toMatchObject({ configValues: [['three', 3]], scripts: {} });
  });

  it('puts another script into a slot by the link that is there', async () => {
    const text = (name: string) => `
[script.slot-one]
description = 'x'
script = 'pause( msg="x" )'
[script.slot-two]
description = 'x'
script = 'pause( msg="y" )'
[structure.slots]
description = 'x'
scripts = { create = '${name}' }`;
    await server.load(text('slot-one'));
    expect(await eventsOf(() => server.load(text('slot-two')))).toEqual([
      'blueprint-slots SlotFilled',
      expect.stringMatching(/^blueprintScript-\d+ ScriptRelinked$/),
    ]);
  });

  describe('links', () => {
    const FOUNDATIONS = ['link-a', 'link-b', 'link-c', 'link-d']
      .map((name) => `[foundation.${name}]\ndescription = 'x'\nfoundation_types = ['Manual']\n`)
      .join('');
    const linksOf = async (name: string) => {
      const { foundationBluePrints, linkedBy } = (await row(name)) ?? {};
      return [foundationBluePrints, linkedBy];
    };

    it('of other files and of people stay when a file is loaded again; its own go when it no longer has them', async () => {
      const base = (links: string) => `sflinks = [${links}]\n[structure.linked]\ndescription = 'x'\n`;
      await server.load(FOUNDATIONS);
      await server.load(base(`['linked', 'link-a'], ['linked', 'link-b']`), {}, 'base.toml');
      await server.load(`sflinks = [['linked', 'link-c'], ['linked', 'link-a']]`, {}, 'other.toml');
      const { ChangeStructureBluePrint } = await import('../blueprint.commands.ts');
      const list = ['link-a', 'link-b', 'link-c', 'link-d'];
      await server.send(new ChangeStructureBluePrint('linked', { foundation_blueprint_list: list }));
      expect(await linksOf('linked')).toEqual([
        ['link-a', 'link-b', 'link-c', 'link-d'],
        { 'link-a': 'base.toml', 'link-b': 'base.toml', 'link-c': 'other.toml' },
      ]);
      expect(await outcomes(server.load(base(`['linked', 'link-a']`), {}, 'base.toml'))).toEqual([
        'structure linked unchanged',
        'link linked on link-b removed',
        'link linked on link-a unchanged',
      ]);
      expect(await linksOf('linked')).toEqual([
        ['link-a', 'link-c', 'link-d'],
        { 'link-a': 'base.toml', 'link-c': 'other.toml' },
      ]);
    });

    it('that somebody takes back by hand are made again by the file, and are those of the file', async () => {
      const { ChangeStructureBluePrint } = await import('../blueprint.commands.ts');
      const text = `sflinks = [['again', 'link-a']]\n${FOUNDATIONS}[structure.again]\ndescription = 'x'\n`;
      await server.load(text);
      await server.send(new ChangeStructureBluePrint('again', { foundation_blueprint_list: ['link-b'] }));
      expect(await linksOf('again')).toEqual([['link-b'], {}]);
      await server.load(text);
      expect(await linksOf('again')).toEqual([['link-b', 'link-a'], { 'link-a': 'test.toml' }]);
    });

    it('are listed by the structure as well', async () => {
      const text = (list: string) =>
        `${FOUNDATIONS}[structure.listed]\ndescription = 'x'\nfoundation_blueprints = [${list}]\n`;
      await server.load(text(`'link-a', 'link-b'`));
      await server.load(text(`'link-b', 'link-c'`));
      expect(await linksOf('listed')).toEqual([['link-b', 'link-c'], { 'link-b': 'test.toml', 'link-c': 'test.toml' }]);
    });

    it('are made by a file of links alone, which takes none back', async () => {
      await server.load(`${FOUNDATIONS}[structure.alone]\ndescription = 'x'\n`);
      await server.load(`sflinks = [['alone', 'link-a']]`, {}, 'links.toml');
      await server.load(`sflinks = [['alone', 'link-b']]`, {}, 'links.toml');
      expect(await linksOf('alone')).toEqual([
        ['link-a', 'link-b'],
        { 'link-a': 'links.toml', 'link-b': 'links.toml' },
      ]);
    });
  });

  describe('in part', () => {
    const TEXT = `
sflinks = [['part', 'part-metal']]
[script.part]
description = 'x'
script = 'pause( msg="x" )'
[foundation.part-metal]
description = 'x'
foundation_types = ['Manual']
[structure.part]
description = 'x'
[structure.part-other]
description = 'x'
[pxe.part]
boot_script = 'boot'
template = '#'
`;
    it.each([
      ['a type', { type: 'pxe' }, ['pxe part created']],
      [
        'a name, links aside',
        { name: 'part' },
        ['script part created', 'structure part created', 'pxe part created', 'link part on part-metal skipped'],
      ],
      ['a type and a name', { type: 'structure', name: 'part-other' }, ['structure part-other created']],
      [
        'what is there already',
        { mode: 'update' },
        [
          'script part skipped',
          'foundation part-metal skipped',
          'structure part skipped',
          'structure part-other skipped',
          'pxe part skipped',
          'link part on part-metal skipped',
        ],
      ],
      ['links', { type: 'links' }, ['link part on part-metal skipped']],
    ])('by %s', async (_, how, expected) => {
      expect(await outcomes(server.load(TEXT, { ...how, dryRun: true }))).toEqual(expected);
    });

    it('by what is missing', async () => {
      await server.load(TEXT);
      expect(
        await outcomes(
          server.load(TEXT.replace(`[structure.part]\ndescription = 'x'`, `[structure.part]\ndescription = 'y'`), {
            mode: 'add',
          }),
        ),
      ).toEqual(expect.arrayContaining(['structure part skipped', 'link part on part-metal unchanged']));
    });

    it.each([
      [{ type: 'scripts' }, 'type: must be one of all, script, foundation, structure, pxe, links'],
      [{ mode: 'no' }, 'mode: must be one of both, add, update'],
    ])('that there is not: %j', async (how, fault) => expect(await faults(server.load(TEXT, how))).toEqual([fault]));
  });

  describe('tried', () => {
    const TEXT = (n: number) => `
sflinks = [['try', 'try-metal']]
[script.try]
description = 'x'
script = 'pause( msg="${n}" )'
[foundation.try-metal]
description = '${n}'
foundation_types = ['Manual']
[structure.try]
description = 'x'
scripts = { create = 'try' }
[structure.try.config_values]
number = ${n}
ratio = ${n}.0
password = 'secret ${n}'
[pxe.try]
boot_script = 'boot ${n}'
template = '#'
`;
    it('leaves everything as it is, and tells what loading comes to', async () => {
      for (const n of [1, 2, 2]) {
        const before = await server.head();
        const tried = await server.load(TEXT(n), { dryRun: true });
        expect([tried.dry_run, await server.head()]).toEqual([true, before]);
        expect(await server.load(TEXT(n))).toEqual({ ...tried, dry_run: false });
      }
    });

    it('tells each value before and after, and no secret', async () => {
      await server.load(TEXT(5));
      const { objects } = await server.load(TEXT(6), { dryRun: true });
      const changes = Object.fromEntries(objects.map(({ kind, name, changes: its }) => [`${kind} ${name}`, its]));
      expect(JSON.stringify(changes)).not.toContain('secret');
      expect(changes).toMatchObject({
        'script try': { script: { before: 'pause( msg="5" )', after: 'pause( msg="6" )' } },
        'foundation try-metal': { description: { before: '5', after: '6' } },
        'structure try': {
          config_values: { before: { number: 5, password: '********' }, after: { number: 6, password: '********' } },
        },
        'pxe try': { boot_script: { before: 'boot 5', after: 'boot 6' } },
      });
    });

    it('keeps no secret', async () => {
      const count = async () => (await server.modules.database.pool.query('SELECT FROM ledger.secrets')).rowCount;
      const before = await count();
      await server.load(TEXT(77), { dryRun: true });
      expect(await count()).toBe(before);
    });

    it('is refused as loading is', async () => {
      const text = `[structure.refused]\ndescription = 'x'\nparents = ['nobody']`;
      expect(await faults(server.load(text, { dryRun: true }))).toEqual(await faults(server.load(text)));
    });
  });

  it.each<[string, string, string[]]>([
    [
      'an unknown parent',
      `[structure.bad]\ndescription = 'x'\nparents = [\n  'nobody',\n]`,
      ['test.toml:4: structure.bad.parents.0: there is no structure blueprint nobody'],
    ],
    [
      'a parent of the other kind',
      `[foundation.bad-f]\ndescription = 'x'\nfoundation_types = ['Manual']\n[structure.bad]\ndescription = 'x'\nparents = ['bad-f']`,
      ['test.toml:6: structure.bad.parents.0: there is no structure blueprint bad-f'],
    ],
    [
      'an unknown script',
      `[structure.bad]\ndescription = 'x'\nscripts = { create = 'nothing' }`,
      ['test.toml:3: structure.bad.scripts.create: there is no script nothing'],
    ],
    [
      'an unknown foundation',
      `[structure.bad]\ndescription = 'x'\nfoundation_blueprints = ['nothing']`,
      ['test.toml:3: structure.bad.foundation_blueprints.0: there is no foundation blueprint nothing'],
    ],
    [
      'a circle of parents',
      `[structure.bad-a]\ndescription = 'x'\nparents = ['bad-b']\n[structure.bad-b]\ndescription = 'x'\nparents = ['bad-a']`,
      ["test.toml:3: structure.bad-a.parents: blueprints are one another's parents: bad-a → bad-b → bad-a"],
    ],
    [
      'its own parent',
      `[structure.bad]\ndescription = 'x'\nparents = ['bad']`,
      ["test.toml:3: structure.bad.parents: blueprints are one another's parents: bad → bad"],
    ],
    [
      'a script with a fault',
      `[script.bad]\ndescription = 'x'\nscript = '''\nbegin()\nnonsense here\nend\n'''`,
      [
        expect.stringMatching(
          /^test\.toml:5: script\.bad\.script: Script is invalid: line 2 column \d+: /,
        ) as unknown as string,
      ],
    ],
    [
      'a script without anything',
      `[script.bad]`,
      [
        'test.toml:1: script.bad.description: is missing or empty',
        'test.toml:1: script.bad.script: is missing or empty',
      ],
    ],
    [
      'a blueprint without a description',
      `[structure.bad]\nparents = []`,
      ['test.toml:1: structure.bad.description: is missing or empty'],
    ],
    [
      'a foundation without types',
      `[foundation.bad]\ndescription = 'x'`,
      ['test.toml:1: foundation.bad.foundation_types: This field cannot be blank.'],
    ],
    [
      'names that are none',
      `[structure.'a b']\ndescription = 'x'\n[script.${'x'.repeat(41)}]\ndescription = 'x'\nscript = 'aa = 1'`,
      [
        `test.toml:3: script.${'x'.repeat(41)}: is longer than 40 characters`,
        'test.toml:1: structure.a b: "a b" is no name',
      ],
    ],
    [
      'a slot that is none',
      `[script.bad]\ndescription = 'x'\nscript = 'aa = 1'\n[structure.bad]\ndescription = 'x'\n[structure.bad.scripts]\n'no slot' = 'bad'`,
      ['test.toml:7: structure.bad.scripts.no slot: "no slot" is no name of a slot'],
    ],
    [
      'a value that is no template',
      `[structure.bad]\ndescription = 'x'\n[structure.bad.config_values]\nfine = 1\n[structure.bad.config_values.deep]\nmotd = '{{ a | no_such_filter }}'`,
      [
        expect.stringMatching(
          /^test\.toml:6: structure\.bad\.config_values\.deep\.motd: config item "deep.motd" is not a valid/,
        ) as unknown as string,
      ],
    ],
    [
      'a value with a name that is none',
      `[structure.bad]\ndescription = 'x'\n[structure.bad.config_values]\nfine = 1\n'not fine' = 2`,
      ['test.toml:5: structure.bad.config_values.not fine: config item name "not fine" is invalid'],
    ],
    [
      'a mask that stands for nothing',
      `[structure.bad]\ndescription = 'x'\nconfig_values = { password = '********' }`,
      [
        'test.toml:3: structure.bad.config_values.password: config item "password" is a mask, and there is no value it stands for',
      ],
    ],
    [
      'a template that is none',
      `[pxe.bad]\nboot_script = 'boot {{'\ntemplate = '#'`,
      [expect.stringMatching(/^test\.toml:2: pxe\.bad\.boot_script: not a valid template: /) as unknown as string],
    ],
    [
      'a PXE without anything',
      `[pxe.bad]\ndescription = 'x'`,
      ['test.toml:1: pxe.bad.boot_script: is missing or empty', 'test.toml:1: pxe.bad.template: is missing or empty'],
    ],
    [
      'a validation template that is none',
      `[foundation.bad]\ndescription = 'x'\nfoundation_types = ['Manual']\ntemplate = { cpu = '(' }`,
      [
        expect.stringMatching(
          /^test\.toml:4: foundation\.bad\.template: item "cpu" has a pattern that is no regular/,
        ) as unknown as string,
      ],
    ],
    [
      'one name for both kinds of blueprints',
      `[foundation.bad]\ndescription = 'x'\nfoundation_types = ['Manual']\n[structure.bad]\ndescription = 'x'`,
      [
        'test.toml:4: structure.bad: is defined in test.toml:1 too, as foundation.bad',
        'test.toml:4: structure.bad: there is a foundation blueprint bad',
      ],
    ],
    [
      'a schema that is none',
      `[structure.bad]\ndescription = 'x'\n[structure.bad.config_schema]\nport = { type = 'port' }`,
      [
        'test.toml:3: structure.bad.config_schema: key "port": "type" must be one of text, integer, number, boolean, list, map',
      ],
    ],
    [
      'what is no TOML',
      `[structure.bad]\ndescription: 'x'`,
      ['test.toml:2: between the key description and its value there has to be "=", not ":"'],
    ],
  ])('refuses %s', async (_, text, expected) => expect(await faults(server.load(text))).toEqual(expected));

  it('refuses a blueprint of the other kind that is there', async () => {
    await server.load(`[structure.kind]\ndescription = 'x'`);
    expect(await faults(server.load(`[foundation.kind]\ndescription = 'x'\nfoundation_types = ['Manual']`))).toEqual([
      'test.toml:1: foundation.kind: there is a structure blueprint kind',
    ]);
  });

  it('refuses a circle with what is there', async () => {
    await server.load(
      `[structure.circle-a]\ndescription = 'x'\n[structure.circle-b]\ndescription = 'x'\nparents = ['circle-a']`,
    );
    expect(await faults(server.load(`[structure.circle-a]\nparents = ['circle-b']`))).toEqual([
      'test.toml:2: structure.circle-a.parents: BluePrint "circle-a" would be its own parent',
    ]);
    // Turned round as a whole it is none.
    await server.load(`[structure.circle-b]\n[structure.circle-a]\nparents = ['circle-b']`);
    expect(await row('circle-a')).toMatchObject({ parents: ['circle-b'] });
  });

  it('takes several files as one, in whatever order they need each other', async () => {
    const top = `[structure.files-top]\ndescription = 'x'`;
    const web = `[structure.files-web]\ndescription = 'x'\nparents = ['files-top']`;
    expect(await outcomes(server.loadAll({ 'web.toml': web, 'top.toml': top }))).toEqual([
      'structure files-top created',
      'structure files-web created',
    ]);
    expect(await faults(server.loadAll({ 'web.toml': web, 'again.toml': web }))).toEqual([
      'again.toml:1: structure.files-web: is defined in web.toml:1 too, as structure.files-web',
    ]);
  });

  it('loads a secret once, and a mask leaves it as it is', async () => {
    const text = (value: string) => `[structure.secret]\ndescription = 'x'\nconfig_values = { password = '${value}' }`;
    await server.load(text('hush'));
    expect((await server.eventsSince(0n)).filter((event) => event.includes('hush'))).toEqual([]);
    expect(await eventsOf(() => server.load(text('hush')))).toEqual([]);
    expect(await eventsOf(() => server.load(text('********')))).toEqual([]);
    expect(await eventsOf(() => server.load(text('other')))).toEqual(['blueprint-secret BluePrintConfigured']);
  });

  it('seals what a schema declares a secret, also where it was written in clear text before', async () => {
    await server.load(`[structure.till]\ndescription = 'x'\nconfig_values = { till_pin = 'in clear' }`);
    await server.load(`[structure.till]\n[structure.till.config_schema]\ntill_pin = { type = 'text', secret = true }`);
    expect(JSON.stringify((await row('till'))?.configValues)).toMatch(/^\[\["till_pin",\{"\$secret":"[^"]+"\}\]\]$/);
    const text = `[structure.till-2]\ndescription = 'x'\nparents = ['till']\nconfig_values = { till_pin = 'hush' }`;
    await server.load(text);
    expect((await server.eventsSince(0n)).filter((event) => event.includes('hush'))).toEqual([]);
    const { objects } = await server.load(`[structure.till]\nconfig_schema = {}`, { dryRun: true });
    expect(objects).toMatchObject([
      { outcome: 'changed', changes: { config_schema: { before: { till_pin: { secret: true } }, after: {} } } },
    ]);
  });

  it('has bounds', async () => {
    expect(await faults(server.load(`# ${'x'.repeat(MAX_CHARACTERS)}`))).toEqual([
      `files: ${MAX_CHARACTERS + 2} characters in resource files; at most ${MAX_CHARACTERS} at once`,
    ]);
    const links = (count: number) => `sflinks = [${`['a','b'],`.repeat(count)}]`;
    expect(await faults(server.load(links(MAX_OBJECTS + 1)))).toEqual([
      `files: ${MAX_OBJECTS + 1} things in resource files; at most ${MAX_OBJECTS} at once`,
    ]);
    const many = Array.from({ length: MAX_FAULTS + 5 }, (__, n) => `[pxe.bound${n}]\nboot_script = 'x'\n`).join('');
    const told = await faults(server.load(many));
    expect([told.length, told.at(-1)]).toEqual([MAX_FAULTS + 1, 'files: 5 more faults']);
    expect(await faults(server.loadAll({}))).toEqual(['files: there is no file to load']);
    expect(await faults(server.load('', {}, 'a/b.toml'))).toEqual(['files: "a/b.toml" is no name of a file']);
    expect(await faults(server.loadAll({}, { shipped: ['none'] }))).toEqual([
      'shipped: no resource file "none" comes with the server',
    ]);
  });

  it('loads a thousand things at once, which is more than an append usually takes', async () => {
    const text = Array.from(
      { length: 1000 },
      (__, n) => `[structure.many-${n}]\ndescription = 'one of many'\nscripts = { create = 'many' }
[structure.many-${n}.config_values]\nnumber = ${n}\nmotd = 'This is {{ _hostname }}, number ${n}'\n`,
    ).join('');
    const loaded = await server.load(`[script.many]\ndescription = 'x'\nscript = 'aa = 1'\n${text}`);
    expect(new Set(loaded.objects.map(({ outcome }) => outcome))).toEqual(new Set(['created']));
    expect(await row('many-999')).toMatchObject({ scripts: { create: 'many' } });
    const where = { script: 'many' };
    expect((await server.modules.reads.now.keys(scriptLinks, { where })).total).toBe(1000);
  });
});
