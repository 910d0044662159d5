import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { confFile, readConfFile } from './conf-file.ts';
import { readIniFile } from './ini-file.ts';
import { subcontractorSettings } from './settings.ts';

const known = ['iputils', 'manual', 'ssh'];
const table = subcontractorSettings(known);
const read = (text: string, env = {}) => confFile(text, '/etc/subcontractor.conf', { table, known, env });

/** As the original's package ships it, with its spelling. */
const SAMPLE = `
[contractor]
host: http://contractor
; proxy: http://proxy:3128/

[subcontractor]
# the site of this subcontractor
site: site1
poll_interval: 20
job_delay: 2
max_concurent_jobs: 10
max_job_request_size: 5

[modules]
subcontractor_plugins.iputils: 5
#subcontractor_plugins.ssh: 2
subcontractor_plugins.manual: 0
subcontractor_plugins.virtualbox: 0

[credentials]
#type: hashicorp
#host: https://10.0.0.20:8200

[dhcpd]
cache_file: /var/run/dhcpd.cache
poll_interval: 40
listen_interface: lo
dynamic_pool_mtu:
`;

describe('the configuration file', () => {
  it('is read as the original has it', () => {
    expect(read(SAMPLE)).toEqual({
      settings: {
        SUBCONTRACTOR_SERVER: 'http://contractor',
        SUBCONTRACTOR_SITE: 'site1',
        SUBCONTRACTOR_POLL_INTERVAL: '20',
        SUBCONTRACTOR_MAX_TASKS: '10',
        SUBCONTRACTOR_MAX_REQUESTED: '5',
        SUBCONTRACTOR_MODULES: 'iputils:5,manual:0',
      },
      told: [],
    });
    expect(table.read(read(SAMPLE).settings)).toMatchObject({
      server: 'http://contractor',
      sites: ['site1'],
      pollInterval: 20_000,
      limits: { iputils: 5, manual: 0 },
      maxTasks: 10,
    });
  });

  it('takes keys in any case, "=" as well as ":", and short names of modules', () => {
    const text =
      '[Contractor]\n[contractor]\nHOST = https://c\n[subcontractor]\nSite=berlin\n[modules]\nssh: 3\nIPUtils = 1';
    expect(read(text)).toEqual({
      settings: {
        SUBCONTRACTOR_SERVER: 'https://c',
        SUBCONTRACTOR_SITE: 'berlin',
        SUBCONTRACTOR_MODULES: 'ssh:3,iputils:1',
      },
      told: ['the section [Contractor] is not known'],
    });
  });

  it('tells keys and modules that mean nothing here', () => {
    const text =
      '[subcontractor]\nsite: a\npol_interval: 3\n[modules]\niputils: 5\nvcenter: 5\n[dhcpd]\nanything: 1\n[x]\ny: 1';
    expect(read(text).told).toEqual([
      'the section [x] is not known',
      'the key subcontractor.pol_interval is not known',
      'modules.vcenter: this program has no module "vcenter"',
    ]);
  });

  it.each([
    [
      '[subcontractor]\npoll_interval: soon',
      'subcontractor.poll_interval="soon": must be a whole number from 1 to 3600',
    ],
    ['[subcontractor]\njob_delay: 61', 'subcontractor.job_delay="61": must be a whole number from 0 to 60'],
    ['[subcontractor]\nmax_concurent_jobs: 0', 'subcontractor.max_concurent_jobs="0": must be a whole number from 1'],
    ['[subcontractor]\nsite: a.b', 'subcontractor.site="a.b": must be the name of a site'],
    ['[contractor]\nhost: http://me:s3cret@c/', 'contractor.host="…": must not end with "/"'],
    ['[contractor]\nroot_path: /api/v2/', 'contractor.root_path="/api/v2/": must be one of /api/v1/'],
    ['[modules]\niputils: five', 'modules.iputils="five": must be a whole number'],
    ['[credentials]\ntype: keepass', 'credentials.type="keepass": must be one of hashicorp'],
    ['[credentials]\nverify_ssl: perhaps', 'credentials.verify_ssl="perhaps": must be true or false'],
  ])('names file, key, value and rule: %j', (text, fault) => {
    expect(() => read(text)).toThrow(`/etc/subcontractor.conf: ${fault}`);
  });

  it.each([
    ['[modules]\niputils: 0', '[modules] must leave at least one module on'],
    ['site: a', 'line 1 must stand below a "[section]"'],
    ['[subcontractor]\nsite', 'line 2 must be "[section]", "key: value" or "key = value"'],
    ['[subcontractor]\nsite: a\nSITE: b', 'line 3: subcontractor.site is there twice'],
  ])('names what of %j cannot be read', (text, fault) => {
    expect(() => read(text)).toThrow(`SUBCONTRACTOR_CONFIG="/etc/subcontractor.conf": ${fault}`);
  });

  it('is not looked at for what the environment says', () => {
    const env = { SUBCONTRACTOR_POLL_INTERVAL: '5' };
    expect(read('[subcontractor]\npoll_interval: soon\nsite: a', env).settings).toEqual({ SUBCONTRACTOR_SITE: 'a' });
  });

  it('may be missing where it is not named', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'conf-'));
    const file = path.join(folder, 'subcontractor.conf');
    expect(() => readConfFile(file, { table, known, env: {} })).toThrow(
      `SUBCONTRACTOR_CONFIG="${file}": cannot be read`,
    );
    await writeFile(file, SAMPLE);
    expect(readConfFile(file, { table, known, env: {} })).toMatchObject({ file, told: [] });
    await rm(folder, { recursive: true });
  });

  it('has every key of the product documented', () => {
    const page = readFileSync('docs/subcontractor.md', 'utf8');
    for (const key of ['contractor.host', 'nats.url', 'subcontractor.state', 'credentials.verify_ssl']) {
      expect(page).toContain(`\`${key}\``);
    }
  });
});

describe('an INI file', () => {
  it('has comments in whole lines alone, and values that go on in indented lines', () => {
    expect(readIniFile('\ufeff[a]\r\n; no\n# no\nkey: one ; two\nlong:\n  one\n  two\n[b]\n')).toEqual({
      entries: [
        { section: 'a', key: 'key', value: 'one ; two', line: 4 },
        { section: 'a', key: 'long', value: 'one\ntwo', line: 5 },
      ],
      sections: ['a', 'b'],
      faults: [],
    });
  });
});
