import { spawnSync } from 'node:child_process';
import { chmod, mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';

/** How large the disk is, in megabytes. */
const SIZE_MB = 1024;
const CHUNK = Buffer.alloc(1 << 20);
/** Enough for a page of PostgreSQL no more. */
const CRUMB = Buffer.alloc(4096);

/** A disk of its own for the database, which can be filled. */
export interface SmallDisk {
  readonly folder: string;
  fill(): Promise<void>;
  free(): Promise<void>;
  remove(): Promise<void>;
}

/** Mounts a tmpfs. @returns undefined where this process may not */
export async function mountSmallDisk(folder: string): Promise<SmallDisk | undefined> {
  await mkdir(folder, { recursive: true });
  const options = ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=0755`, 'tmpfs', folder];
  if (process.getuid?.() !== 0 || spawnSync('mount', options).status !== 0) return undefined;
  await chmod(folder, 0o755);
  const filling = path.join(folder, 'filling');
  return {
    folder,
    fill: async () => {
      const file = await open(filling, 'w');
      try {
        for (const block of [CHUNK, CRUMB]) {
          await writeAll(() => file.write(block));
        }
      } finally {
        await file.close();
      }
    },
    free: () => rm(filling, { force: true }),
    remove: async () => {
      const { status, stderr } = spawnSync('umount', ['-l', folder], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`${folder} is still mounted: ${stderr.trim()}`);
    },
  };
}

/** Goes on until there is no space. */
async function writeAll(write: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await write();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
  }
}
