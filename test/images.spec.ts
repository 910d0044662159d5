import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'yaml';
import type { TestContractor } from '#testing';
import { ADMIN_PASSWORD, startContractor, until } from '#testing';
import { runCommand } from './run-command.ts';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

const folder = await mkdtemp(path.join(os.tmpdir(), 'images-'));
const IMAGES = path.join(folder, 'shared');
const { server, client, database, token, rest } = await startJourney({
  CONTRACTOR_IMAGES: IMAGES,
  CONTRACTOR_IMAGE_SIZE: '2',
  CONTRACTOR_IMAGES_TOTAL: '3',
  CONTRACTOR_SUBCONTRACTOR: 'none',
});
afterAll(() => rm(folder, { recursive: true }));

const sum = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
const disk = (length: number): Buffer => Buffer.concat([Buffer.from('a disk'), randomBytes(length - 6)]);
const environment = { XDG_CONFIG_HOME: folder, HOME: folder, CONTRACTOR_URL: server.url };
const contractor = (...args: readonly string[]) => runCommand(args, { environment });

async function put(content: Buffer, sha256 = sum(content), authorization = `Bearer root:${token}`) {
  const response = await fetch(`${server.url}/api/rest/images/${sha256}`, {
    method: 'PUT',
    headers: { Authorization: authorization },
    body: new Uint8Array(content),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const download = (sha256: string, headers: Readonly<Record<string, string>> = {}, at = server) =>
  fetch(`${at.url}/images/${sha256}`, { headers });
const add = (values: Readonly<Record<string, unknown>>) => rest('POST', 'Image/Image', values);

let structure: string;
let uuid: string;
const configOf = async (): Promise<Record<string, unknown>> =>
  (await (await fetch(`${server.url}/config/config/c/${uuid}`)).json()) as Record<string, unknown>;

beforeAll(async () => {
  const created = async (model: string, values: Readonly<Record<string, unknown>>): Promise<string> =>
    (await client.create(`/api/v1/${model}`, values)).uri;
  const site = await created('Site/Site', { name: 'site1', description: 'a site' });
  const base = await created('BluePrint/FoundationBluePrint', {
    name: 'base',
    description: 'a base',
    foundation_type_list: ['Manual'],
  });
  const web = await created('BluePrint/StructureBluePrint', {
    name: 'web',
    description: 'a server',
    foundation_blueprint_list: [base],
  });
  const foundation = await created('Manual/ManualFoundation', { site, locator: 'm1', blueprint: base });
  structure = await created('Building/Structure', { site, foundation, hostname: 'web1', blueprint: web });
  const { body } = await rest('GET', `Building/Structure/${/:(\d+):/.exec(structure)?.[1]}`);
  uuid = String(body['config_uuid']);
});

const named = (image: string | null) =>
  client.update(structure, { config_values: image === null ? {} : { os_image: image } });

describe('images of operating systems', () => {
  const first = disk(400_000);
  const second = gzipSync(disk(300_000));

  it('are sent to the server, and served to everybody, parts of them too', async () => {
    expect(await put(first)).toEqual({ status: 200, body: { sha256: sum(first), size: first.length } });
    expect(await add({ name: 'debian', version: '1', sha256: sum(first) })).toMatchObject({
      status: 201,
      body: { id: 'debian~1', format: 'raw', size: first.length, url: null },
    });
    const whole = await download(sum(first));
    expect(Buffer.from(await whole.arrayBuffer()).equals(first)).toBe(true);
    const { headers } = whole;
    expect([headers.get('content-type'), headers.get('content-length')]).toEqual([
      'application/octet-stream',
      String(first.length),
    ]);
    expect(headers.get('cache-control')).toContain('immutable');
    const part = await download(sum(first), { Range: 'bytes=100-199', 'If-Range': headers.get('etag') ?? '' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 100-199/${first.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(first.subarray(100, 200))).toBe(true);
    const unchanged = await download(sum(first), { 'If-None-Match': headers.get('etag') ?? '' });
    expect([unchanged.status, await unchanged.text()]).toEqual([304, '']);
    expect((await download('0'.repeat(64))).status).toBe(404);
    expect((await download('..%2fsecret.key')).status).toBe(404);
  });

  it('are refused where they may not come, are too large, or are not what was said', async () => {
    expect((await put(first, sum(first), 'Basic x')).status).toBe(401);
    const large = Buffer.alloc(2_000_001, 1);
    expect(await put(large)).toMatchObject({ status: 413, body: { title: 'Too much at once' } });
    expect(await put(disk(10), 'f'.repeat(64))).toMatchObject({
      status: 422,
      body: { errors: [{ code: 'CHECKSUM' }] },
    });
    expect(await put(disk(10), 'F'.repeat(64))).toMatchObject({ status: 400 });
    expect(await add({ name: 'debian', version: '2', sha256: 'f'.repeat(64) })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'sha256', code: 'NO_FILE' }] },
    });
    expect(await add({ name: 'debian', version: '1', sha256: sum(first) })).toMatchObject({
      body: { errors: [{ field: 'version', code: 'TAKEN' }] },
    });
    expect(await readdir(IMAGES)).toEqual([sum(first)]);
  });

  it('leave nothing where the sender goes away', async () => {
    const { hostname, port } = new URL(server.url);
    const sending = request({
      hostname,
      port,
      method: 'PUT',
      path: `/api/rest/images/${'e'.repeat(64)}`,
      headers: { Authorization: `Bearer root:${token}`, 'Content-Length': '1000000' },
    });
    sending.on('error', () => undefined);
    sending.write(Buffer.alloc(500_000, 1));
    await until(async () => (await readdir(IMAGES)).length === 2);
    sending.destroy();
    await until(async () => (await readdir(IMAGES)).length === 1);
  });

  it('are handled by the command line', async () => {
    const login = await runCommand(['login'], { environment, input: `${ADMIN_PASSWORD}\n` });
    expect(login).toMatchObject({ code: 0 });
    const file = path.join(folder, 'disk.raw.gz');
    await writeFile(file, second);
    const wrong = await contractor('image', 'upload', 'debian', file, '--version', '2', '--sha256', 'a'.repeat(64));
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining(`is ${sum(second)}, not aaaa`)]);
    const sent = await contractor('image', 'upload', 'debian', file, '--version', '2', '-d', 'with nginx');
    expect(sent).toMatchObject({ code: 0, out: `image debian:2 is there: raw.gz, ${second.length} bytes\n` });
    const where = ['--url', 'https://images.example/noble.zst', '--sha256', 'B'.repeat(64)];
    const added = await contractor('image', 'add', 'ubuntu', '--version', 'noble', ...where);
    expect(added).toMatchObject({
      code: 0,
      out: 'image ubuntu:noble is there: raw.zst at https://images.example/noble.zst\n',
    });
    const { out } = await contractor('image', 'list');
    expect(out.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
      ['NAME', 'VERSION', 'FORMAT'],
      ['debian', '1', 'raw'],
      ['debian', '2', 'raw.gz'],
      ['ubuntu', 'noble', 'raw.zst'],
      [''],
    ]);
    expect((await contractor('image', 'show', 'debian')).out).toContain('version: 2\n');
  });

  it('are told to machines whose configuration names them, with the version that is used', async () => {
    expect((await configOf())['_os_image']).toBeUndefined();
    await named('debian');
    const newest = {
      name: 'debian',
      version: '2',
      chosen: 'newest',
      url: `http://contractor/images/${sum(second)}`,
      sha256: sum(second),
      size: second.length,
      format: 'raw.gz',
    };
    expect((await configOf())['_os_image']).toEqual(newest);
    await named('{{ "debian" }}:1');
    expect((await configOf())['_os_image']).toMatchObject({ version: '1', chosen: 'named', sha256: sum(first) });
    await named('ubuntu:noble');
    expect((await configOf())['_os_image']).toMatchObject({ url: 'https://images.example/noble.zst', size: null });
    await client.update(structure, { config_values: { os_image: { url: 'http://x/y', sha256: 'c'.repeat(64) } } });
    expect((await configOf())['_os_image']).toBeUndefined();
    await named('debian:3');
    expect((await configOf())['_os_image']).toEqual({
      name: 'debian',
      version: null,
      url: null,
      fault: 'there is no image debian:3',
    });
    const id = /:(\d+):/.exec(structure)?.[1];
    const { body } = await rest('POST', `Building/Structure/${id}/render`, {
      config_values: { os_image: 'debian' },
      blueprint: 'web',
    });
    expect(body).toMatchObject({ value: { configuration: { _os_image: { version: null } } } });
  });

  it('are not deleted while a configuration names them, unless they have to', async () => {
    await named('debian');
    const refused = await contractor('image', 'delete', 'debian:2');
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('used by Structure')]);
    await named('debian:2');
    expect((await contractor('image', 'delete', 'debian:2')).code).toBe(1);
    expect((await contractor('image', 'delete', 'debian:2', '--force')).out).toBe('deleted debian:2\n');
    await named('debian');
    expect((await configOf())['_os_image']).toMatchObject({ version: '1' });
  });

  it('come back where their deletion is undone', async () => {
    const authorization = { Authorization: `Bearer root:${token}` };
    const deleted = await fetch(`${server.url}/api/rest/Image/Image/ubuntu~noble`, {
      method: 'DELETE',
      headers: authorization,
    });
    expect(deleted.status).toBe(204);
    expect((await contractor('image', 'show', 'ubuntu')).err).toContain('there is no image ubuntu');
    await rest('POST', 'Records/Request/undo', { id: deleted.headers.get('contractor-request') });
    expect((await contractor('image', 'show', 'ubuntu')).out).toContain('url: https://images.example/noble.zst\n');
  });

  it('are read by the server, which tells what is wrong with them', async () => {
    const { code, out } = await contractor('image', 'verify');
    expect([code, out]).toEqual([0, expect.stringMatching(/debian +1 +whole .*\n.*elsewhere/)]);
    await truncate(path.join(IMAGES, sum(first)), first.length - 1);
    const corrupted = await contractor('image', 'verify', 'debian');
    expect([corrupted.code, corrupted.out]).toEqual([1, expect.stringContaining('corrupted')]);
    await rm(path.join(IMAGES, sum(first)));
    expect((await contractor('image', 'verify', 'debian:1')).out).toContain('missing');
    const missing = await download(sum(first));
    expect([missing.status, await missing.text()]).toEqual([503, expect.stringContaining('this server has no file')]);
    await put(first);
    expect((await contractor('image', 'verify', 'debian:1')).code).toBe(0);
  });
});

describe('a second server on the same database', () => {
  let other: TestContractor | undefined;
  afterAll(() => other?.stop());

  it('gives out what the other one was sent, where they share the folder', async () => {
    const content = disk(1000);
    await put(content);
    await add({ name: 'small', version: '1', sha256: sum(content) });
    const settings = { DATABASE_URL: database.url, CONTRACTOR_SUBCONTRACTOR: 'none', CONTRACTOR_IMAGES: IMAGES };
    other = await startContractor(settings);
    const found = await download(sum(content), {}, other);
    expect(Buffer.from(await found.arrayBuffer()).equals(content)).toBe(true);
  });
});

describe('the seed of cloud-init', () => {
  it('is made of the configuration of a structure', async () => {
    const seed = async (file: string) => {
      const response = await fetch(`${server.url}/config/cloud_init/c/${uuid}/${file}`);
      return { status: response.status, text: await response.text() };
    };
    expect(parse((await seed('meta-data')).text)).toEqual({ 'instance-id': uuid, 'local-hostname': 'web1' });
    expect((await seed('user-data')).text).toMatch(/^#cloud-config\n/);
    expect((await seed('vendor-data')).status).toBe(200);
    expect(parse((await seed('network-config')).text)).toEqual({ version: 2 });
    expect((await seed('other-data')).status).toBe(400);
    const foreign = await fetch(`${server.url}/config/cloud_init/s/${/:(\d+):/.exec(structure)?.[1]}/user-data`);
    expect(foreign.status).toBe(401);
  });
});
