/** What operators do who know better than the log, by the command line: states, jobs, platforms. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ADMIN_PASSWORD, until } from '#testing';
import type { CommandEnded } from './run-command.ts';
import { runCommand } from './run-command.ts';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

const { server, client, rest } = await startJourney({ CONTRACTOR_SUBCONTRACTOR: 'none' });
const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-operators-'));
afterAll(() => rm(directory, { recursive: true }));

const contractor = (line: string, input = ''): Promise<CommandEnded> =>
  runCommand(line.split(' '), {
    environment: { XDG_CONFIG_HOME: directory, CONTRACTOR_URL: server.url },
    input,
  });
const done = async (line: string): Promise<string> => {
  const { code, out, err } = await contractor(line);
  expect([line, code, err]).toEqual([line, 0, '']);
  return out.trimEnd();
};
const stateOf = async (uri: string) => (await client.get(uri))['state'];

const SITE = '/api/v1/Site/Site:site1:';
const HOST = '/api/v1/Building/Foundation:host:';

beforeAll(async () => {
  expect((await contractor('login', `${ADMIN_PASSWORD}\n`)).code).toBe(0);
  await done('setup --primary-interface eth0 --address 10.0.0.10/24 --no-bind --no-ip-reservation');
});

describe('a platform', () => {
  it('is enabled: its resources are loaded, and groups may work with it', async () => {
    expect(await done('platform list')).toMatch(/^test\s+no\s+Test/m);
    const told = await done('platform enable test');
    expect(told).toContain('created foundation test-foundation-base');
    expect(told).toContain('granted builder: Building.view_foundation Building.add_foundation');
    expect(told).toContain('granted infrastructure: Building.view_complex');
    expect(await done('platform list')).toMatch(/^test\s+yes\s+Test/m);
    const { body } = await rest('GET', 'Auth/Group/infrastructure');
    expect(body['permissions']).toContain('Building.delete_complex');
    expect(await contractor('platform enable azure')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no platform "azure"/),
    });
  });

  it('is enabled with what its scripts boot, where that is missing; what is there is left as it is', async () => {
    const [clock, utility] = ['set-rtc', 'utility'].map((name) => `/api/v1/BluePrint/PXE:${name}:`);
    await client.delete(clock!);
    await client.update(utility!, { boot_script: 'echo ours' });
    const told = await done('platform enable ipmi');
    expect(told).toContain('created pxe set-rtc');
    expect(told).toContain('created foundation ipmi-base');
    expect(told).not.toContain('utility');
    expect(await client.get(utility!)).toMatchObject({ boot_script: 'echo ours' });
    expect(await done('platform list')).toMatch(/^ipmi\s+yes/m);
    await client.delete(clock!);
    expect(await done('platform list')).toMatch(/^ipmi\s+no/m);
    expect(await done('platform enable redfish')).toContain('created pxe set-rtc');
    expect(await done('platform disable redfish')).not.toContain('pxe');
  });
});

describe('a host that was there before', () => {
  it('is forced built, and the complex it carries is built with it', async () => {
    const blueprint = '/api/v1/BluePrint/FoundationBluePrint:manual-foundation-base:';
    await client.create('/api/v1/Manual/ManualFoundation', { site: SITE, locator: 'host', blueprint });
    const { uri: host } = await client.create('/api/v1/Building/Structure', {
      site: SITE,
      foundation: HOST,
      hostname: 'host',
      blueprint: '/api/v1/BluePrint/StructureBluePrint:manual-structure-base:',
    });
    expect(host).toBe('/api/v1/Building/Structure:2:');
    const { uri: complex } = await client.create('/api/v1/Test/TestComplex', {
      site: SITE,
      name: 'demo',
      description: 'x',
    });
    await client.create('/api/v1/Building/ComplexStructure', {
      complex: '/api/v1/Building/Complex:demo:',
      structure: host,
    });
    expect(await done('boss -f host --built')).toBe('Foundation host is now built');
    expect(await done('force -s 2 built')).toBe('Structure 2 is now built');
    expect([await stateOf(HOST), await stateOf(host), await stateOf(complex)]).toEqual(['built', 'built', 'built']);
  });

  it('is not located while what stands on it is built; planned takes that along', async () => {
    expect(await contractor('force -f host located')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/Structure 2 on it is built/),
    });
    const before = await client.get('/api/v1/Building/Structure:2:');
    await done('boss --planned -f host');
    const after = await client.get('/api/v1/Building/Structure:2:');
    expect([await stateOf(HOST), after['state']]).toEqual(['planned', 'planned']);
    expect(after['config_uuid']).not.toBe(before['config_uuid']);
    expect(await done('force -f host located')).toBe('Foundation host is now located');
  });

  it('takes what hangs on it along: dependencies, and over a hard link what waits for them', async () => {
    const blueprint = '/api/v1/BluePrint/FoundationBluePrint:manual-foundation-base:';
    await client.create('/api/v1/Manual/ManualFoundation', { site: SITE, locator: 'waits', blueprint });
    const { uri: port } = await client.create('/api/v1/Building/Dependency', {
      structure: '/api/v1/Building/Structure:2:',
      foundation: '/api/v1/Building/Foundation:waits:',
      link: 'hard',
    });
    const id = /:(\d+):$/.exec(port)?.[1] ?? '';
    for (const one of ['-s 2', `-d ${id}`, '-f waits']) await done(`force ${one} built`);
    expect(await stateOf(port)).toBe('built');
    await done('force -s 2 planned');
    expect([await stateOf(port), await stateOf('/api/v1/Building/Foundation:waits:')]).toEqual(['planned', 'planned']);
  });

  it('is not built before it is known what it is made of, where its blueprint asks that', async () => {
    const { uri: blueprint } = await client.create('/api/v1/BluePrint/FoundationBluePrint', {
      name: 'known',
      description: 'x',
      foundation_type_list: ['Manual'],
      physical_interface_names: [],
      validation_template: { 'hardware.cpu': 'x' },
    });
    await client.create('/api/v1/Manual/ManualFoundation', { site: SITE, locator: 'unknown', blueprint });
    expect(await contractor('force -f unknown built')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/id_map/),
    });
    await client.update('/api/v1/Manual/ManualFoundation:unknown:', { id_map: { hardware: { cpu: 'x' } } });
    await done('force -f unknown built');
  });

  it.each([
    ['force built', /say what: -f LOCATOR/],
    ['force -f host -s 2 built', /say what/],
    ['force -s 2 located', /only foundations are located/],
    ['force -f host lost', /none of planned/],
    ['boss -f host', /unknown boss task/],
  ])('"%s" is wrong use', async (line, reason) =>
    expect(await contractor(line)).toMatchObject({ code: 2, err: expect.stringMatching(reason) }),
  );

  it('takes a permission of its own to be forced', async () => {
    await contractor('user add eve', 'eve has this one\n');
    await done('user grant eve Building.change_foundation');
    const eve = await fetch(`${server.url}/api/rest/Auth/User/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: 'eve', password: 'eve has this one' }),
    });
    const { value } = (await eve.json()) as { value: string };
    const answer = await fetch(`${server.url}/api/rest/Building/Foundation/host/force`, {
      method: 'POST',
      headers: { Authorization: `Bearer eve:${value}`, 'Content-Type': 'application/json' },
      body: '{"state": "built"}',
    });
    expect(answer.status).toBe(403);
  });
});

describe('a job', () => {
  const FOUNDATION = '/api/v1/Building/Foundation:t1:';
  const queued = (id: number) =>
    until(async () => (await client.get(`/api/v1/Foreman/FoundationJob:${id}:`))['state'] === 'queued');

  beforeAll(async () => {
    await client.create('/api/v1/Test/TestFoundation', {
      site: SITE,
      locator: 't1',
      blueprint: '/api/v1/BluePrint/FoundationBluePrint:test-foundation-base:',
    });
  });

  it('is made, shown, and taken for done', async () => {
    const { jobs } = JSON.parse(await done('boss -f t1 --do-create --chain --json')) as { jobs: number[] };
    const [id = 0] = jobs;
    await queued(id);
    expect(await done('boss -f t1 --show-job')).toMatch(/^state: queued$/m);
    expect(await done('force -f t1 clear-dispatched')).toBe(
      `job ${id} of Foundation t1 is free to send its task again`,
    );
    expect(await done('boss -f t1 --done')).toBe(`job ${id} of Foundation t1 is taken for done`);
    expect(await stateOf(FOUNDATION)).toBe('built');
    expect(await done('boss -f t1 --show-job')).toBe('No Job');
    expect(await contractor('boss -f t1 --done')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/Foundation t1 has no job/),
    });
    expect(JSON.parse(await done('boss -f t1 --show-config'))).toMatchObject({ _foundation_locator: 't1' });
  });

  it('is ended wherever it stands, and what it works on can be deleted', async () => {
    const { jobs } = JSON.parse(await done('boss -f t1 --do-destroy --json')) as { jobs: number[] };
    await queued(jobs[0] ?? 0);
    expect(await contractor('boss -f t1 --delete')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/Not Deletable/),
    });
    await done('boss -f t1 --clear-job');
    expect(await stateOf(FOUNDATION)).toBe('built');
    await done('force -f t1 planned');
    expect(await done('boss -f t1 --delete')).toBe('Foundation t1 is deleted');
  });
});

describe('a platform nobody builds on', () => {
  it('is disabled, and not before', async () => {
    expect(await contractor('platform disable test')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/0 foundations and 1 complexes/),
    });
    await client.delete('/api/v1/Building/Complex:demo:');
    expect(await done('platform disable test')).toContain('deleted foundation test-foundation-base');
    expect(await done('platform list')).toMatch(/^test\s+no/m);
  });
});

it('zones that nobody publishes are told', async () => {
  expect(await contractor('dns check')).toMatchObject({ code: 1, out: expect.stringMatching(/BIND_ZONE_DIRECTORY/) });
});

it('scripts are looked at without a server', async () => {
  const file = path.join(directory, 'one.tscript');
  await writeFile(file, 'one=1\n');
  expect(await contractor(`script lint ${file}`)).toMatchObject({ code: 0 });
  expect(await contractor(`script format ${file} --check`)).toMatchObject({ code: 1 });
  expect(await contractor(`script format ${file} --write`)).toMatchObject({ code: 0 });
  expect(await contractor(`script format ${file}`)).toMatchObject({ code: 0, out: 'one = 1\n' });
  expect(await contractor(`script run ${file} --json`)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/"one": 1/),
  });
  expect(await contractor('script lint')).toMatchObject({ code: 2 });
});
