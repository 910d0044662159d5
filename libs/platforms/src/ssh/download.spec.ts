import { once } from 'node:events';
import { mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { download } from './download.ts';

describe('a download', () => {
  let folder: string;
  let web: Server;
  let source: string;
  beforeAll(async () => {
    web = createServer((_, response) => void response.writeHead(200).write('beginning')).listen(0, '127.0.0.1');
    await once(web, 'listening');
    source = `http://127.0.0.1:${(web.address() as AddressInfo).port}/slow?token=s3cret`;
  });
  afterAll(() => {
    web.closeAllConnections();
    web.close();
  });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'contractor-download-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const into = () => path.join(folder, 'content');
  const { signal } = new AbortController();

  it('ends where the source falls silent, and does not show what stands behind the path', async () => {
    const silent = download(source, into(), { signal, silenceMs: 50 });
    await expect(silent).rejects.toThrow(/^http:\/\/127\.0\.0\.1:\d+\/slow was silent for 0\.05 s$/);
  });

  it('ends with the signal', async () => {
    const stop = new AbortController();
    const running = download(source, into(), { signal: stop.signal });
    await once(web, 'request');
    stop.abort(new Error('the agent stops'));
    await expect(running).rejects.toThrow('the agent stops');
  });

  it('ends where the file is too large', async () => {
    const large = path.join(folder, 'large');
    await writeFile(large, '');
    await truncate(large, 1001);
    await expect(download(`file://${large}`, into(), { signal, maxBytes: 1000 })).rejects.toThrow(
      'large is larger than 1000 bytes',
    );
    expect(await download(`file://${large}`, into(), { signal, maxBytes: 1001 })).toBe(1001);
    expect((await stat(into())).mode & 0o777).toBe(0o600);
  });
});
