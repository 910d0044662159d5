import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '#runtime';
import type { MachineHall, MachineHallOptions } from './machine-hall.ts';
import { startMachineHall } from './machine-hall.ts';

/** Does something in a hall of its own, with a database and a folder of its own, and takes it down again. */
export async function inHall(
  options: MachineHallOptions,
  act: (hall: MachineHall, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-hall-'));
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres(folder);
  try {
    const hall = await startMachineHall(postgres.url, options);
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
