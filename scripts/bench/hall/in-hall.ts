import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '#runtime';
import type { Hall, HallOptions } from './start-hall.ts';
import { startHall } from './start-hall.ts';

/** Does something in a hall of its own, with a database of its own, and takes it down again. */
export async function inHall(
  options: Pick<HallOptions, 'uefi'>,
  act: (hall: Hall, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-hall-'));
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres(folder);
  try {
    const hall = await startHall({ databaseUrl: postgres.url, folder, ...options });
    try {
      await act(hall, folder);
    } finally {
      await hall.stop();
    }
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
