import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ResourceServer } from '../../test/resource-server.ts';
import { startResourceServer } from '../../test/resource-server.ts';
import { MAX_FAULTS } from './resource-faults.ts';
import { MAX_CHARACTERS, MAX_OBJECTS } from './resource-file.ts';

jest.setTimeout(240_000);

describe('loading resource files', () => {
  let server: ResourceServer;
  beforeAll(async () => {
    server = await startResourceServer();
  });
  afterAll(() => server.modules.stop());

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
  ])('refuses %s', async (_, text, expected) => expect(await server.faults(server.load(text))).toEqual(expected));

  it('refuses a blueprint of the other kind that is there', async () => {
    await server.load(`[structure.kind]\ndescription = 'x'`);
    expect(
      await server.faults(server.load(`[foundation.kind]\ndescription = 'x'\nfoundation_types = ['Manual']`)),
    ).toEqual(['test.toml:1: foundation.kind: there is a structure blueprint kind']);
  });

  it('refuses a circle with what is there', async () => {
    await server.load(
      `[structure.circle-a]\ndescription = 'x'\n[structure.circle-b]\ndescription = 'x'\nparents = ['circle-a']`,
    );
    expect(await server.faults(server.load(`[structure.circle-a]\nparents = ['circle-b']`))).toEqual([
      'test.toml:2: structure.circle-a.parents: BluePrint "circle-a" would be its own parent',
    ]);
    // Turned round as a whole it is none.
    await server.load(`[structure.circle-b]\n[structure.circle-a]\nparents = ['circle-b']`);
    expect(await server.row('circle-a')).toMatchObject({ parents: ['circle-b'] });
  });

  it('has bounds', async () => {
    expect(await server.faults(server.load(`# ${'x'.repeat(MAX_CHARACTERS)}`))).toEqual([
      `files: ${MAX_CHARACTERS + 2} characters in resource files; at most ${MAX_CHARACTERS} at once`,
    ]);
    const links = (count: number) => `sflinks = [${`['a','b'],`.repeat(count)}]`;
    expect(await server.faults(server.load(links(MAX_OBJECTS + 1)))).toEqual([
      `files: ${MAX_OBJECTS + 1} things in resource files; at most ${MAX_OBJECTS} at once`,
    ]);
    const many = Array.from({ length: MAX_FAULTS + 5 }, (__, n) => `[pxe.bound${n}]\nboot_script = 'x'\n`).join('');
    const told = await server.faults(server.load(many));
    expect([told.length, told.at(-1)]).toEqual([MAX_FAULTS + 1, 'files: 5 more faults']);
    expect(await server.faults(server.loadAll({}))).toEqual(['files: there is no file to load']);
    expect(await server.faults(server.load('', {}, 'a/b.toml'))).toEqual(['files: "a/b.toml" is no name of a file']);
    expect(await server.faults(server.loadAll({}, { shipped: ['none'] }))).toEqual([
      'shipped: no resource file "none" comes with the server',
    ]);
  });
});
