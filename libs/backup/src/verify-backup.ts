import type { LogFault } from '#event-store';
import { LogVerifier } from '#event-store';
import type { EndRecord, Manifest } from './backup-format.ts';
import { UnusableBackup } from './backup-format.ts';
import { readBackup } from './backup-reader.ts';

/** What a backup holds, and whether its log is whole. */
export interface VerifiedBackup {
  readonly manifest: Manifest;
  readonly end: EndRecord;
  readonly fault: LogFault | undefined;
  /** Events of streams that were too many to be known at a time, which were not compared with the event before them. */
  readonly notCompared: number;
}

/** Reads a backup from its begin to its end. @throws UnusableBackup where it is not as it was written */
export async function verifyBackup(file: string, signal?: AbortSignal): Promise<VerifiedBackup> {
  const verifier = new LogVerifier();
  let manifest: Manifest | undefined;
  let fault: LogFault | undefined;
  for await (const part of readBackup(file)) {
    signal?.throwIfAborted();
    if (part.kind === 'manifest') manifest = part.manifest;
    else if (part.kind === 'events') fault ??= await verifier.check(part.events);
    else if (part.kind === 'end' && manifest) {
      return { manifest, end: part.end, fault, notCompared: verifier.notCompared };
    }
  }
  throw new UnusableBackup(`${file} is not whole`);
}
