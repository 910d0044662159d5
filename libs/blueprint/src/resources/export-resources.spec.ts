import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { IntegralFloat, objectOf } from '#kernel';
import type { Json } from '#kernel';
import type { ResourceServer } from '../../test/resource-server.ts';
import { startResourceServer } from '../../test/resource-server.ts';
import { CreateFoundationBluePrint, CreateStructureBluePrint } from '../blueprint.commands.ts';
import { CreatePxe } from '../pxe.commands.ts';
import { LinkScript } from '../script-link.commands.ts';
import { CreateScript } from '../script.commands.ts';

jest.setTimeout(240_000);

const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.stringMatching(/^[a"'\\\n\t ]{1,12}$/),
  fc.constant('one\ntwo\n'),
);
/** Texts that hold no template: whether one can be rendered is another question. */
const plain = text.filter((one) => !/\{[{%#]/.test(one) && !one.includes('\0'));
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    plain,
    fc.maxSafeInteger(),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((one) => (Number.isInteger(one) ? new IntegralFloat(one) : one)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.stringMatching(/^[a-z0-9-]{1,6}$/), plain), tie('value'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
}));
const name = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,8}$/);
const key = fc
  .tuple(
    fc.constantFrom('', '<', '>', '-', '~'),
    fc.oneof(name, fc.constantFrom('password', 'api_token')),
    fc.constantFrom('', ':VM'),
  )
  .map(([operator, base, only]) => ({ secret: /(password|token)$/.test(base), key: `${operator}${base}${only}` }))
  .filter(({ secret, key: one }) => !/^[<>-]/.test(one) || !secret);
const values = fc
  .uniqueArray(fc.tuple(key, value), { selector: ([{ key: one }]) => one, maxLength: 6 })
  .map((pairs) => objectOf(pairs.map(([{ key: one, secret }, its]) => [one, secret ? 'the secret' : its] as const)));

const generated = fc.record({
  description: plain,
  scripts: fc.uniqueArray(name, { maxLength: 3 }),
  foundation: fc.record({
    config: values,
    types: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
    interfaces: fc.array(plain, { maxLength: 3 }),
    schema: fc.dictionary(
      name,
      fc.oneof(
        fc.record({ type: fc.constant('integer'), default: fc.integer(), description: plain }),
        fc.record({ type: fc.constant('list'), required: fc.boolean() }),
      ),
      { maxKeys: 3, noNullPrototype: true },
    ),
    template: fc.dictionary(name, fc.oneof(fc.integer(), fc.record({ min: fc.integer() })), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  }),
  configs: fc.array(values, { minLength: 1, maxLength: 3 }),
  bootScript: plain,
});

describe('an exported resource file', () => {
  let server: ResourceServer;
  beforeAll(async () => {
    server = await startResourceServer();
  });
  afterAll(() => server.modules.stop());

  it('changes nothing when it is loaded where it comes from, and makes the same where nothing of it is', async () => {
    const other = await startResourceServer();
    let n = 0;
    const property = fc.asyncProperty(generated, async ({ description, scripts, foundation, configs, bootScript }) => {
      n += 1;
      const own = (what: string): string => `x${n}-${what}`;
      const slots = [...scripts.entries()];
      for (const [at, slot] of slots) {
        const source = `# ${slot}\npause( msg="'''" )\ndhcp.set_pxe( interface=nic, pxe='${own('pxe')}' )${'\n'.repeat(at)}`;
        await server.send(new CreateScript({ name: own(`s${at}`), description, script: source }));
      }
      await server.send(new CreatePxe({ name: own('pxe'), boot_script: bootScript, template: '# none' }));
      await server.send(
        new CreateFoundationBluePrint({
          name: own('metal'),
          description,
          config_values: foundation.config,
          config_schema: foundation.schema,
          parent_list: [],
          foundation_type_list: foundation.types,
          validation_template: foundation.template,
          physical_interface_names: foundation.interfaces,
        }),
      );
      for (const [at, config] of configs.entries()) {
        await server.send(
          new CreateStructureBluePrint({
            name: own(`w${at}`),
            description,
            config_values: config,
            config_schema: {},
            parent_list: at === 0 ? [] : [own(`w${at - 1}`)],
            foundation_blueprint_list: [own('metal')],
          }),
        );
        for (const [script, slot] of slots) {
          await server.send(new LinkScript({ blueprint: own(`w${at}`), script: own(`s${script}`), name: slot }));
        }
      }
      const whole = await server.export(own(`w${configs.length - 1}`));
      const before = await server.head();
      const loaded = await server.load(whole, {}, 'another.toml');
      expect(loaded.warnings).toEqual([]);
      expect(new Set(loaded.objects.map(({ outcome }) => outcome))).toEqual(new Set(['unchanged']));
      expect(await server.head()).toBe(before);
      expect(whole).not.toContain('the secret');

      // Elsewhere the masks stand for nothing: somebody has to write what they hide.
      const elsewhere = whole.replaceAll('"********"', '"the secret"');
      await other.load(elsewhere, {}, 'another.toml');
      expect(await other.export(own(`w${configs.length - 1}`))).toBe(whole);
    });
    try {
      await fc.assert(property, { numRuns: 60, endOnFailure: true });
    } finally {
      await other.modules.stop();
    }
  });

  it('reads as if a person had written it', async () => {
    const written = `# shop, and what is needed for it

sflinks = [
  ["shop", "shop-metal"],
]

[script.shop-create]
description = "installs it"
script = '''
begin( description='Install' )
  dhcp.set_pxe( interface=structure.provisioning_interface, pxe='shop-boot' )
end
'''

[foundation.shop-metal]
description = "what it stands on"
foundation_types = ["Manual"]

[foundation.shop-metal.template]
'cpu.count' = { min = 2 }

[foundation.shop-metal.config_values]

[structure.shop-base]
description = "all shops"

[structure.shop-base.config_schema.installer_pxe]
type = "text"
required = true

[structure.shop-base.config_schema.pin]
type = "text"
secret = true
description = "what opens the till"

[structure.shop-base.config_values]
secret_names = ["license"]

[structure.shop]
description = "the shop"
parents = ["shop-base"]

[structure.shop.scripts]
create = "shop-create"

[structure.shop.config_values]
installer_pxe = "shop-installer"
ratio = 1.0
# a secret: as it stands here, it stays what it is on the server that this is loaded on
password = "********"
# a secret: as it stands here, it stays what it is on the server that this is loaded on
license = "********"
# a secret: as it stands here, it stays what it is on the server that this is loaded on
pin = "********"
'>package_list:VCenter' = ["nginx", "redis"]
motd = '''
Welcome to
{{ _hostname }}
'''

[structure.shop.config_values.ports]
http = 80
https = 443

[pxe.shop-boot]
boot_script = "boot"
template = "# none"

[pxe.shop-installer]
boot_script = '''
kernel x
boot
'''
template = "# none"
`;
    await server.load(
      written
        .replace('password = "********"', 'password = "one"')
        .replace('license = "********"', 'license = "two"')
        .replace('pin = "********"', 'pin = "1234"'),
    );
    expect(await server.export('shop')).toBe(written);
  });

  it('is of blueprints that are there', async () =>
    await expect(server.export('shop', 'nobody')).rejects.toThrow('there is no blueprint nobody'));

  it('has parents before their children, whatever is asked for first', async () => {
    await server.load(
      `[structure.loop]\ndescription = 'x'\n[structure.loop-child]\ndescription = 'x'\nparents = ['loop']`,
    );
    expect((await server.export('loop-child', 'loop')).match(/^\[structure\.[\w-]+\]$/gm)).toEqual([
      '[structure.loop]',
      '[structure.loop-child]',
    ]);
  });
});
