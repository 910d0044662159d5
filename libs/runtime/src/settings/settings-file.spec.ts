import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BadSetting } from './bad-setting.ts';
import type { Environment } from './define-settings.ts';
import { withSettingsFile as readFile } from './settings-file.ts';

const NAMES = [
  'CONTRACTOR_ADMIN_PASSWORD',
  'CONTRACTOR_HOST',
  'CONTRACTOR_LEASE',
  'CONTRACTOR_PORT',
  'DATABASE_URL',
  'NATS_URL',
];
const withSettingsFile = (env: Environment) => readFile(env, NAMES);

describe('the settings file', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'contractor-settings-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const fileWith = (text: string): string => {
    const file = path.join(directory, 'settings.env');
    writeFileSync(file, text);
    return file;
  };

  it('says what the environment does not', () => {
    const file = fileWith('# where it listens\nCONTRACTOR_PORT=9000\nCONTRACTOR_HOST="0.0.0.0"\n');
    expect(withSettingsFile({ CONTRACTOR_SETTINGS: file, CONTRACTOR_PORT: '9001' })).toMatchObject({
      CONTRACTOR_PORT: '9001',
      CONTRACTOR_HOST: '0.0.0.0',
    });
  });

  it('is refused where it cannot be read', () => {
    const missing = path.join(directory, 'missing.env');
    expect(() => withSettingsFile({ CONTRACTOR_SETTINGS: missing })).toThrow('cannot be read');
  });

  it.each([
    ['CONTRACTOR_ADMIN_PASSWROD', '; did you mean CONTRACTOR_ADMIN_PASSWORD?'],
    ['CONTRACTOR_PROT', '; did you mean CONTRACTOR_PORT?'],
    ['contractor_lease', '; did you mean CONTRACTOR_LEASE?'],
    ['DATABASEURL', '; did you mean DATABASE_URL?'],
    ['PASSWORD', ''],
  ])('names %s without its value%s', (name, meant) => {
    const file = fileWith(`${name}=mellon\n`);
    expect(() => withSettingsFile({ CONTRACTOR_SETTINGS: file })).toThrow(
      new BadSetting(name, '…', `is not a setting (in ${file})${meant}`).message,
    );
  });

  it.each([
    ['CONTRACTOR_HOST=a', 'a'],
    ['\uFEFFCONTRACTOR_HOST=a', 'a'],
    ['\t# a remark\r\n \r\n  export\t CONTRACTOR_HOST = a # for now\r\n', 'a'],
    ['CONTRACTOR_HOST="a # b"', 'a # b'],
    ["CONTRACTOR_HOST='a\"b'", 'a"b'],
    ['CONTRACTOR_HOST=a"b', 'a"b'],
    ['CONTRACTOR_HOST=a=b', 'a=b'],
    ['CONTRACTOR_HOST=', ''],
    ['CONTRACTOR_HOST=a\nCONTRACTOR_HOST=b', 'b'],
  ])('%j is read as %j', (text, value) => {
    expect(withSettingsFile({ CONTRACTOR_SETTINGS: fileWith(text) })).toMatchObject({ CONTRACTOR_HOST: value });
  });

  it.each([
    ['a name alone', 'mellon'],
    ['a colon', 'CONTRACTOR_HOST: mellon'],
    ['a value alone', '=mellon'],
    ['words before the name', 'set mellon CONTRACTOR_HOST=a'],
    ['a quotation mark that stays open', 'CONTRACTOR_HOST="mellon'],
    ['a value of two lines', 'CONTRACTOR_HOST="mellon\nNATS_URL="'],
  ])('is refused where a line is %s, by its number only', (_, line) => {
    const file = fileWith(`# one\nCONTRACTOR_PORT=1\n${line}\n`);
    const rule = 'line 3 must be NAME=value, with both quotes or none';
    expect(() => withSettingsFile({ CONTRACTOR_SETTINGS: file })).toThrow(
      new BadSetting('CONTRACTOR_SETTINGS', file, rule).message,
    );
  });

  it('need not be there', () => {
    expect(withSettingsFile({ NATS_URL: 'nats://x' })).toEqual({ NATS_URL: 'nats://x' });
  });

  it('names every line that cannot be used', () => {
    const file = fileWith('CONTRACTOR_PROT=1\nmellon\nCONTRACTOR_HOST=a\nPASSWORD=mellon\n');
    expect(() => withSettingsFile({ CONTRACTOR_SETTINGS: file })).toThrow(
      new Error(
        [
          `CONTRACTOR_PROT="…": is not a setting (in ${file}); did you mean CONTRACTOR_PORT?`,
          `CONTRACTOR_SETTINGS="${file}": line 2 must be NAME=value, with both quotes or none`,
          `PASSWORD="…": is not a setting (in ${file})`,
        ].join('\n'),
      ),
    );
  });
});
