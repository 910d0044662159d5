import { randomInt } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { Secret } from '#kernel';
import { vcenter } from '#platforms/vcenter/agent';
import type { PodmanEngine } from '#testing';
import { LIBVIRT_BRIDGE, startDockerEngine, startLibvirtd, startPodmanEngine, startVcsim } from '#testing';

type Values = Readonly<Record<string, unknown>>;

/** What makes machines for a complex, and what is needed to have some made there. */
export interface MachineEngine {
  readonly name: string;
  /** The name of its platform. */
  readonly platform: string;
  /** Settings of the agent that reaches it. */
  readonly agent: Readonly<Record<string, string>>;
  /** The address of its host. */
  readonly address: string;
  /** The network of its machines; undefined where they have no interfaces. */
  readonly network?: string;
  readonly complexModel: string;
  /** Fields of its complex besides those of every complex. @param host id of the structure that is its host */
  complex(host: number): Values;
  /** What a structure on one of its machines is: its configuration, and lines that start and stop it. */
  readonly guest: { readonly values: Values; readonly start: string; readonly stop: string };
  /** The names of all machines it has, each as often as it has one of that name. */
  machines(): Promise<readonly string[]>;
  /** Those that run. */
  running(): Promise<readonly string[]>;
  /** What it has left of machines that are gone: disks. */
  leftOver(): Promise<readonly string[]>;
  /** Has a machine end by itself, where nobody within can be asked to. */
  endGuest?(name: string): Promise<unknown>;
  stop(): Promise<void>;
}

const none = async (): Promise<readonly string[]> => [];

async function containers(name: string, start: () => Promise<PodmanEngine>): Promise<MachineEngine> {
  const engine = await start();
  await engine.makeImage('still:1', 'sleep 6000');
  const running = async () => {
    const { body } = await engine.api('GET', '/containers/json');
    return (body as readonly { readonly Names: readonly string[] }[]).map(({ Names }) => (Names[0] ?? '').slice(1));
  };
  return {
    name,
    platform: 'docker',
    agent: {},
    address: engine.address,
    complexModel: 'Docker/DockerComplex',
    complex: () => ({ docker_endpoint: `unix://${engine.socket}` }),
    guest: {
      values: { docker_image: 'still:1' },
      start: 'foundation.start()',
      stop: 'foundation.stop()',
    },
    machines: () => engine.containers(),
    running,
    leftOver: none,
    stop: () => engine.stop(),
  };
}

async function libvirt(): Promise<MachineEngine> {
  const engine = await startLibvirtd();
  const names = async (...which: string[]) =>
    (await engine.virsh(['list', '--name', ...which])).split('\n').filter(Boolean);
  return {
    name: 'libvirt',
    platform: 'libvirt',
    agent: {
      SUBCONTRACTOR_LIBVIRT_URI: engine.uri,
      SUBCONTRACTOR_LIBVIRT_DIRECTORY: engine.folder,
      SUBCONTRACTOR_LIBVIRT_TYPE: 'qemu',
    },
    address: '10.7.0.10',
    network: LIBVIRT_BRIDGE,
    complexModel: 'LibVirt/LibVirtComplex',
    complex: () => ({}),
    guest: {
      values: { memory_size: 512, cpu_count: 1, disk_size: 2 },
      start: 'foundation.power_on()',
      // It has no operating system that could shut it down.
      stop: 'foundation.wait_for_poweroff()',
    },
    machines: () => names('--all'),
    running: () => names(),
    async leftOver() {
      const disks = await readdir(engine.folder);
      return disks.slice((await names('--all')).length);
    },
    endGuest: (name) => engine.virsh(['destroy', name]),
    stop: () => engine.stop(),
  };
}

async function vmware(): Promise<MachineEngine> {
  // Agents look for vCenter at the port of HTTPS.
  const address = `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
  const engine = await startVcsim({ listen: `${address}:443` });
  const { username, password } = engine;
  const connection = { host: engine.host, credentials: { username, password: new Secret(password) } };
  const context = {
    task: 'count',
    job: 0,
    signal: new AbortController().signal,
    credentials: async () => ({ username: new Secret(username), password: new Secret(password) }),
    debug: () => undefined,
  };
  const list = async () =>
    (await vcenter().tasks.list({ connection, datacenter: 'DC0', macs_of: [] }, context)).machine_list;
  return {
    name: 'vcenter',
    platform: 'vcenter',
    agent: {},
    address,
    network: 'DC0_DVPG0',
    complexModel: 'VCenter/VCenterComplex',
    complex: (host) => ({
      vcenter_host: host,
      vcenter_username: username,
      vcenter_password: password,
      vcenter_datacenter: 'DC0',
      vcenter_cluster: 'DC0_C0',
    }),
    guest: {
      values: { memory_size: 512, cpu_count: 1, disk_size: 2 },
      start: 'foundation.power_on()',
      stop: 'foundation.power_off()',
    },
    machines: async () => (await list()).map(({ name }) => name),
    running: async () => (await list()).filter(({ power }) => power === 'on').map(({ name }) => name),
    leftOver: none,
    stop: () => engine.stop(),
  };
}

/** Engines that can be started here, by their names. */
export const ENGINES: Readonly<Record<string, () => Promise<MachineEngine>>> = {
  docker: () => containers('docker', startDockerEngine),
  podman: () => containers('podman', startPodmanEngine),
  libvirt,
  vcenter: vmware,
};
