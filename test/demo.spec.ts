import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ADMIN_PASSWORD, freePort, until } from '#testing';

jest.setTimeout(400_000);

/** How long what is waited for may take on a busy machine, in milliseconds. */
const LIMIT_MS = 180_000;

type Values = Readonly<Record<string, unknown>>;

/** A server that was started as `npm start -- --demo` starts it. */
class DemoServer {
  said = '';
  readonly #child: ReturnType<typeof spawn>;
  readonly #closed: Promise<unknown>;
  readonly #url: string;

  constructor(data: string, port: number) {
    this.#url = `http://127.0.0.1:${port}`;
    this.#child = spawn(process.execPath, [path.resolve('dist/apps/contractor/src/main.js'), '--demo'], {
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: data,
        CONTRACTOR_DATA: data,
        CONTRACTOR_PORT: String(port),
        CONTRACTOR_ADMIN_PASSWORD: ADMIN_PASSWORD,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Not when its streams are closed: a command line that it has started may hold them a while longer.
    this.#closed = once(this.#child, 'exit');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    }
  }

  /** Waits until it has said something. @throws Error where it ends before */
  async says(text: string): Promise<void> {
    await until(async () => {
      if (this.#child.exitCode !== null) throw new Error(`it has ended: ${this.said}`);
      return this.said.includes(text);
    }, LIMIT_MS);
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill(signal);
    await this.#closed;
  }

  async structures(): Promise<readonly Values[]> {
    const login = { username: 'root', password: ADMIN_PASSWORD };
    const token = (await this.#ask('POST', 'Auth/User/login', login))['value'];
    const page = await this.#ask('GET', 'Building/Structure?count=100', undefined, String(token));
    return page['items'] as readonly Values[];
  }

  /** Waits until so many structures are there, all of them built. */
  async hasBuilt(count: number): Promise<void> {
    await until(async () => {
      const all = await this.structures();
      return all.length === count && all.every(({ state }) => state === 'built');
    }, LIMIT_MS);
  }

  async #ask(method: string, at: string, body?: Values, token?: string): Promise<Values> {
    const response = await fetch(`${this.#url}/api/rest/${at}`, {
      method,
      headers: {
        ...(body ? { 'Content-Type': 'application/json' } : {}),
        ...(token === undefined ? {} : { Authorization: `Bearer root:${token}` }),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return (await response.json()) as Values;
  }
}

describe('npm start -- --demo', () => {
  let data: string;
  let port: number;
  let servers: DemoServer[];
  const start = (): DemoServer => {
    const server = new DemoServer(data, port);
    servers.push(server);
    return server;
  };

  beforeEach(async () => {
    data = await mkdtemp(path.join(os.tmpdir(), 'contractor-demo-'));
    await chmod(data, 0o755);
    port = await freePort();
    servers = [];
  });
  afterEach(async () => {
    for (const server of servers) await server.end('SIGTERM');
    await rm(data, { recursive: true, force: true });
  });

  it('shows a dozen servers being built, and says what to try next', async () => {
    const server = start();
    await server.says('Ctrl-C stops the server');
    expect(server.said).toContain('$ contractor provision db{1..2} --site demo');
    expect(server.said).toMatch(/web6 +12 +web6 +eth0 +10\.99\.0\.13/);
    // What is no terminal gets a line whenever a job has come further.
    expect(server.said).toMatch(/^#\d+ create foundation web6: 25 %/m);
    expect(server.said).toMatch(/^#\d+ create structure web6: 100 %, done$/m);
    expect(server.said).not.toContain('\u001b');
    expect(await server.structures()).toHaveLength(12);
    await server.hasBuilt(12);
  });

  it('does so once: killed amid it, goes on with what was begun', async () => {
    const first = start();
    await first.says('create foundation app4: 25 %');
    await first.end('SIGKILL');

    const second = start();
    await second.says('This one is in use: nothing was set up again, and all that was made is still there.');
    await second.hasBuilt(6);
    const names = (await second.structures()).map(({ hostname }) => String(hostname));
    expect(names.toSorted()).toEqual(['app1', 'app2', 'app3', 'app4', 'db1', 'db2']);
    expect(second.said).not.toContain('$ contractor');
  });
});
