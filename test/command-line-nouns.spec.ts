import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, testDatabase, until } from '#testing';
import { nouns } from '../apps/cli/src/nouns/index.ts';
import { beginCommand } from './run-command.ts';

jest.setTimeout(240_000);

describe('commands about what there is', () => {
  let database: TestDatabase;
  let server: TestContractor;
  let directory: string;
  const used = new Set<string>();

  beforeAll(async () => {
    database = await testDatabase();
    server = await startContractor({ DATABASE_URL: database.url, CONTRACTOR_SUBCONTRACTOR: 'none' });
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-nouns-'));
    await run('login', `${ADMIN_PASSWORD}\n`);
    await run('resources load --shipped');
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  /** Begins a command line; words in quotes are one. */
  function begun(
    line: string,
    input = '',
    environment: Readonly<Record<string, string>> = {},
    signal = new AbortController().signal,
  ) {
    const args = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
    for (const count of [4, 3, 2, 1]) {
      const words = args.slice(0, count).join(' ');
      if (Object.hasOwn(nouns, words)) {
        used.add(words);
        break;
      }
    }
    const own = { XDG_CONFIG_HOME: directory, HOME: directory, CONTRACTOR_URL: server.url };
    return beginCommand(args, { environment: { ...own, ...environment }, input, signal });
  }
  /** Runs it to its end. */
  const run = (line: string, input?: string, environment?: Readonly<Record<string, string>>) =>
    begun(line, input, environment).ended;
  /** What a command that succeeds writes. */
  async function done(line: string, input?: string): Promise<string> {
    const { code, out, err } = await run(line, input);
    expect([line, code, err]).toEqual([line, 0, '']);
    return out.trimEnd();
  }
  const json = async (line: string): Promise<unknown> => JSON.parse(await done(`${line} --json`)) as unknown;
  const refused = async (line: string, input?: string): Promise<string> => {
    const { code, err } = await run(line, input);
    expect([line, code === 0]).toEqual([line, false]);
    return err.trimEnd();
  };
  /** The values of a detail by their labels. */
  const labels = (text: string) =>
    Object.fromEntries(text.split('\n').map((one) => [one.split(':')[0], one.slice(one.indexOf(':') + 1).trim()]));

  it('sites, with their configuration', async () => {
    expect(labels(await done('site create -n site1 -d "the first"'))).toMatchObject({ Id: 'site1', Parent: '-' });
    await done('site create --name rack1 --description "a rack" --parent site1');
    expect(labels(await done('site update rack1 -d "another rack"'))).toMatchObject({
      Description: 'another rack',
      Parent: 'site1',
    });
    expect(labels(await done('site update rack1 -p ""'))).toMatchObject({ Parent: '-' });
    expect(await json('site get rack1')).toMatchObject({ name: 'rack1', parent: null, config_values: {} });
    expect((await done('site list')).split('\n').map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual([
      ['ID', 'DESCRIPTION'],
      ['rack1', 'another rack'],
      ['site1', 'the first'],
    ]);
    expect(await done('site list --limit 1 --offset 1')).toMatch(/^ID .*\nsite1 [^\n]*$/);

    expect(await done('site config rack1 -n mtu -v 9000')).toBe('mtu:\t9000');
    const toml = 'mtu = 1500\nratio = 1.0\nhosts = ["a", "b"]\n[proxy]\nport = 3128\nname = "squid"\n';
    expect(await done('site config rack1 -i -', toml)).toBe(
      ['hosts:\t["a","b"]', 'mtu:\t1500', 'proxy:\t{"port":3128,"name":"squid"}', 'ratio:\t1'].join('\n'),
    );
    expect(await json(`site config rack1 -n proxy --set-json '{"port":80}' -d hosts -d nothing`)).toEqual({
      mtu: 1500,
      proxy: { port: 80 },
      ratio: 1,
    });
    expect(await done('site config rack1 -f')).toMatch(/^_site:\track1$/m);
    expect(await done('site config rack1 -n root_password -v -', 'not in clear text\n')).toMatch(
      /^root_password:\t\*+$/m,
    );
    expect(await refused('site config rack1 -v 1')).toContain('say which value is set: --set-name KEY');
    expect(await refused('site config rack1 -i -', 'a = ')).toMatch(/-:1: not valid TOML/);
    expect(await done('site delete rack1')).toBe('deleted rack1');
    expect(await refused('site get rack1')).toContain('There is no Site/Site rack1.');
    expect(await refused('site create -n x')).toContain('say --description');
    expect(await refused('site update site1')).toContain('say what to change: --description, --parent, --zone');
  });

  it('configuration that several change at once: each keeps what is theirs', async () => {
    const keys = Array.from({ length: 8 }, (_, n) => `key${n}`);
    await Promise.all(keys.map((key) => done(`site config site1 -n ${key} --set-json '{"of":"${key}"}'`)));
    expect(await json('site config site1')).toEqual(Object.fromEntries(keys.map((key) => [key, { of: key }])));
    await done(`site config site1 ${keys.map((key) => `-d ${key}`).join(' ')}`);
  });

  it('plots', async () => {
    await done('plot create -n hall -c "0,0 10,10"');
    await done('plot create -n row -c "0,0 1,10" -p hall');
    expect(labels(await done('plot update row -c "0,0 2,10"'))).toMatchObject({ Corners: '0,0 2,10', Parent: 'hall' });
    expect(await done('plot list')).toMatch(/^hall .*\nrow +hall /m);
    expect(await json('plot get row')).toMatchObject({ name: 'row', parent: 'hall' });
    expect(await done('plot delete row hall')).toBe('deleted row, hall');
  });

  it('address blocks and networks', async () => {
    await done('addressblock create -n lan -s site1 -u 10.0.0.0 -p 24 -g 1');
    expect(await json('addressblock list --site site1')).toMatchObject([{ id: 1, name: 'lan', gateway: '10.0.0.1' }]);
    expect(labels(await done('addressblock update 1 -n lan1'))).toMatchObject({
      Name: 'lan1',
      Prefix: '24 (255.255.255.0)',
      'Gateway Offset': '1 (10.0.0.1)',
    });
    expect(labels(await done('addressblock reserve 1 -o 5 -r printer'))).toMatchObject({
      Offset: '5',
      Address: '10.0.0.5',
      Reason: 'printer',
    });
    expect(await refused('addressblock reserve 1 -o 6')).toContain('say --reason');
    await done('addressblock dynamic 1 -o 6 -p normal-boot');
    expect(await done('addressblock usage 1')).toBe('Total:    254\nStatic:   0\nReserved: 2\nDynamic:  1');
    expect((await done('addressblock allocation 1')).split('\n').map((line) => line.split(/ +/).slice(1))).toEqual([
      ['OFFSET', 'IP', 'ADDRESS', 'TYPE', 'OF'],
      ['5', '10.0.0.5', 'Reserved', 'printer'],
      ['6', '10.0.0.6', 'Dynamic', 'normal-boot'],
    ]);
    expect(await done('addressblock dereserve 1 -o 5')).toBe('gave back 10.0.0.5');
    expect(await refused('addressblock dereserve 1 -o 5')).toContain('offset not found');
    expect(await done('addressblock dedynamic 1 -o 6')).toBe('gave back 10.0.0.6');

    await done('network create -n main -s site1 -m 1500');
    expect(labels(await done('network link create 1 -a 1 -v 12'))).toMatchObject({ VLAN: '12' });
    expect(await done('network get 1')).toMatch(/^Links:\n {2}1: address block 1, VLAN 12$/m);
    expect(labels(await done('network link update 1 --vlan=-1'))).toMatchObject({ VLAN: '-' });
    expect(await json('network link list --network 1')).toMatchObject([{ id: 1, vlan: null }]);
    expect(await json('network link get 1')).toMatchObject({ network: 1, address_block: 1 });
    expect(labels(await done('network update 1 -m 9000'))).toMatchObject({ MTU: '9000', Name: 'main' });
    expect(await json('network list --site site1')).toMatchObject([{ address_block_list: [1] }]);
    await done('network create -n other -s site1');
    await done('network link create 2 -a 1');
    expect(await done('network link delete 2')).toBe('deleted 2');
    expect(await done('network delete 2')).toBe('deleted 2');
    await done('addressblock create -n gone -s site1 -u 10.9.0.0 -p 24');
    expect(await done('addressblock delete 2')).toBe('deleted 2');
    expect(await json('addressblock get 1')).toMatchObject({ name: 'lan1', prefix: 24 });
  });

  it('blueprints, scripts and PXEs', async () => {
    await done('blueprint foundation create -n fb -d mine -t Manual');
    await done('blueprint foundation update fb -p test-foundation-base -t VM,Metal -i eth0 -i eth1');
    expect(await json('blueprint foundation update fb -u VM -k eth1')).toMatchObject({
      parent_list: ['test-foundation-base'],
      foundation_type_list: ['Manual', 'Metal'],
      physical_interface_names: ['eth0'],
    });
    expect(await json('blueprint foundation update fb -q test-foundation-base')).toMatchObject({ parent_list: [] });
    expect(await done('blueprint foundation list')).toMatch(/^fb +mine +Manual Metal /m);
    expect(await done('blueprint foundation config fb -n x -v 1')).toBe('x:\t1');

    await done('blueprint structure create -n sb -d mine');
    expect(
      await json('blueprint structure update sb -f fb -f manual-foundation-base -p test-structure-base'),
    ).toMatchObject({
      foundation_blueprint_list: expect.arrayContaining(['fb', 'manual-foundation-base']),
      parent_list: ['test-structure-base'],
    });
    expect(await json('blueprint structure update sb -g fb -q test-structure-base')).toMatchObject({
      foundation_blueprint_list: ['manual-foundation-base'],
      parent_list: [],
    });
    expect(await done('blueprint structure config sb -f')).toMatch(/^_blueprint:\tsb$/m);
    expect(await done('blueprint structure list')).toMatch(/^sb /m);

    expect(labels(await done('blueprint script create -n idle -d "does nothing"'))).toMatchObject({
      Script: '# does nothing',
    });
    await done('blueprint script update idle -d "still nothing"');
    expect(await done('blueprint script edit idle -f -', '# not a thing\n')).toBe('Changes Saved');
    expect(await refused('blueprint script edit idle -f -', 'begin(\n')).toMatch(/Script is invalid: line/);
    expect(await done('blueprint script get idle')).toContain('# not a thing');
    for (const [kind, name] of [
      ['foundation', 'fb'],
      ['structure', 'sb'],
    ] as const) {
      await done(`blueprint ${kind} script link ${name} idle create`);
      expect(await refused(`blueprint ${kind} script link ${name} idle create`)).toContain(
        'blueprint already has a script linked with that name',
      );
      expect(await done(`blueprint ${kind} get ${name}`)).toMatch(/^Script Map:\n {2}create: idle$/m);
      await done(`blueprint ${kind} script unlink ${name} create`);
      expect(await refused(`blueprint ${kind} script unlink ${name} create`)).toContain('no Script link to Blueprint');
      await done(`blueprint ${kind} delete ${name}`);
    }

    const [boot, template] = ['boot', 'template'].map((name) => path.join(directory, name));
    await writeFile(boot ?? '', '#!ipxe\nboot\n');
    await writeFile(template ?? '', 'answers\n');
    await done(`blueprint pxe create -n mine -f ${boot} -t ${template}`);
    expect(await done('blueprint pxe editscript mine -f -', '#!ipxe\nshell\n')).toBe('Changes Saved');
    expect(await done('blueprint pxe edittemplate mine -f -', 'other answers\n')).toBe('Changes Saved');
    expect(await json('blueprint pxe get mine')).toMatchObject({
      boot_script: '#!ipxe\nshell\n',
      template: 'other answers\n',
    });
    expect(await done('blueprint pxe list')).toMatch(/^mine /m);
    expect(await done('blueprint pxe delete mine')).toBe('deleted mine');
  });

  it('texts that a person edits', async () => {
    const editor = path.join(directory, 'editor.sh');
    const edit = (what: string) =>
      writeFile(editor, what).then(() =>
        run('blueprint script edit idle', '', { CONTRACTORCLI_EDITOR: `sh ${editor}` }),
      );
    expect(await edit('echo "# more" >> "$1"')).toMatchObject({ code: 0, out: 'Changes Saved\n' });
    expect(await edit(':')).toMatchObject({ code: 0, out: 'No Changes\n' });
    expect(await done('blueprint script get idle')).toContain('# more');
    const { code, err } = await edit('echo "begin(" >> "$1"');
    expect([code, err]).toEqual([1, expect.stringMatching(/Script is invalid: line .*\nwhat was written is in \//s)]);
    const [, kept = ''] = /is in (\/\S+)\/idle\.tscript/.exec(err) ?? [];
    await rm(kept, { recursive: true });
    expect(await done('blueprint script list')).toMatch(/^idle +still nothing /m);
    expect(await done('blueprint script delete idle')).toBe('deleted idle');
  });

  it('foundations, by what the server says of their types', async () => {
    expect(await json('foundation types')).toMatchObject({ type: expect.arrayContaining(['manual', 'test']) });
    expect(await json('complex types')).toMatchObject({ type: expect.arrayContaining(['manual', 'test']) });
    expect(labels(await done('foundation test create -l t1 -s site1 -b test-foundation-base -d 1 -f 0'))).toMatchObject(
      { Id: 't1', 'Test Delay Variance': '1', State: 'planned' },
    );
    expect(await json('foundation test update t1 --test-delay-variance 2')).toMatchObject({ test_delay_variance: 2 });
    await done('foundation manual create -l m1 -s site1 -b manual-foundation-base');
    expect(await json('foundation list --site site1 --state planned')).toHaveLength(2);
    expect(await json('foundation list --blueprint manual-foundation-base')).toMatchObject([{ locator: 'm1' }]);
    expect(await json('foundation test list')).toMatchObject([{ locator: 't1' }]);
    expect(await json('foundation get m1')).toMatchObject({ type: 'Manual' });
    expect(await done('foundation config t1')).toMatch(/^_foundation_type:\tTest$/m);
    expect(await refused('foundation floppy create -l x')).toMatch(
      /this server has no foundations of the type "floppy"; it has (?:\w+, )*manual, /,
    );
    expect(await refused('foundation test create -l x')).toContain('say --site, --blueprint');
    expect((await run('foundation test create --help')).out).toContain('--delay');

    await done('foundation interface create t1 -n eth0 -y eth0 -t 1 -p -m 52:54:00:00:00:01');
    expect(await json('foundation interface list t1')).toMatchObject([
      { id: 1, mac: '52:54:00:00:00:01', is_provisioning: true, link_name: null },
    ]);
    expect(labels(await done('foundation interface pxe 1'))).toMatchObject({ PXE: 'normal-boot' });
    expect(labels(await done('foundation bootto t1 -n debian'))).toMatchObject({ PXE: 'debian' });
    expect(await refused('foundation bootto m1')).toContain('m1 has no provisioning interface');
    expect(labels(await done('foundation interface update 1 -l sw1'))).toMatchObject({ 'Link Name': 'sw1' });
    await done('foundation interface create m1 -n eth0 -y eth0 -t 1');
    expect(labels(await done('foundation interface get 2'))).toMatchObject({ Foundation: 'm1' });
    expect(await done('foundation interface delete 2')).toBe('deleted 2');
    expect(await done('foundation delete m1')).toBe('deleted m1');
  });

  it('structures, by number or by host', async () => {
    await done('structure create -o web1 -s site1 -b test-structure-base -f t1');
    expect(await json('structure get web1')).toMatchObject({ id: 1, hostname: 'web1' });
    expect(labels(await done('structure update site1/web1 -o web2'))).toMatchObject({ Hostname: 'web2' });
    expect(await refused('structure get web1')).toContain('there is no structure "web1"');
    expect(await done('structure config web2 -n a -v b')).toBe('a:\tb');
    expect(await json('structure list --state planned')).toMatchObject([{ id: 1 }]);

    expect(labels(await done('structure address next web2 -a 1 -n eth0 -p'))).toMatchObject({ Address: '10.0.0.2' });
    await done('structure address add web2 -a 1 -n eth0 -o 77 --alias 1');
    const addresses = (await json('structure address list 1')) as { readonly id: number; readonly offset: number }[];
    expect(addresses.map(({ offset }) => offset)).toEqual([2, 77]);
    const id = addresses[1]?.id;
    expect(labels(await done(`structure address update ${id} -o 78`))).toMatchObject({ Address: '10.0.0.78' });
    expect(labels(await done(`structure address get ${id}`))).toMatchObject({ 'Is Primary': 'no' });
    expect(await done(`structure address delete ${id}`)).toBe(`deleted ${id}`);

    const created = labels(await done('structure interface create web2 -n br0 -t 1'));
    expect(await json('structure interface list web2')).toMatchObject([{ name: 'br0' }]);
    await done(`structure interface update ${created['Id']} -n br1`);
    expect(labels(await done(`structure interface get ${created['Id']}`))).toMatchObject({ Name: 'br1' });
    const bond = labels(await done(`structure agginterface create web2 -n bond0 -t 1 -p 1 -s ${created['Id']}`))['Id'];
    expect(await json(`structure agginterface list web2`)).toMatchObject([
      { primary_interface: 1, secondary_interfaces: [Number(created['Id'])] },
    ]);
    expect(labels(await done(`structure agginterface update ${bond} -s ""`))).toMatchObject({
      'Secondary Interfaces': '-',
    });
    expect(labels(await done(`structure agginterface get ${bond}`))).toMatchObject({ 'Primary Interface': '1' });
    await done(`structure agginterface delete ${bond}`);
    await done(`structure interface delete ${created['Id']}`);
    expect((await done('list')).split('\n').map((line) => line.split(/ +/).slice(1))).toEqual([
      ['HOST', 'SITE', 'STATE', 'ADDRESS', 'FOUNDATION', 'BLUEPRINT', 'JOB'],
      ['web2', 'site1', 'planned', '10.0.0.2', 't1', 'test-structure-base', '-'],
    ]);
    expect(await json('list --host web2 --state built')).toEqual([]);
  });

  it('complexes', async () => {
    await done('complex test create -l cx -s site1 -d "a complex" -m site1/web2');
    expect(await json('complex get cx')).toMatchObject({ type: 'Test', members: [1], built_percentage: 80 });
    expect(await json('complex test update cx --delete-member 1 -b 50')).toMatchObject({
      members: [],
      built_percentage: 50,
    });
    expect(await json('complex test update cx --add-member web2')).toMatchObject({ members: [1] });
    expect(await done('complex list --site site1')).toMatch(/^cx +site1 /m);
    await done('foundation testcomplexed create -l c1 -s site1 -b test-foundation-base -x cx');
    expect(await refused('complex delete cx')).toContain('used by Foundation c1');
    await done('foundation delete c1');
    expect(await done('complex delete cx')).toBe('deleted cx');
    expect(await refused('foundation accept-machine t1')).toContain('there is nothing to accept');
    expect(await refused('foundation settings t1')).toContain(
      'machines of the type "Test" have no settings to compare',
    );
    await done('complex libvirt create -l vms -s site1 -d "a host of VMs"');
    expect(await done('complex machines vms')).toBe('nobody has looked yet; "complex look" has somebody look');
    expect(await refused('complex adopt vms --machine u1 --dry-run')).toContain('nobody has looked yet');
    expect(await done('complex look vms')).toBe('the host of vms is looked at as soon as an agent can');
    await until(async () => (await done('complex machines vms')).includes('in vain: complex "vms" has no member'));
    expect(await done('complex delete vms')).toBe('deleted vms');
  });

  it('jobs', async () => {
    expect(await done('foundation job id t1')).toBe('No Job');
    expect(await done('foundation job do-create t1')).toBe('created job 1');
    expect(await json('foundation job id t1')).toEqual({ id: 1 });
    expect(await done('structure job do-create web2')).toBe('created job 2');
    expect(await done('structure job id web2')).toBe('Id:\t2');
    expect(await json('list')).toMatchObject([{ job: { id: 2, on: 'Structure', script: 'create', state: 'waiting' } }]);
    expect(await json('job list')).toMatchObject([{ id: 1 }, { id: 2 }]);
    expect(await done('job list site1')).toMatch(/^1 +site1 +foundation t1 +create +/m);
    expect(await json('job foundation list')).toMatchObject([{ foundation: 't1' }]);
    expect(await json('job structure list --site site1')).toMatchObject([{ structure: 1, state: 'waiting' }]);
    expect(labels(await done('job structure get 2'))).toMatchObject({ Structure: '1', 'Can Start': 'no' });
    expect(labels(await done('job get 1'))).toMatchObject({ Foundation: 't1', Done: expect.stringMatching(/^\d+ %$/) });
    const state = await done('job foundation state 1');
    expect(state).toMatch(/^- foundation\.locator: t1$/m);
    expect(state).toMatch(/^Script Line No: \d+$/m);
    expect(state).toMatch(/^-> +\d+ .*$/m);
    expect(await done('job state 1')).toContain('-- Script --');
    expect(await done('job structure state 2')).toContain('-- Script --');
    expect(await json('job vars 1')).toMatchObject({ 'foundation.locator': 't1' });
    for (const kind of ['foundation', 'structure']) {
      expect(await json(`job ${kind} vars ${kind === 'foundation' ? 1 : 2}`)).toMatchObject({
        'config._site': 'site1',
      });
    }
    expect(await done('job foundation pause 1')).toBe('paused 1');
    expect(await done('job foundation resume 1')).toBe('resumed 1');
    expect(await done('job structure cancel 2')).toBe('cancelled 2');
    expect(await done('job foundation cancel 1')).toBe('cancelled 1');
    expect(await refused('job get 1')).toContain('there is no job 1 under way');
    expect(await done('structure joblog web2')).toMatch(/^2 +site1 +Structure web2 +create +root /m);
    expect(await done('foundation joblog t1')).toMatch(/^1 +site1 +Foundation t1 +create +root /m);
    expect(await json('job log --site site1')).toHaveLength(2);
    expect(await refused('structure job do-utility web2 nothing')).toContain('target not built');
    expect(await refused('foundation job do-utility t1 nothing')).toMatch(/^contractor: /);
    expect(await refused('foundation job do-destroy t1')).toMatch(/^contractor: /);
    expect(await refused('structure job do-destroy web2')).toMatch(/^contractor: /);
  });

  it('who holds jobs', async () => {
    const made = 'hold rule create -d "Drain it" --script destroy,reseat --seconds 60 --kind Foundation --target t1';
    expect(labels(await done(`${made} --site site1 --holder storage`))).toMatchObject({
      Scripts: 'destroy reseat',
      Holder: 'storage',
      'When Over': 'fail',
    });
    expect(await json('hold rule update 1 --seconds 90 --holder ""')).toMatchObject({ seconds: 90, holder: null });
    expect(await json('hold rule list --site site1')).toMatchObject([
      { id: 1, target_kind: 'Foundation', target: 't1' },
    ]);
    expect(await refused('hold rule update 1 --seconds 0')).toContain('must be between 1 and 604800');
    expect(await done('hold rule delete 1')).toBe('deleted 1');
    expect(await refused('hold rule get 1')).toContain('There is no Foreman/HoldRule 1.');
    expect(await json('hold list --holder storage')).toEqual([]);
    for (const line of ['get 12-1', 'release 12-1', 'override 12-1 --reason x']) {
      expect(await refused(`hold ${line}`)).toContain('There is no Foreman/Hold 12-1.');
    }
    expect(await refused('hold override 12-1')).toContain('say --reason');
  });

  it('jobs on dependencies, and jobs that are over: there are none', async () => {
    expect(await json('job dependency list')).toEqual([]);
    for (const kind of ['foundation', 'structure', 'dependency']) {
      for (const verb of ['get', 'state', 'vars', 'pause', 'resume', 'reset', 'rollback', 'cancel']) {
        expect(await refused(`job ${kind} ${verb} 99`)).toMatch(/^contractor: There is no Foreman\/\w+Job 99\.$/);
      }
    }
  });

  it('webhooks, and their deliveries', async () => {
    const url = 'http://127.0.0.1:9/hook';
    expect(await json(`webhook add inventory --url ${url} --kind site.* --kind *.deleted --site site1`)).toEqual({
      name: 'inventory',
      signing_key: expect.stringMatching(/^whsec_/),
    });
    expect(await done('webhook list')).toMatch(
      /^inventory +http:\/\/127\.0\.0\.1:9\/hook +site\.\* \*\.deleted +site1 /m,
    );
    expect(await json('webhook update inventory -d mine --enabled no')).toMatchObject({
      description: 'mine',
      enabled: false,
      signing_key: null,
    });
    expect(labels(await done('webhook get inventory'))).toMatchObject({ Description: 'mine', Site: 'site1' });
    expect(await done('webhook renew-key inventory')).toMatch(/^whsec_/m);
    expect(await refused('webhook ping inventory')).toMatch(/not delivered: .*loopback/);
    expect(await json('webhook status inventory')).toMatchObject({ waiting: 0, dead: 0, delivered: 0 });
    expect(await done('webhook skip inventory')).toBe('forgotten: 0 deliveries');
    const kinds = (await done('webhook kinds')).split('\n');
    expect(kinds).toEqual(expect.arrayContaining(['subscription.created', 'box.deleted', 'hold_rule.changed']));
    expect(await json('webhook delivery list inventory --state dead')).toEqual([]);
    for (const what of ['retry', 'discard']) {
      expect(await refused(`webhook delivery ${what} 1`)).toContain('none of these deliveries was given up');
    }
    expect(await done('webhook delete inventory')).toBe('deleted inventory');
    expect(await refused('webhook get inventory')).toContain('There is no PostOffice/Subscription inventory.');
  });

  it('what has happened: the last of it, as it comes, and all of it', async () => {
    const events = (await json('events --kind site.created --model Site/Site --id site1 --count 5')) as object[];
    expect(events).toMatchObject([
      { kind: 'site.created', object: { model: 'Site/Site', id: 'site1' }, actor: 'root' },
    ]);
    expect(await done('events --kind subscription.* --count 2')).toMatch(
      /^AT +KIND +OBJECT +SITE +BY\n.* subscription\.key_renewed +PostOffice\/Subscription inventory +site1 +root\n.* subscription\.deleted /,
    );
    expect(await refused('events --kind nosuch.kind')).toContain('is no kind of public event');

    const stop = new AbortController();
    const { said, ended } = begun('events --follow --kind site.described --site site1', '', {}, stop.signal);
    await until(async () => {
      // It begins with what happens after it has begun.
      await done(`site update site1 -d "described ${said.out.length}"`);
      await done('site update site1 -d "the first"');
      return said.out.includes('site.described  Site/Site site1  site1  root');
    });
    stop.abort();
    expect((await ended).code).not.toBe(1);

    const lines = (await done('history export --object site/site1 --kind site.* --differences'))
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(lines[0]).toMatchObject({
      kind: 'site.created',
      actor: 'root',
      object: { model: 'Site/Site', id: 'site1' },
      data: { description: 'the first' },
      change: 'created',
      differences: expect.arrayContaining([{ path: ['description'], after: 'the first' }]),
    });
    expect(lines[1]).toMatchObject({ kind: 'site.configured', change: 'changed' });
    expect(lines.at(-1)).toMatchObject({ complete: true, from: '0', events: lines.length - 1 });
    const file = path.join(directory, 'history.jsonl');
    expect(await done(`history export ${file} --actor root --kind subscription.* --from 0`)).toMatch(
      /^wrote [4-9] events/,
    );
    expect(await readFile(file, 'utf8')).not.toMatch(/whsec_|127\.0\.0\.1/);
  });

  it('what commands would do, all of it together', async () => {
    expect(await done('site create -n p1 -d one --preview')).toMatch(
      /^\+ Site\/Site p1\n[^]*\npreview .* 1 events, until /,
    );
    expect(await refused('site get p1')).toContain('There is no Site/Site p1.');
    expect(await refused('site create -n site1 -d twice --preview')).toContain('already exists');
    for (const name of ['p1', 'p2']) await done(`site create -n ${name} -d x`);
    const before = ((await json('preview list')) as unknown[]).length;
    const shown = (await json('site delete p1 p2 --preview')) as Readonly<Record<string, unknown>>;
    expect(shown['objects']).toMatchObject(['p1', 'p2'].map((id) => ({ model: 'Site/Site', id, change: 'deleted' })));
    expect(await json('preview list')).toHaveLength(before + 1);
    expect(await json('site get p1')).toMatchObject({ name: 'p1' });
    expect(await done(`preview commit ${String(shown['id'])}`)).toMatch(/^committed .*: \d+ events$/);
    for (const name of ['p1', 'p2']) expect(await refused(`site get ${name}`)).toContain('There is no Site/Site');
  });

  it('of several changes each is previewed with those before it; none is left behind of them', async () => {
    for (const n of [3, 4]) await done(`hold rule create -d x --script destroy --seconds ${n}`);
    const ids = ((await json('hold rule list')) as readonly { readonly id: number }[]).map(({ id }) => id);
    const before = ((await json('preview list')) as unknown[]).length;
    expect(await refused(`hold rule delete ${ids.join(' ')} 99 --preview`)).toContain(
      'There is no Foreman/HoldRule 99.',
    );
    expect(await json('preview list')).toHaveLength(before);
    const text = await done(`hold rule delete ${ids.join(' ')} --preview`);
    expect(text.split('\n').filter((line) => line.startsWith('- '))).toEqual(
      ids.map((id) => `- Foreman/HoldRule ${id}`),
    );
    await done(`hold rule delete ${ids.join(' ')}`);
  });

  it('whether the log is as it was written, by the server itself', async () => {
    const verified = async (more = '') => run(`log verify --server ${server.url}${more}`);
    expect(await verified()).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^the log is whole: \d+ events in \d+ streams/),
      err: expect.stringMatching(/^\d+ events, \d+ %$/m),
    });
    const { out: told } = await verified(' --json');
    expect(JSON.parse(told)).toMatchObject({ outcome: 'whole', by: 'root', fault: null });
    const key = `--key ${'A'.repeat(43)}`;
    expect(await verified(` ${key}`)).toMatchObject({
      code: 1,
      out: expect.stringContaining('damaged'),
    });
    await database.pool.query(
      `UPDATE log.events SET data = replace(data::text, 'the first', 'The first') WHERE type = 'SiteDefined' AND stream = 'site-site1'`,
    );
    const { code, out } = await verified();
    expect([code, out]).toEqual([1, expect.stringMatching(/^the log is damaged: .*site-site1/)]);
    await database.pool.query(
      `UPDATE log.events SET data = replace(data::text, 'The first', 'the first') WHERE type = 'SiteDefined' AND stream = 'site-site1'`,
    );
  });

  it('what goes: structures', async () => {
    expect(await done('structure delete web2')).toBe('deleted web2');
    expect(await json('structure list')).toEqual([]);
  });

  it('waves: a target without the script is skipped', async () => {
    const make = 'wave create --script tidy --target gone --batch 1';
    expect(await done(`${make} --dry-run`)).toMatch(/gone +1 +there is no foundation gone/);
    expect(await refused('wave create --target gone --batch 1')).toContain('say --script');
    const { id } = (await json(`${make} -d x`)) as { readonly id: number };
    await until(async () => ((await json(`wave get ${id}`)) as { readonly state: string }).state === 'done');
    expect(await done(`wave progress ${id}`)).toMatch(/gone +1 +skipped +- +there is no foundation gone/);
    expect(await json('wave list')).toMatchObject([{ id, skipped: 1 }]);
    for (const action of ['pause', 'resume', 'cancel']) expect(await refused(`wave ${action} ${id}`)).not.toBe('');
    expect(await done(`wave delete ${id}`)).toBe(`deleted ${id}`);
  });

  it('machines that have called in', async () => {
    const image = new CinpClient(server.url);
    await image.login('root', ADMIN_PASSWORD);
    for (const identifier of ['m1', 'm2']) await image.call('/api/v1/Survey/Cartographer(register)', { identifier });
    await image.call('/api/v1/Survey/Cartographer:m1:(lookup)', { info_map: { hardware: { total_ram: 1024 } } });
    expect(await done('cartographer list')).toMatch(/^m1 +new .*\nm2 +new /m);
    expect(await json('cartographer get m1')).toMatchObject({ message: 'new', foundation: null });
    expect(await done('cartographer blueprints m1')).toBe('no foundation blueprint says what machines have to be');
    await done('blueprint foundation create -n called-in -d x -t Manual');
    const take = 'cartographer take m1 -s site1 -b called-in -l caller1';
    expect(await done(`${take} --dry-run`)).toBe('would be foundation caller1');
    expect(await done(take)).toBe('is foundation caller1');
    expect(await refused('cartographer assign m2 -f caller1')).toContain('Cartographer m1 has this Foundation already');
    await done('cartographer delete m1');
    expect(await done('cartographer assign m2 -f caller1')).toBe('assigned m2 to caller1');
    expect(await done('cartographer delete m2')).toBe('deleted m2');
    await done('foundation delete caller1');
    await done('blueprint foundation delete called-in');
  });

  it('and every one of them was run', () => {
    expect(Object.keys(nouns).filter((words) => !used.has(words))).toEqual([]);
  });
});
