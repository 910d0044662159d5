import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT_PATH } from './engine-network.ts';

const run = promisify(execFile);

/** An answer of the engine. */
export interface EngineAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Asks an engine; `path` without version. */
export type EngineApi = (method: string, path: string, body?: Buffer | object) => Promise<EngineAnswer>;

/** The names of all containers an engine has, running or not. */
export async function containersOf(api: EngineApi): Promise<readonly string[]> {
  const { body } = await api('GET', '/containers/json?all=true');
  return (body as readonly { readonly Names: readonly string[] }[]).map(({ Names }) => (Names[0] ?? '').slice(1));
}

/** Makes an image whose file system is busybox under the names of its programs. */
export async function makeImage(api: EngineApi, folder: string, image: string, line?: string): Promise<void> {
  await mkdir(path.join(folder, 'bin'), { recursive: true });
  const { stdout: where } = await run('sh', ['-c', 'command -v busybox'], { env: { PATH: ROOT_PATH } });
  await copyFile(where.trim(), path.join(folder, 'bin/busybox'));
  // Debian has it as one file, or with libraries that are named line by line.
  const { stdout: libraries } = await run('ldd', [where.trim()], { env: { PATH: ROOT_PATH } }).catch(() => ({
    stdout: '',
  }));
  for (const [library] of libraries.matchAll(/\/\S+/g)) {
    await mkdir(path.join(folder, path.dirname(library)), { recursive: true });
    await copyFile(library, path.join(folder, library));
  }
  for (const program of ['sh', 'sleep', 'httpd', 'cat', 'echo']) {
    await symlink('busybox', path.join(folder, 'bin', program));
  }
  const tar = path.join(folder, '../image.tar');
  await run('tar', ['--create', '--file', tar, '--directory', folder, '.']);
  const [repo = '', tag = 'latest'] = image.split(':');
  // The first process of a container is ended by no signal that it does not wait for.
  const command = line === undefined ? 'true' : `trap 'exit 0' TERM; ${line} & wait`;
  const query = new URLSearchParams({
    fromSrc: '-',
    repo,
    tag,
    changes: `CMD ${JSON.stringify(['/bin/sh', '-c', command])}`,
  });
  const { status, body } = await api('POST', `/images/create?${query.toString()}`, await readFile(tar));
  await Promise.all([rm(tar), rm(folder, { recursive: true })]);
  // Podman calls it `latest`, whatever it was asked for.
  if (tag !== 'latest' && (await api('GET', `/images/${image}/json`)).status === 404) {
    await api('POST', `/images/${repo}:latest/tag?repo=${repo}&tag=${tag}`);
  }
  if (status !== 200 || JSON.stringify(body).includes('"error"')) throw new Error(`no image: ${JSON.stringify(body)}`);
}

/** Asks the engine that listens at a socket of files; `where` is the path without version. */
export async function askEngine(
  socketPath: string,
  method: string,
  where: string,
  body?: Buffer | object,
): Promise<EngineAnswer> {
  const bytes = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const type = Buffer.isBuffer(body) ? 'application/x-tar' : 'application/json';
  const headers = bytes === undefined ? {} : { 'Content-Type': type, 'Content-Length': bytes.length };
  const request = http.request({ socketPath, method, path: `/v1.41${where}`, headers, agent: false });
  request.end(bytes);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) text += chunk;
  const lines = text.trim().split('\n').filter(Boolean);
  const answer = lines.length > 1 ? lines.map((line) => JSON.parse(line) as unknown) : JSON.parse(lines[0] ?? 'null');
  return { status: response.statusCode ?? 0, body: answer };
}
