import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { ProgramFailed, runProgram } from '#programs';
import type { DiskSource } from './domain-xml.ts';
import { linesOf } from './lines-of.ts';
import { ACTION_MS, type Virsh, type VirshConnection } from './virsh.ts';
import { Xml } from '../xml/xml.ts';

/** Where disks of domains are made. What is made for a domain has its name and its UUID in its own name. */
export interface Storage {
  /** Makes an empty disk of so many GiB; one that is there was made by the same task, and is taken. */
  make(owner: DiskOwner, disk: string, size: number): Promise<DiskSource>;
  /** The UUIDs of all that something was made for under this name. */
  owners(name: string): Promise<readonly string[]>;
  /** Removes all that was made for a domain. */
  remove(owner: DiskOwner): Promise<void>;
}

/** The domain that disks are made for. */
export interface DiskOwner {
  readonly name: string;
  readonly uuid: string;
}

/** What an agent was told about where disks are made. */
export interface StorageSettings {
  /** A storage pool of the host; `default`, where the host has it, unless given. */
  readonly pool?: string | undefined;
  /** A folder of the agent's own machine, where the host has no such pool. */
  readonly directory: string;
}

/** The pool that is used where a host has it. */
export const USUAL_POOL = 'default';
/** Kinds of pools whose volumes are files. */
const FILE_POOLS = new Set(['dir', 'fs', 'netfs']);
const UUID = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.|$)/;

/** The beginning of the names of all that is made for a domain. */
export const ownName = ({ name, uuid }: DiskOwner): string => `${name}.${uuid}`;

/** The UUIDs in the names of what was made for domains of a name. */
function uuidsIn(names: readonly string[], name: string): string[] {
  const found = names.filter((one) => one.startsWith(`${name}.`)).map((one) => UUID.exec(one.slice(name.length + 1)));
  return [...new Set(found.flatMap((match) => match?.[1] ?? []))];
}

/**
 * Where disks are made on a host: in a pool, or where it has none and is the machine of the agent, in a folder; undefined
 * where it has neither.
 * @throws Error where a pool is wanted that it has not
 */
export async function storageOf(
  { virsh, address: { host, isLocal }, signal }: VirshConnection,
  { pool: wanted, directory }: StorageSettings,
): Promise<Storage | undefined> {
  const pools = linesOf(await virsh(['pool-list', '--name']));
  if (wanted !== undefined && !pools.includes(wanted)) {
    throw new Error(`${host} has no storage pool "${wanted}" that is started: it has ${pools.join(', ') || 'none'}`);
  }
  const pool = wanted ?? (pools.includes(USUAL_POOL) ? USUAL_POOL : undefined);
  if (pool !== undefined) return inPool(virsh, pool, signal);
  return isLocal ? inDirectory(directory, signal) : undefined;
}

/** Removes those volumes of a pool that are meant. */
export async function removeVolumes(virsh: Virsh, pool: string, isMeant: (volume: string) => boolean): Promise<void> {
  for (const volume of (await volumesIn(virsh, pool)).filter(isMeant)) {
    await virsh(['vol-delete', '--pool', pool, volume], { timeoutMs: ACTION_MS });
  }
}

const volumesIn = async (virsh: Virsh, pool: string): Promise<string[]> =>
  linesOf(await virsh(['vol-list', pool])).map((line) => line.split(/\s+/)[0] ?? '');

/** Volumes of a pool. */
async function inPool(virsh: Virsh, pool: string, signal: AbortSignal): Promise<Storage> {
  const type = (await Xml.read(await virsh(['pool-dumpxml', pool]))).attribute('type') ?? '';
  const inFiles = FILE_POOLS.has(type);
  return {
    async make(owner, disk, size) {
      const volume = `${ownName(owner)}.${disk}${inFiles ? '.qcow2' : ''}`;
      const isThere = async () => (await volumesIn(virsh, pool)).includes(volume);
      if (!(await isThere())) {
        const format = inFiles ? ['--format', 'qcow2'] : [];
        await virsh(['vol-create-as', pool, volume, `${size}GiB`, ...format], { timeoutMs: ACTION_MS }).catch(
          async (error: unknown) => {
            // Another agent may be at the same task.
            if (signal.aborted || !(await isThere())) throw error;
          },
        );
      }
      return { kind: 'volume', pool, volume, format: inFiles ? 'qcow2' : 'raw' };
    },
    owners: async (name) => uuidsIn(await volumesIn(virsh, pool), name),
    remove: (owner) => removeVolumes(virsh, pool, (volume) => volume.startsWith(`${ownName(owner)}.`)),
  };
}

/** Files in a folder of this machine, those of each domain in one of their own. */
function inDirectory(directory: string, signal: AbortSignal): Storage {
  return {
    async make(owner, disk, size) {
      const folder = path.join(directory, ownName(owner));
      const file = path.join(folder, `${disk}.qcow2`);
      await mkdir(folder, { recursive: true });
      // Whatever the mask of the agent is: guests run under another account.
      await chmod(folder, 0o755);
      if (!existsSync(file)) {
        // It appears whole or not at all.
        const unfinished = path.join(folder, `.${disk}.${randomUUID()}`);
        await makeImage(unfinished, size, signal);
        await rename(unfinished, file);
      }
      return { kind: 'file', file, format: 'qcow2' };
    },
    owners: async (name) => uuidsIn(await namesIn(directory), name),
    remove: (owner) => rm(path.join(directory, ownName(owner)), { recursive: true, force: true }),
  };
}

const namesIn = (directory: string): Promise<string[]> =>
  readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });

async function makeImage(file: string, size: number, signal: AbortSignal): Promise<void> {
  const args = ['create', '-q', '-f', 'qcow2', file, `${size}G`];
  const ended = await runProgram('qemu-img', args, { timeoutMs: ACTION_MS, signal }).catch((error: unknown) => {
    if (!(error instanceof ProgramFailed) || error.kind !== 'missing') throw error;
    const text =
      'the program "qemu-img" is missing: install the package qemu-utils, or have disks made in a storage pool';
    throw new Error(text, { cause: error });
  });
  if (ended.code !== 0)
    throw new Error(`qemu-img could not make ${file}: ${ended.stderr.trim() || ended.stdout.trim()}`);
}
