import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SETTINGS, withSettingsFile } from './settings-file.ts';

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

  it('is refused where it names a setting there is not, or cannot be read', () => {
    const file = fileWith('CONTRACTOR_PROT=9000\n');
    expect(() => withSettingsFile({ CONTRACTOR_SETTINGS: file })).toThrow('CONTRACTOR_PROT="9000": is not a setting');
    const missing = path.join(directory, 'missing.env');
    expect(() => withSettingsFile({ CONTRACTOR_SETTINGS: missing })).toThrow('cannot be read');
  });

  it('need not be there', () => {
    expect(withSettingsFile({ NATS_URL: 'nats://x' })).toEqual({ NATS_URL: 'nats://x' });
  });

  it('knows every setting that is read', () => {
    const source = readFileSync(path.resolve('libs/runtime/src/settings.ts'), 'utf8');
    const read = [...source.matchAll(/env, '([A-Z_]+)'/g)].map(([, name = '']) => name);
    expect(SETTINGS).toEqual(expect.arrayContaining(read));
  });
});
