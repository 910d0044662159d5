import 'reflect-metadata';
import { Inject, Injectable, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { BadSettings } from './bad-setting.ts';
import type { SettingsOf } from './define-settings.ts';
import { defineSettings, setting } from './define-settings.ts';
import { choice, directory, integer, InvalidValue, list, parser, seconds, secretText, text, url } from './parsers.ts';
import { readSettings } from './read-settings.ts';
import { settingsTable } from './settings-doc.ts';
import { configFactory, settingsModule } from './settings.module.ts';

const shopSettings = defineSettings('shop', {
  name: setting('SHOP_NAME', text(), { required: 'must be the name over the door', doc: 'what it is called' }),
  till: setting('SHOP_TILL', secretText(), { unset: 'made up', doc: 'what opens the till' }),
  opens: setting('SHOP_OPENS', integer(0, 23), { default: '8', doc: 'hour it opens' }),
});
const bankSettings = defineSettings(
  'bank',
  {
    opens: setting('BANK_OPENS', integer(0, 23), { default: '9', doc: 'hour it opens' }),
    closes: setting('BANK_CLOSES', integer(0, 23), { default: '17', doc: 'hour it closes' }),
  },
  ({ opens, closes }, refuse) => {
    if (closes <= opens) refuse('BANK_CLOSES', String(closes), 'must be after BANK_OPENS');
    return { hours: closes - opens };
  },
);
const tables = { shop: shopSettings, bank: bankSettings };

/** What is wrong with an environment, line by line. */
function faultsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof BadSettings)) throw error;
    return error.message.split('\n');
  }
}

describe('a table of settings', () => {
  it('is read as its fields say', () => {
    const values: SettingsOf<typeof shopSettings> = shopSettings.read({ SHOP_NAME: 'Bread', SHOP_OPENS: '' });
    expect(values).toEqual({ name: 'Bread', till: undefined, opens: 8 });
  });

  it('tells every field that cannot be used, and never a secret', () => {
    const picky = defineSettings('picky', {
      code: setting(
        'CODE',
        parser(
          () => {
            throw new InvalidValue('must be better');
          },
          { secret: true },
        ),
        { unset: 'none', doc: '' },
      ),
      name: setting('NAME', text(), { required: 'must be a name', doc: '' }),
      size: setting('SIZE', integer(1, 2), { default: '1', doc: '' }),
    });
    expect(faultsOf(() => picky.read({ CODE: 'mellon', SIZE: '1\n2' }))).toEqual([
      'CODE="…": must be better',
      'NAME is not set: must be a name',
      'SIZE="1\\n2": must be a whole number from 1 to 2',
    ]);
  });

  it('holds fields against each other once each is good', () => {
    expect(bankSettings.read({})).toEqual({ hours: 8 });
    expect(faultsOf(() => bankSettings.read({ BANK_CLOSES: '7' }))).toEqual([
      'BANK_CLOSES="7": must be after BANK_OPENS',
    ]);
    expect(faultsOf(() => bankSettings.read({ BANK_OPENS: 'x', BANK_CLOSES: '7' }))).toHaveLength(1);
  });

  it('lets a mistake of a parser through as it is', () => {
    const broken = parser(() => {
      throw new TypeError('a bug');
    });
    const table = defineSettings('broken', { a: setting('A', broken, { unset: '', doc: '' }) });
    expect(() => table.read({ A: '1' })).toThrow(TypeError);
  });

  it('is read with the others, and all faults are told together', () => {
    expect(readSettings(tables, { SHOP_NAME: 'Bread' })).toEqual({
      shop: { name: 'Bread', till: undefined, opens: 8 },
      bank: { hours: 8 },
    });
    expect(faultsOf(() => readSettings(tables, { BANK_OPENS: '99' }))).toEqual([
      'SHOP_NAME is not set: must be the name over the door',
      'BANK_OPENS="99": must be a whole number from 0 to 23',
    ]);
  });

  it('is a table of the documentation', () => {
    expect(settingsTable([shopSettings])).toBe(
      [
        '| name | default | meaning |',
        '| --- | --- | --- |',
        '| `SHOP_NAME` | required | what it is called |',
        '| `SHOP_TILL` | made up | what opens the till |',
        '| `SHOP_OPENS` | `8` | hour it opens |',
      ].join('\n'),
    );
  });
});

describe('a parser', () => {
  it.each([
    [integer(-1, 5), '-1', -1],
    [seconds(1, 10), '3', 3000],
    [choice('a', 'b'), 'b', 'b'],
    [list((part) => part.length === 1, 'r'), ' a,, b,', ['a', 'b']],
    [url(['http:']), 'http://a', 'http://a'],
    [directory(), '/a/../b', '/b'],
  ])('reads what keeps to its rule (%#)', (of, given, value) => {
    expect(of.read(given)).toEqual(value);
  });

  it.each([
    [integer(0, 5), '6', 'must be a whole number from 0 to 5'],
    [integer(0, 5), '1.0', 'must be a whole number from 0 to 5'],
    [integer(0, 5), ' 1', 'must be a whole number from 0 to 5'],
    [integer(0, 5), '0x1', 'must be a whole number from 0 to 5'],
    [seconds(1, 10), '11', 'must be a whole number from 1 to 10'],
    [choice('a', 'b'), 'c', 'must be one of a, b'],
    [list((part) => part.length === 1, 'must be letters'), 'a,bc', 'must be letters'],
    [url(['http:', 'https:']), 'ftp://a', 'must begin with http:// or https://'],
    [url(['http:']), 'http://', 'must be a URL; a special character in its password has to be percent-encoded'],
  ])('refuses what does not (%#)', (of, given, rule) => {
    expect(() => of.read(given)).toThrow(new InvalidValue(rule));
  });
});

describe('settings in Nest', () => {
  @Injectable()
  class Shop {
    readonly settings: SettingsOf<typeof shopSettings>;

    constructor(@Inject(shopSettings.KEY) settings: SettingsOf<typeof shopSettings>) {
      this.settings = settings;
    }
  }

  @Module({ providers: [Shop] })
  class ShopModule {}

  const started = async (imports: NonNullable<Parameters<typeof Module>[0]['imports']>): Promise<Shop> => {
    @Module({ imports })
    class AppModule {}
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
    return app.get(Shop, { strict: false });
  };

  it('are injected by the token of their table', async () => {
    const values = readSettings(tables, { SHOP_NAME: 'Bread' });
    const { settings } = await started([settingsModule(tables, values), ShopModule]);
    expect(settings).toBe(values.shop);
  });

  it('are taken for one module alone as well', async () => {
    const factory = configFactory(shopSettings, { SHOP_NAME: 'Milk' });
    expect(factory.KEY).toBe(shopSettings.KEY);
    @Module({ imports: [ConfigModule.forFeature(factory)], providers: [Shop] })
    class OneModule {}
    expect((await started([OneModule])).settings).toEqual({ name: 'Milk', till: undefined, opens: 8 });
  });

  it('leave the environment of the process alone', async () => {
    const before = { ...process.env };
    await started([settingsModule(tables, readSettings(tables, { SHOP_NAME: 'Bread' })), ShopModule]);
    expect(process.env).toEqual(before);
  });
});
