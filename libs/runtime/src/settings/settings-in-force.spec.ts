import { expect, it } from '@jest/globals';
import { defineSettings, setting } from './define-settings.ts';
import { integer, secretText, text } from './parsers.ts';
import { settingsInForce } from './settings-in-force.ts';

const shop = defineSettings('shop', {
  name: setting('SHOP_NAME', text(), { required: 'must be the name over the door', doc: 'what it is called' }),
  till: setting('SHOP_TILL', secretText(), { unset: 'made up', doc: 'what opens the till' }),
  opens: setting('SHOP_OPENS', integer(0, 23), { default: '8', doc: 'hour it opens' }),
});

const inForce = (env: Readonly<Record<string, string>>, file: Readonly<Record<string, string>> = {}) =>
  settingsInForce({ shop }, env, { ...file, ...env }).map(({ name, value, from }) => [name, value, from]);

it('settings tell where they have their value from', () => {
  expect(inForce({ SHOP_NAME: 'Bread' }, { SHOP_OPENS: '7' })).toEqual([
    ['SHOP_NAME', 'Bread', 'environment'],
    ['SHOP_TILL', null, 'unset'],
    ['SHOP_OPENS', '7', 'file'],
  ]);
  expect(inForce({ SHOP_NAME: 'Bread', SHOP_OPENS: '' }).at(-1)).toEqual(['SHOP_OPENS', '8', 'default']);
});

it('secrets are never told', () => {
  const told = settingsInForce({ shop }, {}, { SHOP_TILL: 'mellon' });
  expect(JSON.stringify(told)).not.toContain('mellon');
  expect(told.map(({ name, value, secret }) => [name, value, secret])).toContainEqual(['SHOP_TILL', '********', true]);
});

it('they tell what they mean, and what holds where they are not set', () => {
  expect(settingsInForce({ shop }, {}, {}).map(({ table, otherwise, doc }) => [table, otherwise, doc])).toEqual([
    ['shop', 'must be the name over the door', 'what it is called'],
    ['shop', 'made up', 'what opens the till'],
    ['shop', '8', 'hour it opens'],
  ]);
});
