import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { commandLine } from './command-line.ts';

const NAMESPACES = { Site: 'Site', Building: 'Structure', Auth: 'User' };
const SITE =
  '{"/api/v1/Site/Site:shop:": {"name": "shop", "config_values": {"ratio": 1.0, "10": "x", "2": [2.50, 3e0]}}}';
const KEPT = '{"name":"shop","config_values":{"ratio":1.0,"10":"x","2":[2.5,3.0]}}';

/** What is described of a path. */
function described(target: string): object {
  const [namespace = '', model = ''] = target.replace('/api/v1/', '').split('/');
  if (namespace === '') return { namespaces: Object.keys(NAMESPACES).map((one) => `/api/v1/${one}/`) };
  if (model !== '') return { 'id-field-name': 'name' };
  return {
    models: Object.entries(NAMESPACES).flatMap(([of, one]) => (of === namespace ? [`/api/v1/${of}/${one}`] : [])),
  };
}

describe('what a server shows over CInP', () => {
  let server: Server;
  let url: string;
  let folder: string;
  /** What was to be converted. */
  let converted: string[];
  /** How a list of structures is answered. */
  let structures: { readonly status: number; readonly text: string };

  beforeEach(async () => {
    [converted, structures] = [[], { status: 403, text: '{"message": "Not Authorized"}' }];
    folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-import-'));
    // Node's HTTP server knows no verbs of CInP.
    server = createServer((socket) => {
      let read = '';
      socket.setEncoding('utf8').on('data', (part: string) => {
        read += part;
        const [head = '', body] = read.split('\r\n\r\n');
        if (body === undefined || body.length < Number(/^content-length: *(\d+)$/im.exec(head)?.[1] ?? 0)) return;
        const [verb = '', target = ''] = head.split(' ');
        const [status, text] = answer(verb, target, body);
        socket.end(`HTTP/1.1 ${status} x\r\nTotal: 1\r\nConnection: close\r\n\r\n${text}`);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });

  /** A Contractor that is read, and one that imports. */
  function answer(verb: string, target: string, body: string): readonly [status: number, text: string] {
    if (verb === 'DESCRIBE') return [200, JSON.stringify(described(target))];
    if (target === '/api/v1/Site/Site') return [200, '["/api/v1/Site/Site:shop:"]'];
    if (target === '/api/v1/Building/Structure') return [structures.status, structures.text];
    if (target === '/api/v1/Site/Site:shop:') return [200, SITE];
    if (target !== '/api/rest/Site/SiteFile/convert') return [403, '{}'];
    const { files } = JSON.parse(body) as { readonly files: Readonly<Record<string, string>> };
    converted.push(...Object.values(files));
    return [200, '{"value": {"text": "", "warnings": ["something was left out"]}}'];
  }

  async function run(...args: readonly string[]) {
    const said = { out: '', err: '' };
    const into = (stream: 'out' | 'err') =>
      new Writable({
        write: (chunk: Buffer, _, done) => {
          said[stream] += chunk.toString();
          done();
        },
      });
    const code = await commandLine({
      args,
      environment: { HOME: folder, CONTRACTOR_URL: url },
      input: Readable.from([]) as unknown as NodeJS.ReadStream,
      output: into('err'),
      result: into('out'),
      signal: new AbortController().signal,
    });
    return { code, ...said };
  }
  const file = (name: string): string => path.join(folder, name);

  const REFUSED = { '/api/v1/Building/Structure': 'not for anybody', '/api/v1/Auth/User': 'not for anybody' };
  const TO_IMPORT = `{"contractor":"URL","models":{"/api/v1/Site/Site":{"/api/v1/Site/Site:shop:":${KEPT}}},"skipped":{"/api/v1/Building/Structure":"not for anybody"}}`;
  const seen = (): string[] => converted.map((text) => text.replaceAll(url, 'URL'));

  it('is imported with its numbers and order, and with what was left out of it', async () => {
    const { code, out } = await run('import', 't3kton', url, '--output', file('site.toml'));
    expect([code, out]).toEqual([0, `warning: something was left out\nwrote ${file('site.toml')}\n`]);
    expect(seen()).toEqual([TO_IMPORT]);
  });

  it('is the same by way of a file', async () => {
    const { out } = await run('export-cinp', url, '--output', file('old.json'));
    expect(out).toMatch(
      /^left out \/api\/v1\/Building\/Structure: not for anybody\nleft out .*Auth.*\nwrote 1 objects to /,
    );
    const text = await readFile(file('old.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ skipped: REFUSED });
    expect((await run('export-cinp', url)).out).toBe(text);
    expect(await run('import', 't3kton', file('old.json'), '--output', file('site.toml'))).toMatchObject({ code: 0 });
    expect(seen()).toEqual([TO_IMPORT]);
  });

  it('is imported from files that do not tell what was left out', async () => {
    await writeFile(file('old.json'), '{"contractor": "x", "models": {}}');
    expect(await run('import', 't3kton', file('old.json'), '--output', file('site.toml'))).toMatchObject({ code: 0 });
    expect(seen()).toEqual(['{"contractor":"x","models":{},"skipped":{}}']);
    await writeFile(file('old.json'), '{"models": null}');
    expect(await run('import', 't3kton', file('old.json'))).toMatchObject({ code: 2, out: '' });
  });

  it('is told with a model that the server fails to show', async () => {
    structures = { status: 500, text: '{"message": "oops"}' };
    await run('import', 't3kton', url, '--output', file('site.toml'));
    expect(converted[0]).toContain('LIST /api/v1/Building/Structure was answered 500');
  });

  it('is not imported where the session ends on the way', async () => {
    structures = { status: 401, text: '{"message": "Invalid Session"}' };
    expect(await run('import', 't3kton', url, '--output', file('site.toml'))).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('LIST /api/v1/Building/Structure was answered 401'),
    });
    expect(converted).toEqual([]);
  });
});
