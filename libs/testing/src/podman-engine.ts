import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Writable } from 'node:stream';
import type { DockerEngine } from './docker-engine.ts';
import type { EngineApi } from './engine-api.ts';
import { askEngine, containersOf, makeImage } from './engine-api.ts';
import { makeNetwork, removeEngine, REMOVE_ENGINE, ROOT_PATH } from './engine-network.ts';
import { until } from './until.ts';

/** Podman that speaks the API of Docker, alone in a network namespace; it has a unix socket, and nothing else. */
export type PodmanEngine = Omit<DockerEngine, 'certs'>;

/** No limits that need rights which root may lack, nor a manager of services. */
const CONTAINERS_CONF = `
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
`;

/** Names without a registry are those of Docker; the registry of a test has no certificate. */
const registriesConf = (registry: string): string => `
unqualified-search-registries = ["docker.io"]
[[registry]]
location = "${registry}"
insecure = true
`;

/** Becomes Podman, and leaves a watch behind that ends it and removes what is left when we die without a word. */
const GUARDED = `
${REMOVE_ENGINE}
folder=$1 name=$2
shift 2
( read -r _ <&3 || { kill $$; while kill -0 $$; do sleep 0.1; done; remove; } ) >/dev/null 2>&1 &
exec nsenter --net=/run/netns/$name podman "$@" 3<&-
`;

/** Starts Podman and resolves once it takes requests. Needs the programs `podman`, `runc`, `ip`, `nsenter`, `busybox`, and root. */
export async function startPodmanEngine(): Promise<PodmanEngine> {
  const folder = await mkdtemp(path.join(tmpdir(), 'contractor-podman-'));
  const inFolder = (name: string) => path.join(folder, name);
  const name = `contractor-${path.basename(folder).slice(-6).toLowerCase()}`;
  const socket = inFolder('podman.sock');
  const api: EngineApi = (method, where, body) => askEngine(socket, method, where, body);
  let end = async (): Promise<void> => undefined;
  try {
    const { near, far } = await makeNetwork(name);
    await mkdir(inFolder('networks'));
    await writeFile(inFolder('containers.conf'), CONTAINERS_CONF);
    await writeFile(inFolder('registries.conf'), registriesConf(near));
    const options = [
      '--network-config-dir',
      inFolder('networks'),
      '--root',
      inFolder('root'),
      '--runroot',
      inFolder('run'),
      'system',
      'service',
      '-t',
      '0',
    ];
    const child = spawn('sh', ['-c', GUARDED, 'sh', folder, name, ...options, `unix://${socket}`], {
      env: {
        PATH: ROOT_PATH,
        CONTAINERS_CONF: inFolder('containers.conf'),
        CONTAINERS_REGISTRIES_CONF: inFolder('registries.conf'),
      },
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const watch = child.stdio[3] as Writable;
    watch.on('error', () => undefined);
    child.once('exit', () => watch.end('\n'));
    let failure: string | undefined;
    child.once('error', (error) => (failure = error.message));
    child.once('exit', (code) => (failure = `it ended with ${code}`));
    end = async () => {
      if (failure !== undefined) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    };
    await until(async () => {
      if (failure !== undefined) throw new Error(`Podman did not start (scripts/install-test-tools.sh): ${failure}`);
      return api('GET', '/version').then(
        ({ status }) => status === 200,
        () => false,
      );
    });
    return {
      address: far,
      nearAddress: near,
      socket,
      api,
      containers: () => containersOf(api),
      makeImage: (image, line) => makeImage(api, inFolder('image'), image, line),
      async stop() {
        for (const one of await containersOf(api)) await api('DELETE', `/containers/${one}?force=true&v=true`);
        await end();
        await removeEngine(folder, name);
      },
    };
  } catch (error) {
    await end();
    await removeEngine(folder, name);
    throw error;
  }
}
