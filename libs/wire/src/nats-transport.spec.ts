import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestAuthority, TestPair } from '#testing';
import { testAuthority } from '#testing';
import { wireSettings } from './wire.settings.ts';

describe('the settings of how NATS is reached', () => {
  let folder: string;
  let authority: TestAuthority;
  let one: TestPair;
  let other: TestPair;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-settings-'));
    authority = await testAuthority('ours');
    one = await authority.sign('one', 'DNS:one.test');
    other = await authority.sign('other', 'DNS:other.test');
    await writeFile(path.join(folder, 'text'), 'no certificate');
    await writeFile(path.join(folder, 'broken'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await authority.remove();
  });

  const read = (env: Readonly<Record<string, string>>) => wireSettings.read(env).natsTransport;
  /** What is said about them, with the folder as `DIR`. */
  const fault = (env: Readonly<Record<string, string>>): string => {
    try {
      return `none: ${JSON.stringify(read(env))}`;
    } catch (error) {
      return (error as Error).message.replaceAll(folder, 'DIR');
    }
  };
  const at = (name: string): string => path.join(folder, name);

  it('are none where nothing is said', () => {
    expect(read({})).toEqual({});
    expect(read({ NATS_URL: 'nats://n' })).toEqual({});
    expect(read({ NATS_URL: 'ws://n' })).toEqual({});
  });

  it.each(['tls://n', 'wss://n'])('have %s encrypted, with the authorities of the system', (url) => {
    expect(read({ NATS_URL: url })).toEqual({ certificates: {} });
  });

  it('name the files, which are looked at', () => {
    const env = { NATS_URL: 'nats://n', NATS_CA: authority.ca, NATS_CERT: one.cert, NATS_KEY: one.key };
    expect(read(env)).toEqual({
      certificates: { caFile: authority.ca, certFile: one.cert, keyFile: one.key },
    });
  });

  it('name a proxy for WebSockets, and do not repeat it', () => {
    expect(read({ NATS_URL: 'wss://n', NATS_PROXY: 'http://me:s3cret@proxy.test:3128' })).toEqual({
      certificates: {},
      proxy: 'http://me:s3cret@proxy.test:3128',
    });
    for (const proxy of ['https://me:s3cret@p', 'me:s3cret@p', 'http://me:s3cret@p/path']) {
      expect(fault({ NATS_URL: 'wss://n', NATS_PROXY: proxy })).toBe(
        'NATS_PROXY="…": must be a URL of the form http://[user:password@]host[:port]',
      );
    }
    expect(fault({ NATS_URL: 'nats://n', NATS_PROXY: 'http://me:s3cret@p' })).toBe(
      'NATS_PROXY="…": takes a NATS_URL with ws:// or wss://',
    );
  });

  it.each(['NATS_CA', 'NATS_CERT', 'NATS_KEY'])('refuse a %s by its name and rule', (name) => {
    const rest: Record<string, string> =
      name === 'NATS_CERT' ? { NATS_KEY: one.key } : name === 'NATS_KEY' ? { NATS_CERT: one.cert } : {};
    const what = name === 'NATS_KEY' ? 'a private key in PEM, without a passphrase' : 'certificates in PEM';
    for (const [file, rule] of [
      ['nowhere', 'must be a file that can be read: ENOENT'],
      ['.', 'must be a file that can be read: EISDIR'],
      ['text', `must be a file with ${what}`],
      ['broken', `must be a file with ${what}`],
    ] as const) {
      const text = fault({ NATS_URL: 'tls://n', ...rest, [name]: at(file) });
      expect(text).toBe(`${name}=${JSON.stringify(at(file).replace(folder, 'DIR'))}: ${rule}`);
    }
  });

  it('refuse what does not go together', () => {
    const url = { NATS_URL: 'tls://n' };
    expect(fault({ ...url, NATS_CERT: one.cert })).toBe('NATS_KEY is not set: goes with NATS_CERT');
    expect(fault({ ...url, NATS_KEY: one.key })).toBe('NATS_CERT is not set: goes with NATS_KEY');
    expect(fault({ ...url, NATS_CERT: one.cert, NATS_KEY: other.key })).toBe(
      `NATS_KEY="${other.key}": must be the key of the certificate in ${one.cert}`,
    );
    expect(fault({ NATS_URL: 'ws://n', NATS_CA: authority.ca })).toBe(
      `NATS_CA="${authority.ca}": takes a NATS_URL with wss:// in place of ws://`,
    );
    expect(fault({ NATS_CA: authority.ca })).toBe(`NATS_CA="${authority.ca}": takes a NATS_URL`);
  });
});
