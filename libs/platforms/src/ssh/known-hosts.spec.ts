import { createHmac, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import ssh2 from 'ssh2';
import { fingerprint, keyType, KnownHosts, MAX_FILE_BYTES } from './known-hosts.ts';

/** A new key in the form of the protocol. */
const newKey = (): Buffer => {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
  });
  const read = ssh2.utils.parseKey(privateKey);
  if (read instanceof Error) throw read;
  return (Array.isArray(read) ? read[0]! : read).getPublicSSH();
};
const [key, other] = [newKey(), newKey()];
const base64 = key.toString('base64');
const web1 = { host: 'web1', port: 22 };

describe('known hosts', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'contractor-known-'));
    file = path.join(folder, 'known_hosts');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('tell a key by its kind and its hash', () => {
    expect(keyType(key)).toBe('ecdsa-sha2-nistp256');
    expect(fingerprint(key)).toMatch(/^ecdsa-sha2-nistp256 SHA256:[A-Za-z0-9+/]{43}$/);
    expect(keyType(Buffer.from('x'))).toBe('');
  });

  it.each([
    ['web1', 'web1', 22, true],
    ['WEB1', 'web1', 22, true],
    ['web1', 'WEB1', 22, true],
    ['db1,web1', 'web1', 22, true],
    ['web?', 'web1', 22, true],
    ['*.lab', 'web1.lab', 22, true],
    ['*.lab', 'web1.lab.org', 22, false],
    ['web.', 'web1', 22, false],
    ['*,!web1', 'web1', 22, false],
    ['web1', 'web1', 2222, false],
    ['[web1]:2222', 'web1', 2222, true],
    ['[web1]:2222', 'web1', 22, false],
    // Hashed, and the name of another host.
    ['|1|AAECAwQFBgcICQoLDA0ODxAREhM=|gX1zMZMCQgyVcV2xkPbvAB5b6Lw=', 'web2', 22, false],
  ])('"%s" is about %s at port %d: %s', async (hosts, host, port, known) => {
    await writeFile(file, `# a remark\n\nno such line\n${hosts} ecdsa-sha2-nistp256 ${base64} somebody\n`);
    const checked = new KnownHosts('strict', file).check({ host, port }, key);
    await (known ? expect(checked).resolves.toBeUndefined() : expect(checked).rejects.toThrow('is not known'));
  });

  it('read names that are hashed', async () => {
    const salt = Buffer.alloc(20, 7);
    const hash = createHmac('sha1', salt).update('web1').digest('base64');
    await writeFile(file, `|1|${salt.toString('base64')}|${hash} ecdsa-sha2-nistp256 ${base64}\n`);
    const hosts = new KnownHosts('strict', file);
    await hosts.check(web1, key);
    await expect(hosts.check({ host: 'web2', port: 22 }, key)).rejects.toThrow('is not known');
  });

  it('refuse a key that is revoked, and know no authorities', async () => {
    await writeFile(
      file,
      `@revoked * ecdsa-sha2-nistp256 ${base64}\n@cert-authority * ecdsa-sha2-nistp256 ${other.toString('base64')}\n`,
    );
    const hosts = new KnownHosts('first-use', file);
    await expect(hosts.check(web1, key)).rejects.toThrow(`the host key of web1 is revoked in ${file}`);
    await hosts.check(web1, other);
    expect(await hosts.keyTypes(web1)).toEqual(['ecdsa-sha2-nistp256']);
  });

  it('keep one key where a host shows two at the same time', async () => {
    const hosts = new KnownHosts('first-use', file);
    const checks = await Promise.allSettled([hosts.check(web1, key), hosts.check(web1, other), hosts.check(web1, key)]);
    expect(checks.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await readFile(file, 'utf8')).toBe(`web1 ecdsa-sha2-nistp256 ${base64}\n`);
  });

  it('stay what they are where the last line of the file is open', async () => {
    await writeFile(file, `web1 ecdsa-sha2-nistp256 ${base64}`);
    const hosts = new KnownHosts('first-use', file);
    await hosts.check({ host: 'web2', port: 22 }, other);
    await hosts.check(web1, key);
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(3);
  });

  it('are not read from a file that is too large', async () => {
    await writeFile(file, '#'.repeat(MAX_FILE_BYTES + 1));
    for (const policy of ['first-use', 'strict'] as const) {
      await expect(new KnownHosts(policy, file).check(web1, key)).rejects.toThrow('is larger than');
    }
  });

  it('remember a bounded number where there is no file', async () => {
    const hosts = new KnownHosts('first-use', undefined, 2);
    for (const host of ['a', 'b', 'c']) await hosts.check({ host, port: 22 }, key);
    expect(await hosts.keyTypes({ host: 'a', port: 22 })).toEqual([]);
    await expect(hosts.check({ host: 'c', port: 22 }, other)).rejects.toThrow(
      /^the host key of c has changed: it is .*, and what this agent has seen has ecdsa/,
    );
  });
});
