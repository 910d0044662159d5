import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { engineAddress } from './engine-address.ts';

describe('where an engine is', () => {
  it.each([
    [{ host: '192.0.2.10' }, 'tcp://192.0.2.10:2376', { host: '192.0.2.10', port: 2376 }],
    [{ host: '2001:db8::1' }, 'tcp://[2001:db8::1]:2376', { host: '2001:db8::1', port: 2376 }],
    [{ host: '192.0.2.10', endpoint: 'tcp://docker1:2375' }, 'tcp://docker1:2375', { host: 'docker1', port: 2375 }],
    [
      { host: '192.0.2.10', endpoint: 'unix:///run/docker.sock' },
      'unix:///run/docker.sock',
      { socketPath: '/run/docker.sock', host: 'localhost' },
    ],
  ])('%j', async (connection, shown, options) => {
    expect(await engineAddress(connection, {})).toEqual({ shown, secure: false, options });
  });

  it.each(['docker1', 'http://docker1', 'tcp://docker1/path', 'unix://docker.sock', 'tcp://root@docker1', 'tcp://'])(
    'cannot be %s',
    async (endpoint) => {
      await expect(engineAddress({ host: '192.0.2.10', endpoint }, {})).rejects.toThrow(
        `endpoint "${endpoint}" must be as tcp://host:2376 or unix:///var/run/docker.sock`,
      );
    },
  );
});

describe('an agent with certificates', () => {
  let certs: string;
  beforeEach(async () => {
    certs = await mkdtemp(path.join(tmpdir(), 'docker-certs-'));
  });
  afterEach(() => rm(certs, { recursive: true }));
  const put = async (folder: string) => {
    await mkdir(folder, { recursive: true });
    for (const name of ['ca', 'cert', 'key']) await writeFile(path.join(folder, `${name}.pem`), `${folder} ${name}`);
  };
  const ofHost = async (host: string) => {
    const { secure, options } = await engineAddress({ host }, { certs });
    const textOf = (file: unknown) => (Buffer.isBuffer(file) ? file.toString() : file);
    return { secure, ca: textOf(options.ca), key: textOf(options.key) };
  };

  it('reaches engines over TLS, with those of the host where there are any', async () => {
    await put(certs);
    await put(path.join(certs, '192.0.2.10'));
    expect(await ofHost('192.0.2.10')).toEqual({
      secure: true,
      ca: `${certs}/192.0.2.10 ca`,
      key: `${certs}/192.0.2.10 key`,
    });
    expect(await ofHost('192.0.2.11')).toEqual({ secure: true, ca: `${certs} ca`, key: `${certs} key` });
  });

  it('that are not there reaches none', async () => {
    await expect(engineAddress({ host: '192.0.2.10' }, { certs })).rejects.toThrow(
      'ca.pem, cert.pem and key.pem for 192.0.2.10 cannot be read',
    );
  });
});
