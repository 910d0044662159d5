import { describe, expect, it } from '@jest/globals';
import type { Json, JsonMap } from '#kernel';
import { IntegralFloat, secretReference } from '#kernel';
import type { Declarations } from './check-configuration.ts';
import { checkConfiguration } from './check-configuration.ts';
import type { ConfigSchema } from './config-schema.ts';
import { MAX_SCHEMA_KEYS, schemaFaults, schemaSecretNames } from './config-schema.ts';
import type { Layer } from './layer.ts';

describe('a schema', () => {
  it('is a map of keys, each with its rules', () =>
    expect(
      schemaFaults({
        port: { type: 'integer', required: true, default: 80, minimum: 1, maximum: 65535, description: 'where' },
        '9x-y_z': { type: 'text', pattern: '[a-z]+', enum: ['a', 'b'], default: 'a' },
        ratio: { type: 'number', default: 1, enum: [1, new IntegralFloat(2), 2.5] as never },
        motd: { type: 'integer', default: '{{ port }}' },
        users: { type: 'list', maximum: 2, default: [{ name: 'root' }] },
        more: { type: 'map', default: {} },
        bmc_pin: { type: 'text', secret: true, required: true },
        sure: { type: 'boolean', default: false },
      }),
    ).toEqual([]));

  it.each<[JsonMap, string]>([
    [{ _port: { type: 'text' } }, 'key "_port" is no name of a config item'],
    [{ '>port': { type: 'text' } }, 'key ">port" is no name of a config item'],
    [{ 'port:VM': { type: 'text' } }, 'key "port:VM" is no name of a config item'],
    [{ a: 'text' }, 'key "a": must be a map of rules'],
    [{ a: ['text'] }, 'key "a": must be a map of rules'],
    [{ a: {} }, 'key "a": "type" must be one of text, integer, number, boolean, list, map'],
    [{ a: { type: 'float' } }, 'key "a": "type" must be one of text, integer, number, boolean, list, map'],
    [{ a: { type: 'text', colour: 1 } }, 'key "a": "colour" is no rule'],
    [{ a: { type: 'text', constructor: 1 } }, 'key "a": "constructor" is no rule'],
    [{ a: { type: 'text', required: 'yes' } }, 'key "a": "required" must be true or false'],
    [{ a: { type: 'text', secret: 1 } }, 'key "a": "secret" must be true or false'],
    [
      { a: { type: 'text', description: 'x'.repeat(201) } },
      'key "a": "description" must be text of at most 200 characters',
    ],
    [{ a: { type: 'integer', pattern: '1' } }, 'key "a": "pattern" is for texts'],
    [{ a: { type: 'text', pattern: '(' } }, 'key "a": "pattern" is no regular expression: "("'],
    [{ a: { type: 'text', pattern: 'x'.repeat(501) } }, 'key "a": "pattern" must be text of at most 500 characters'],
    [{ a: { type: 'list', enum: [1] } }, 'key "a": "enum" is for texts, integers and numbers'],
    [{ a: { type: 'text', enum: [] } }, 'key "a": "enum" must be a list of 1 to 100 values'],
    [
      { a: { type: 'text', enum: Array.from({ length: 101 }, String) } },
      'key "a": "enum" must be a list of 1 to 100 values',
    ],
    [{ a: { type: 'text', enum: ['a', 1] } }, 'key "a": "enum" has a value that is no text: 1'],
    [{ a: { type: 'text', minimum: 1 } }, 'key "a": "minimum" is for integers, numbers, lists and maps'],
    [{ a: { type: 'list', maximum: '1' } }, 'key "a": "maximum" must be a number'],
    [{ a: { type: 'integer', minimum: 2, maximum: 1 } }, 'key "a": "minimum" is more than "maximum"'],
    [{ a: { type: 'integer', default: null } }, 'key "a": "default" must be a value'],
    [{ a: { type: 'integer', default: '8' } }, 'key "a": "default" must be an integer, is text'],
    [{ a: { type: 'text', default: 'x', pattern: 'y' } }, 'key "a": "default" must match y'],
    [{ a: { type: 'text', default: '{{ b' } }, 'key "a": "default" is not a valid template (a): '],
    [{ a: { type: 'map', default: { $secret: 'x' } } }, 'key "a": "default" holds a map with the key "$secret"'],
    [{ a: { type: 'text', secret: true, default: 'x' } }, 'key "a": "default" can not be said of a secret'],
    [{ a: { type: 'text', secret: true, pattern: 'x' } }, 'key "a": "pattern" can not be said of a secret'],
    [{ a_password: { type: 'text', default: 'x' } }, 'key "a_password": "default" holds a secret (a_password)'],
    [{ a: { type: 'list', default: [{ token: 'x' }] } }, 'key "a": "default" holds a secret (a.0.token)'],
  ])('is not %j', (schema, fault) => expect(schemaFaults(schema)).toEqual([expect.stringContaining(fault)]));

  it('has its bounds: 200 keys, and 64 KiB', () => {
    const keys = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, { type: 'text' }]));
    expect(schemaFaults(keys(MAX_SCHEMA_KEYS))).toEqual([]);
    expect(schemaFaults(keys(MAX_SCHEMA_KEYS + 1))).toEqual(['has more than 200 keys']);
    expect(schemaFaults({ a: { type: 'text', default: 'x'.repeat(64 * 1024) } })).toEqual([
      'is longer than 65536 characters',
    ]);
  });

  it('declares names of secrets', () =>
    expect(schemaSecretNames({ a: { type: 'text', secret: true }, b: { type: 'text', secret: false } })).toEqual([
      'a',
    ]));
});

const by = { kind: 'BluePrint', id: 'web' };
const declarations = (schema: ConfigSchema): Declarations =>
  new Map(Object.entries(schema).map(([key, declared]) => [key, { declared, by }]));
const site = (values: Readonly<Record<string, Json>>): Layer => ({
  source: { kind: 'Site', id: 'site1' },
  values: Object.entries(values),
});
/** The failures of values that a site gives, as `key rule`. */
const failing = async (schema: ConfigSchema, values: Readonly<Record<string, Json>>): Promise<readonly string[]> =>
  (await checkConfiguration(declarations(schema), [site(values)], ['VM'])).map(({ key, rule }) => `${key} ${rule}`);

describe('a configuration', () => {
  it.each<[ConfigSchema, Readonly<Record<string, Json>>, readonly string[]]>([
    [{ a: { type: 'text' } }, {}, []],
    [{ a: { type: 'text', required: true } }, {}, ['a required']],
    [{ a: { type: 'text', required: true } }, { a: null }, ['a required']],
    [{ a: { type: 'text', required: true } }, { a: '' }, []],
    [{ a: { type: 'text', required: true } }, { 'a:Metal': 'x' }, ['a required']],
    [{ a: { type: 'text', required: true } }, { 'a:VM': 'x' }, []],
    [{ a: { type: 'text' } }, { a: 1 }, ['a type']],
    [{ a: { type: 'integer' } }, { a: 1 }, []],
    [{ a: { type: 'integer' } }, { a: 1.5 }, ['a type']],
    [{ a: { type: 'integer' } }, { a: new IntegralFloat(1) }, ['a type']],
    [{ a: { type: 'number' } }, { a: 1 }, []],
    [{ a: { type: 'number' } }, { a: new IntegralFloat(1) }, []],
    [{ a: { type: 'boolean' } }, { a: 'true' }, ['a type']],
    [{ a: { type: 'list' } }, { a: {} }, ['a type']],
    [{ a: { type: 'map' } }, { a: [] }, ['a type']],
    [{ a: { type: 'text', pattern: 'b+' } }, { a: 'bb' }, []],
    [{ a: { type: 'text', pattern: 'b|c' } }, { a: 'bx' }, ['a pattern']],
    [{ a: { type: 'text', pattern: 'b' } }, { a: 'b\nb' }, ['a pattern']],
    [{ a: { type: 'text', enum: ['b', 'c'] } }, { a: 'c' }, []],
    [{ a: { type: 'text', enum: ['b', 'c'] } }, { a: 'd' }, ['a enum']],
    [{ a: { type: 'integer', minimum: 1, maximum: 2 } }, { a: 0 }, ['a minimum']],
    [{ a: { type: 'integer', minimum: 1, maximum: 2 } }, { a: 3 }, ['a maximum']],
    [{ a: { type: 'list', minimum: 1 } }, { a: [] }, ['a minimum']],
    [{ a: { type: 'map', maximum: 1 } }, { a: { b: 1, c: 2 } }, ['a maximum']],
  ])('declared as %j, with %j: %j', async (schema, values, failures) =>
    expect(await failing(schema, values)).toEqual(failures),
  );

  it.each<[ConfigSchema[string]['type'], string, readonly string[]]>([
    ['integer', '{{ n }}', []],
    ['integer', '{{ n }}.0', ['a type']],
    ['integer', '{{ n }}x', ['a type']],
    ['number', '{{ n }}.5', []],
    ['boolean', '{{ n > 1 }}', []],
    ['boolean', '{{ n }}', ['a type']],
    ['list', '{{ l|tojson }}', []],
    ['list', '{{ l }}', []],
    ['list', '{{ n }}', ['a type']],
    ['map', '{ "b": {{ n }} }', []],
    ['text', '{{ n }}', []],
    ['text', '{{ open', ['a template']],
  ])('declared as %s counts a text of a template, %j, as what it says: %j', async (type, a, failures) =>
    expect(await failing({ a: { type } }, { n: 8080, l: [1], a })).toEqual(failures),
  );

  it('is told every failure at once: where each is declared, what it is and who gave it', async () => {
    const origin = { position: '7', actor: 'root', at: 'today' };
    const found = await checkConfiguration(
      declarations({ a: { type: 'integer' }, b: { type: 'text', required: true } }),
      [{ ...site({ a: 'x' }), origins: { a: origin } }],
      [],
    );
    expect(found).toEqual([
      {
        key: 'a',
        rule: 'type',
        text: '"a" must be an integer, is text ("x" of Site site1), as BluePrint web declares',
        declaredBy: by,
        value: 'x',
        source: { kind: 'Site', id: 'site1', ...origin },
      },
      { key: 'b', rule: 'required', text: '"b" is missing, as BluePrint web declares', declaredBy: by },
    ]);
  });

  it('shows no secret, and asks of one only that it is there', async () => {
    const schema: ConfigSchema = {
      pin: { type: 'integer', secret: true, required: true },
      a_token: { type: 'integer' },
      b: { type: 'integer' },
      users: { type: 'text' },
    };
    const values = { pin: 'hush', a_token: secretReference('x'), b: '{{ a_token }}', users: [{ password: 'hush' }] };
    const found = await checkConfiguration(declarations(schema), [site(values)], []);
    expect(found.map(({ key, value }) => [key, value])).toEqual([['users', [{ password: '********' }]]]);
    expect(await failing(schema, {})).toEqual(['pin required']);
  });

  it('that takes too long to be held against a pattern fails, and takes no longer than that', async () => {
    const schema: ConfigSchema = { a: { type: 'text', pattern: '(a+)+b' } };
    expect(await failing(schema, { a: 'a'.repeat(50) })).toEqual(['a pattern']);
  });
});
