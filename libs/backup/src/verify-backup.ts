import type { LogFault } from '#event-store';
import type { OutsideKnowledge, Signed } from '#integrity';
import { LogCheck } from '#integrity';
import { BackupCheckpoints } from './backup-checkpoints.ts';
import type { EndRecord, Manifest } from './backup-format.ts';
import { UnusableBackup } from './backup-format.ts';
import { readBackup } from './backup-reader.ts';

/** What a backup holds, and whether its log is whole. */
export interface VerifiedBackup {
  readonly manifest: Manifest;
  readonly end: EndRecord;
  readonly fault: LogFault | undefined;
  /** What its signed checkpoints say. */
  readonly signed: Signed;
  /** Events of streams that were too many to be known at a time, which were not compared with the event before them. */
  readonly notCompared: number;
}

export interface VerifyBackupOptions {
  readonly signal?: AbortSignal | undefined;
  /** What is known of the log elsewhere. */
  readonly outside?: OutsideKnowledge;
}

/** Reads a backup from its begin to its end. @throws UnusableBackup where it is not as it was written */
export async function verifyBackup(
  file: string,
  { signal, outside = {} }: VerifyBackupOptions = {},
): Promise<VerifiedBackup> {
  const checkpoints = new BackupCheckpoints();
  let check: LogCheck | undefined;
  let manifest: Manifest | undefined;
  for await (const part of readBackup(file)) {
    signal?.throwIfAborted();
    if (part.kind === 'manifest') {
      manifest = part.manifest;
      check = new LogCheck({ checkpoints, outside, positions: manifest.eventStore === 'postgres' });
    } else if (part.kind === 'rows') {
      const table = manifest?.tables.find(({ name }) => name === part.table);
      if (table) checkpoints.add(table, part.rows);
    } else if (part.kind === 'events') await check?.check(part.events);
    else if (manifest && check) {
      return { manifest, end: part.end, ...(await check.finish()), notCompared: check.notCompared };
    }
  }
  throw new UnusableBackup(`${file} is not whole`);
}
