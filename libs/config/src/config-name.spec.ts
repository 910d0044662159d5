import { expect, it } from '@jest/globals';
import { inOrderOfApplication, readConfigName } from './config-name.ts';
import { isSecretName } from './secret-names.ts';

it.each([
  ['aa', { operator: 'set', name: 'aa', only: undefined }],
  ['<dns-servers_2:VM', { operator: 'prepend', name: 'dns-servers_2', only: 'VM' }],
  ['-0', { operator: 'remove', name: '0', only: undefined }],
  ['>a:Metal', { operator: 'append', name: 'a', only: 'Metal' }],
  ['~a', { operator: 'drop', name: 'a', only: undefined }],
  ['a b', undefined],
  ['_a', undefined],
  ['a:b-c', undefined],
  ['a\n', undefined],
])('%j is taken apart', (key, parts) => expect(readConfigName(key)).toEqual(parts));

it('entries are applied by the first character of their keys, and stay as they are where that is the same', () => {
  const keys = ['~a', '>a', 'b', 'a:VM', 'a', 'A', '10', '9', '<a', '-a', 'az'];
  expect(inOrderOfApplication(keys.map((key) => [key, 1])).map(([key]) => key)).toEqual([
    '-a',
    '10',
    '9',
    'A',
    'a:VM',
    'a',
    'az',
    'b',
    '<a',
    '>a',
    '~a',
  ]);
});

it.each([
  'root_password',
  '<root_password',
  'api_token:VM',
  '~some_secret',
  '_foundation_password',
  'password',
  '>password:VM',
  'passwd',
  'token',
  'secret',
  'api_key',
  'private_key',
  'PASSWORD',
  'Api_Key',
  'db-password',
  'root_passwd',
  'ipmi-token',
  'x_api_key',
  'tls-private_key',
  'tls_private-key',
])('%s is a secret', (key) => expect(isSecretName(key)).toBe(true));
it.each([
  'root_password_hash',
  'tokens',
  'a_token_b',
  'root_password:VM:x',
  'mypassword',
  'key',
  'ssh_key',
  'public_key',
  'secretary',
  'apikey',
  'password2',
  'secret_names',
  'token_url',
])('%s is none', (key) => expect(isSecretName(key)).toBe(false));
