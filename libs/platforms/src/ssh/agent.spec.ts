import { generateKeyPairSync } from 'node:crypto';
import { getEventListeners, once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type Server as HttpServer, type ServerResponse } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import ssh2 from 'ssh2';
import { Secret } from '#kernel';
import type { Credentials, TaskContext } from '#platform';
import { startSshd, until, type Sshd } from '#testing';
import { ssh } from './agent.ts';
import type { Login, SshSettings } from './connect.ts';
import { MAX_LINE, MAX_LOGGED } from './execute.ts';
import { KnownHosts } from './known-hosts.ts';

let sshd: Sshd;
let folder: string;
let knownHosts: string;
let said: (Record<string, unknown> & { message: string })[];
let vault: Readonly<Record<string, Credentials>>;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'contractor-ssh-'));
  knownHosts = path.join(folder, 'state', 'known_hosts');
  said = [];
  vault = {};
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const settings = (): SshSettings => ({ knownHosts: new KnownHosts('first-use', knownHosts), keyFiles: [] });
const context = (signal = new AbortController().signal, task = '1-1'): TaskContext => ({
  task,
  job: 1,
  signal,
  credentials: async (value) => (value instanceof Secret ? vault[value.reveal()] : undefined) ?? null,
  debug: (message, fields) => void said.push({ message, ...fields }),
});
const login = (changes: Partial<Login> = {}): Login => ({
  host: '127.0.0.1',
  port: sshd.port,
  username: sshd.user,
  password: null,
  private_key: new Secret(sshd.key),
  ...changes,
});
const execute = (
  command: string,
  {
    signal,
    timeout = 60,
    with: using = settings(),
    ...changes
  }: Partial<Login> & {
    signal?: AbortSignal;
    timeout?: number;
    with?: SshSettings;
  } = {},
) => ssh(using).tasks.execute({ ...login(changes), command: new Secret(command), timeout }, context(signal));
const output = () => said.filter(({ message }) => message === 'output').map(({ line }) => line);

describe('a command', () => {
  it.each([0, 1, 77, 255])('tells its exit code: %d', async (rc) => {
    expect(await execute(`exit ${rc}`)).toEqual({ rc });
  });

  it('has what it writes in the log, line by line, both streams as one', async () => {
    expect(await execute('echo one; echo two >&2; printf three')).toEqual({ rc: 0 });
    expect(new Set(output())).toEqual(new Set(['one', 'two', 'three']));
  });

  it('has no more of it in the log than a bound, and goes on', async () => {
    expect(await execute('yes 0123456789 | head -c 2000000; exit 5')).toEqual({ rc: 5 });
    expect(output().join('\n').length).toBeLessThanOrEqual(MAX_LOGGED + 20);
    expect(said.at(-1)).toEqual({ message: 'the rest of the output is dropped', after: MAX_LOGGED });
    said.length = 0;
    await execute('head -c 100000 /dev/zero | tr "\\\\0" x; echo; echo next');
    expect(output()).toEqual(['x'.repeat(MAX_LINE), 'next']);
  });

  it('that a signal ends is told with it', async () => {
    await expect(execute('kill -TERM $$')).rejects.toThrow('the command was ended by SIGTERM');
  });

  it('that takes too long is killed', async () => {
    const pid = path.join(folder, 'pid');
    await expect(execute(`echo $$ > ${pid}; exec sleep 600`, { timeout: 1 })).rejects.toThrow(
      'timeout: the command did not end within 1 s',
    );
    await gone(pid);
  });

  it('ends with the signal, which it lets go of', async () => {
    const pid = path.join(folder, 'pid');
    const stop = new AbortController();
    const running = execute(`echo $$ > ${pid}; exec sleep 600`, { signal: stop.signal });
    await until(() => existsSync(pid));
    stop.abort(new Error('the agent stops'));
    await expect(running).rejects.toThrow('the agent stops');
    await gone(pid);
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
    await expect(execute('true', { signal: stop.signal })).rejects.toThrow('the agent stops');
    const { signal } = new AbortController();
    await execute('true', { signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('runs beside others, each with a connection of its own', async () => {
    const using = settings();
    const all = Array.from({ length: 12 }, (_, n) => execute(`exit ${n}`, { with: using }));
    expect(await Promise.all(all)).toEqual(all.map((_, rc) => ({ rc })));
    expect((await readFile(knownHosts, 'utf8')).trim().split('\n')).toHaveLength(1);
  });

  it('fails where the host goes away', async () => {
    const running = execute('kill -KILL $PPID');
    await expect(running).rejects.toThrow(/the connection to 127\.0\.0\.1 was lost|did not tell how the command ended/);
  });

  const gone = (file: string) =>
    until(async () => {
      const pid = (await readFile(file, 'utf8')).trim();
      const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ') Z ');
      return / [ZX] /.test(text);
    });
});

describe('logging in', () => {
  it.each<[string, () => Partial<Login>, string]>([
    ['another key', () => ({ private_key: new Secret(otherKey()) }), 'does not let'],
    ['a text that is no key', () => ({ private_key: new Secret('x') }), 'the private key cannot be read'],
    ['another user', () => ({ username: 'nobody-here' }), '127.0.0.1 does not let "nobody-here" in'],
    ['nothing at all', () => ({ private_key: undefined }), 'the agent has no key of its own'],
  ])('fails with %s', async (_, changes, text) => {
    const own = process.env['SSH_AUTH_SOCK'];
    delete process.env['SSH_AUTH_SOCK'];
    await expect(execute('true', changes())).rejects.toThrow(text);
    if (own !== undefined) process.env['SSH_AUTH_SOCK'] = own;
  });

  it('takes the keys of the agent where nothing is given, and its account where no user is', async () => {
    const own = path.join(folder, 'id');
    await writeFile(own, sshd.key);
    const using = { ...settings(), keyFiles: [path.join(folder, 'none'), own] };
    const changes = { private_key: undefined, username: null };
    expect(await execute('exit 3', { ...changes, with: using })).toEqual({ rc: 3 });
  });

  it('takes key and user from the vault', async () => {
    vault = { 'vault:/v1/secret/data/web': { username: new Secret(sshd.user), private_key: new Secret(sshd.key) } };
    const changes = { private_key: undefined, username: null };
    const password = new Secret('vault:/v1/secret/data/web');
    expect(await execute('exit 4', { ...changes, password })).toEqual({ rc: 4 });
    vault = { 'vault:/v1/secret/data/web': { username: new Secret(sshd.user) } };
    await expect(execute('true', { ...changes, password })).rejects.toThrow('neither "password" nor "private_key"');
  });

  it.each(['password', 'keyboard-interactive'] as const)('answers with the password: %s', async (method) => {
    const { port, close } = await passwordServer(method);
    const by = (password: string) =>
      execute('true', { port, username: 'root', password: new Secret(password), private_key: undefined });
    expect(await by('open sesame')).toEqual({ rc: 7 });
    await expect(by('wrong')).rejects.toThrow('127.0.0.1 does not let "root" in: wrong user name, password or key');
    vault = { 'vault:/v1/secret/data/web': { password: new Secret('open sesame') } };
    expect(await by('vault:/v1/secret/data/web')).toEqual({ rc: 7 });
    close();
  });

  it('is refused where nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    await expect(execute('true', { port })).rejects.toThrow(`127.0.0.1 cannot be reached at port ${port}: `);
  });

  it('ends with the signal where a host says nothing', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const stop = new AbortController();
    const running = execute('true', { port: (silent.address() as AddressInfo).port, signal: stop.signal });
    const [socket] = (await once(silent, 'connection')) as [Socket];
    stop.abort(new Error('the agent stops'));
    await expect(running).rejects.toThrow('the agent stops');
    socket.destroy();
    silent.close();
  });

  const otherKey = () =>
    generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    }).privateKey;

  /** A server that takes one password and answers every command with 7: real ones ask the accounts of the machine. */
  async function passwordServer(method: 'password' | 'keyboard-interactive') {
    const server = new ssh2.Server({ hostKeys: [otherKey()] }, (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (asked) => {
        if (asked.method !== method) return asked.reject([method]);
        if (asked.method === 'password') return asked.password === 'open sesame' ? asked.accept() : asked.reject();
        return asked.method === 'keyboard-interactive'
          ? asked.prompt(['Password: '], ([answer]) => (answer === 'open sesame' ? asked.accept() : asked.reject()))
          : undefined;
      });
      client.on('session', (accept) =>
        accept().on('exec', (acceptExec) => {
          const channel = acceptExec();
          channel.exit(7);
          channel.end();
        }),
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
  }
});

describe('the key of a host', () => {
  const strict = (): SshSettings => ({ knownHosts: new KnownHosts('strict', knownHosts), keyFiles: [] });

  it('is kept when it is first seen, and counts from then on', async () => {
    expect(await execute('true')).toEqual({ rc: 0 });
    const kept = await readFile(knownHosts, 'utf8');
    const name = `[127.0.0.1]:${sshd.port}`;
    expect((await sshd.hostKeys()).map((key) => `${name} ${key}\n`)).toContain(kept);
    expect((await stat(knownHosts)).mode & 0o777).toBe(0o600);
    expect(await execute('true')).toEqual({ rc: 0 });
    expect(await readFile(knownHosts, 'utf8')).toBe(kept);
    await sshd.restart({ newHostKeys: true });
    await expect(execute('true')).rejects.toThrow(
      new RegExp(
        `the host key of \\[127\\.0\\.0\\.1\\]:${sshd.port} has changed: it is ssh-ed25519 SHA256:\\S+, and ${knownHosts} has`,
      ),
    );
    expect(await readFile(knownHosts, 'utf8')).toBe(kept);
    await rm(knownHosts);
    expect(await execute('true')).toEqual({ rc: 0 });
  });

  it('may be of any of its kinds: the known one is asked for', async () => {
    for (const key of await sshd.hostKeys()) {
      await rm(path.dirname(knownHosts), { recursive: true, force: true });
      await execute('true');
      await writeFile(knownHosts, `[127.0.0.1]:${sshd.port} ${key}\n`);
      expect(await execute('true', { with: strict() })).toEqual({ rc: 0 });
    }
  });

  it('has to be known before where that is wanted', async () => {
    await expect(execute('true', { with: strict() })).rejects.toThrow('ENOENT');
    await execute('true');
    await writeFile(knownHosts, '');
    await expect(execute('true', { with: strict() })).rejects.toThrow(
      new RegExp(`the host key of \\[127\\.0\\.0\\.1\\]:${sshd.port} is not known: it is ssh-ed25519 SHA256:`),
    );
    expect(await readFile(knownHosts, 'utf8')).toBe('');
  });

  it('is remembered where there is no file', async () => {
    const using = { knownHosts: new KnownHosts('first-use'), keyFiles: [] };
    expect(await execute('true', { with: using })).toEqual({ rc: 0 });
    await sshd.restart({ newHostKeys: true });
    await expect(execute('true', { with: using })).rejects.toThrow('has changed');
  });
});

describe('a file', () => {
  let web: HttpServer;
  let source: string;
  const answers: Record<string, (response: ServerResponse) => void> = {
    '/content': (response) => response.end('the content\n'),
    '/empty': (response) => response.end(),
    '/cut': (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('beginning', () => response.destroy());
    },
    '/moved': (response) => response.writeHead(302, { location: '/content' }).end(),
    '/silent': (response) => void response.writeHead(200).write('beginning'),
  };
  beforeAll(async () => {
    web = createHttpServer((request, response) => {
      if (request.url === '/login' && request.headers.authorization === `Basic ${btoa('me:s3cret')}`)
        response.end('in');
      else (answers[request.url ?? ''] ?? ((other) => other.writeHead(404).end('no')))(response);
    }).listen(0, '127.0.0.1');
    await once(web, 'listening');
    source = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    web.closeAllConnections();
    web.close();
  });
  const put = (from: string, destination: string, { signal, task }: { signal?: AbortSignal; task?: string } = {}) =>
    ssh(settings()).tasks.file({ ...login(), source: from, destination }, context(signal, task));
  const inFolder = (name: string) => path.join(folder, name);
  const drafts = async () => (await readdir(folder)).filter((name) => name.startsWith('.'));
  const temporary = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('contractor-file-'));

  it.each([
    ['/content', 'the content\n'],
    ['/moved', 'the content\n'],
    ['/empty', ''],
  ])('comes from %s, and leaves nothing else behind', async (from, content) => {
    const before = await temporary();
    expect(await put(`${source}${from}`, inFolder('new'))).toEqual({ rc: true });
    expect(await readFile(inFolder('new'), 'utf8')).toBe(content);
    expect(await drafts()).toEqual([]);
    expect(await temporary()).toEqual(before);
  });

  it('comes from a server that wants a password', async () => {
    const url = source.replace('//', '//me:s3cret@');
    expect(await put(`${url}/login`, inFolder('new'))).toEqual({ rc: true });
    await expect(put(`${url}/nothing`, inFolder('new'))).rejects.toThrow(`${source}/nothing answered with status 404`);
  });

  it('comes from a file of the agent, of any size, and replaces what is there with its mode', async () => {
    const large = inFolder('large');
    await writeFile(large, 'the beginning');
    await truncate(large, 50_000_000);
    await writeFile(inFolder('there'), 'old', { mode: 0o640 });
    await symlink('there', inFolder('link'));
    expect(await put(`file://${large}`, inFolder('link'))).toEqual({ rc: true });
    expect(await stat(inFolder('there'))).toMatchObject({ size: 50_000_000 });
    expect((await stat(inFolder('there'))).mode & 0o777).toBe(0o640);
    expect((await readFile(inFolder('there'))).equals(await readFile(large))).toBe(true);
  });

  it.each<[string, () => readonly [string, string], RegExp]>([
    [
      'is not there',
      () => [`${source}/nothing`, inFolder('new')],
      /^http:\/\/127.0.0.1:\d+\/nothing answered with status 404$/,
    ],
    ['is cut', () => [`${source}/cut`, inFolder('new')], /\/cut cannot be fetched: /],
    ['is no URL', () => ['content', inFolder('new')], /^"content" is no URL$/],
    [
      'is of another kind',
      () => ['ftp://127.0.0.1/a', inFolder('new')],
      /a source is at http:, https: or file:, and not at ftp:/,
    ],
    ['is a folder', () => [`file://${folder}`, inFolder('new')], /is no file$/],
    ['is not there either', () => [`file://${folder}/no`, inFolder('new')], /is not there$/],
    ['goes onto a folder', () => [`${source}/content`, folder], /is there, and is no file$/],
    ['goes into no folder', () => [`${source}/content`, inFolder('no/where')], /no\/where: No such file$/],
  ])('that %s is a failure, and nothing is there', async (_, given, text) => {
    await expect(put(...given())).rejects.toThrow(text);
    expect(await readdir(folder)).toEqual(['state'].filter((name) => existsSync(inFolder(name))));
  });

  it('is put anew where an earlier attempt of the task left a draft', async () => {
    const stop = new AbortController();
    const large = inFolder('large');
    await writeFile(large, '');
    await truncate(large, 400_000_000);
    const running = put(`file://${large}`, inFolder('new'), { signal: stop.signal, task: '7-1' });
    await until(async () => (await drafts()).length === 1);
    stop.abort(new Error('the agent stops'));
    await expect(running).rejects.toThrow('the agent stops');
    await until(async () => (await drafts()).length === 0);
    expect(existsSync(inFolder('new'))).toBe(false);
    expect(await put(`${source}/content`, inFolder('new'), { task: '7-1' })).toEqual({ rc: true });
    expect(await readFile(inFolder('new'), 'utf8')).toBe('the content\n');
  });
});
