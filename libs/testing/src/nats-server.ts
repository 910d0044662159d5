import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { until } from './until.ts';

/** A NATS server with JetStream of a test's own, on a free loopback port, with its store in a temporary folder. */
export interface NatsServer {
  /** `nats://127.0.0.1:<port>`; stays the same over a restart. */
  readonly url: string;
  /** The port where it takes WebSockets, where it does; stays the same over a restart. */
  readonly webSocketPort: number;
  /** Ends the server and removes its store. */
  stop(): Promise<void>;
  /** Ends it as a loss of power would; the store stays. */
  kill(): Promise<void>;
  /** Has it stand still (`SIGSTOP`), or go on (`SIGCONT`). Resolves once it stands still, all its threads (on Linux). */
  signal(name: 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Starts it again on the same port (killing it first if it runs), with its store as it was, or with an empty one. */
  restart(options?: {
    readonly emptied?: boolean;
    /** It has lost the messages of this stream, and how far it had counted, but not its consumers. */
    readonly without?: string;
  }): Promise<void>;
  /** Whether a text stands anywhere in the files of its store, as it is. */
  holds(text: string): Promise<boolean>;
  /** Has it read another configuration while it runs, as an operator would. */
  reload(config: string): Promise<void>;
}

export interface NatsServerOptions {
  /** Further lines of the server's configuration, such as users and their permissions. */
  readonly config?: string;
  /** Takes WebSockets too, on a free port; the text stands in that part of the configuration: `no_tls: true`. */
  readonly webSocket?: string;
}

/** Starts a NATS server and resolves once it takes connections. Needs the program `nats-server`. */
export async function startNatsServer({ config = '', webSocket }: NatsServerOptions = {}): Promise<NatsServer> {
  const folder = await mkdtemp(join(tmpdir(), 'contractor-nats-'));
  const store = join(folder, 'store');
  const configFile = join(folder, 'nats.conf');
  // In the file: a server that has JetStream from its command line shuts it down when it reads its configuration again.
  let webSocketPort = -1;
  const write = (lines: string) => {
    const sockets =
      webSocket === undefined ? '' : `websocket: { host: 127.0.0.1, port: ${webSocketPort}, ${webSocket} }`;
    return writeFile(configFile, `jetstream: { store_dir: "${store}" }\n${sockets}\n${lines}\n`);
  };
  await write(config);
  const options = ['--config', configFile, '--addr', '127.0.0.1'];
  const start = (port: number) => launch(folder, [...options, '--port', String(port)]);

  const first = await start(-1).catch(async (cause) => {
    await rm(folder, { recursive: true, force: true });
    throw cause;
  });
  let { server } = first;
  let { port } = first;
  ({ webSocketPort } = first);
  if (webSocket !== undefined) await write(config);
  const end = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill(signal);
    await once(server, 'exit');
  };

  return {
    url: `nats://127.0.0.1:${port}`,
    webSocketPort,
    async stop() {
      await end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
    kill: () => end('SIGKILL'),
    async signal(name) {
      server.kill(name);
      if (name === 'SIGSTOP') await until(() => standsStill(server.pid));
    },
    async holds(text) {
      const files = await readdir(store, { recursive: true, withFileTypes: true });
      const contents = files
        .filter((file) => file.isFile())
        .map((file) => readFile(join(file.parentPath, file.name)).catch(() => Buffer.alloc(0)));
      return (await Promise.all(contents)).some((content) => content.includes(text));
    },
    async reload(changed) {
      await write(changed);
      const reloaded = once(server.stderr ?? server, 'reloaded');
      server.kill('SIGHUP');
      await reloaded;
    },
    async restart({ emptied = false, without } = {}) {
      // What it has not lost it has written.
      await end(without === undefined ? 'SIGKILL' : 'SIGTERM');
      if (emptied) await rm(store, { recursive: true, force: true });
      if (without !== undefined) {
        const messages = join(store, 'jetstream', '$G', 'streams', without, 'msgs');
        for (const file of await readdir(messages)) await rm(join(messages, file));
      }
      ({ server, port } = await start(port));
    },
  };
}

/**
 * Becomes the server, and leaves a watch behind that ends it and removes its folder when we die without a word (the
 * pipe closes). A line on the pipe sends the watch home.
 */
const GUARDED = `
  (read -r _ <&3 || { kill -KILL $$; rm -rf "$0"; }) >/dev/null 2>&1 &
  exec nats-server "$@" 3<&-
`;

/** Whether a process was stopped; without `/proc` it is taken to be at once. */
async function standsStill(pid: number | undefined): Promise<boolean> {
  const folder = `/proc/${pid}/task`;
  const threads = await readdir(folder).catch(() => []);
  const stats = await Promise.all(
    threads.map((thread) => readFile(join(folder, thread, 'stat'), 'utf8').catch(() => '')),
  );
  // `<id> (<name>) <state> …`; one that has ended meanwhile has none.
  return stats.every((stat) => stat === '' || /\) [Tt] /.test(stat));
}

interface Launched {
  readonly server: ChildProcess;
  readonly port: number;
  readonly webSocketPort: number;
}

/** Starts the program, waits until it says that it is ready, and reads from its log which port it took. */
async function launch(folder: string, options: readonly string[]): Promise<Launched> {
  // Debian puts the program where only root looks.
  const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` };
  const server = spawn('sh', ['-c', GUARDED, folder, ...options], { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const stderr = server.stdio[2] as Readable;
  const watch = server.stdio[3] as Writable;
  watch.on('error', () => undefined);
  server.once('exit', () => watch.end('\n'));

  return new Promise((resolve, reject) => {
    const log: string[] = [];
    let [port, webSocketPort] = [0, 0];
    const read = (line: string) => {
      log.push(line);
      if (/Reloaded server configuration/.test(line)) stderr.emit('reloaded');
      port = Number(/Listening for client connections on .*:(\d+)$/.exec(line)?.[1] ?? port);
      webSocketPort = Number(/Listening for websocket clients on .*:(\d+)$/.exec(line)?.[1] ?? webSocketPort);
      if (line.endsWith('Server is ready')) resolve({ server, port, webSocketPort });
    };
    createInterface(stderr).on('line', read);
    server.once('error', reject);
    server.once('exit', (code) => {
      const hint = code === 127 ? ' (run scripts/install-test-tools.sh)' : '';
      reject(new Error(`nats-server ended at once${hint}:\n${log.join('\n')}`));
    });
  });
}
