import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setForwarders, setUpBind } from './bind-setup.ts';

/** The configuration that Debian's package brings, in a folder of the test. */
const debian = (etc: string): Readonly<Record<string, string>> => ({
  'named.conf': ['options', 'local', 'default-zones'].map((part) => `include "${etc}/named.conf.${part}";\n`).join(''),
  'named.conf.options': `options {\n\tdirectory "${etc}";\n\tdnssec-validation auto;\n\tlisten-on-v6 { any; };\n};\n`,
  'named.conf.local': '//\n// Do any local configuration here\n//\n',
  'named.conf.default-zones': `zone "localhost" {\n\ttype master;\n\tfile "${etc}/db.local";\n};\n`,
});

describe('setting up BIND', () => {
  let folder: string;
  let etc: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-bind-setup-'));
    etc = path.join(folder, 'bind');
    await mkdir(etc);
    for (const [name, text] of Object.entries(debian(etc))) await writeFile(path.join(etc, name), text);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const read = (name: string): Promise<string> => readFile(path.join(etc, name), 'utf8');
  const set = (directory = path.join(etc, 'contractor')) => setUpBind({ etc, directory, user: undefined });
  const check = (): string =>
    execFileSync('named-checkconf', ['-p', path.join(etc, 'named.conf')], { encoding: 'utf8' });

  it('makes what is missing, and BIND takes the configuration', async () => {
    const directory = path.join(etc, 'contractor');
    expect(await set()).toEqual([
      `made ${directory}`,
      `made ${path.join(directory, 'zones')}`,
      `made ${path.join(directory, 'dns.master')}`,
      `made ${path.join(etc, 'rndc.key')}`,
      `included ${path.join(directory, 'dns.master')} in ${path.join(etc, 'named.conf.local')}`,
    ]);
    expect((await stat(directory)).mode & 0o7777).toBe(0o2750);
    expect((await stat(path.join(etc, 'rndc.key'))).mode & 0o777).toBe(0o640);
    expect(await read('rndc.key')).toContain('key "rndc-key"');
    await writeFile(
      path.join(directory, 'dns.master'),
      'zone "site.test." { type master; file "zones/site.test.zone"; };\n',
    );
    expect(check()).toContain('zone "site.test."');
  });

  it('changes nothing the second time', async () => {
    await set();
    const before = [await read('named.conf.local'), await read('rndc.key')];
    expect(await set()).toEqual([]);
    expect([await read('named.conf.local'), await read('rndc.key')]).toEqual(before);
  });

  it('keeps the key and the zones that are there', async () => {
    await writeFile(path.join(etc, 'rndc.key'), 'key "rndc-key" { algorithm hmac-sha256; secret "c2VjcmV0"; };\n');
    expect(await set()).not.toContain(`made ${path.join(etc, 'rndc.key')}`);
    expect(await read('rndc.key')).toContain('c2VjcmV0');
  });

  it('leaves the configuration as it was where BIND would not take it', async () => {
    const broken = 'zone "a.test" { type nonsense; };\n';
    await writeFile(path.join(etc, 'named.conf.local'), broken);
    await expect(set()).rejects.toThrow(/^named-checkconf: .*nonsense/);
    expect(await read('named.conf.local')).toBe(broken);
  });

  it('has BIND ask others what it does not know, unless it was told whom to ask', async () => {
    expect(await setForwarders(etc, [])).toEqual([]);
    expect(await setForwarders(etc, ['192.0.2.1', '2001:db8::1'])).toEqual([
      `what BIND does not know is asked of 192.0.2.1, 2001:db8::1 (${path.join(etc, 'named.conf.options')})`,
    ]);
    expect(check()).toMatch(/forwarders \{\s+192\.0\.2\.1;\s+2001:db8::1;/);
    expect(await setForwarders(etc, ['192.0.2.9'])).toEqual([]);
    const commented = debian(etc)['named.conf.options']?.replace('\tdnssec', '\t// forwarders { 0.0.0.0; };\n\tdnssec');
    await writeFile(path.join(etc, 'named.conf.options'), commented ?? '');
    expect(await setForwarders(etc, ['192.0.2.9'])).toHaveLength(1);
    expect(check()).toContain('192.0.2.9');
    await writeFile(path.join(etc, 'named.conf.options'), debian(etc)['named.conf.options'] ?? '');
    await expect(setForwarders(etc, ['no address'])).rejects.toThrow(/^named-checkconf: /);
    expect(await read('named.conf.options')).toBe(debian(etc)['named.conf.options']);
  });

  it('says what to install where BIND is not there', async () => {
    await rm(path.join(etc, 'named.conf.local'));
    await expect(set()).rejects.toThrow('install BIND first (apt-get install bind9)');
  });
});
