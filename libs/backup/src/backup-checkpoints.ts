import type { CheckpointSource, KeptCheckpoint } from '#integrity';
import { CHECKPOINT_TABLE } from '#integrity';
import type { LedgerTable } from './backup-format.ts';
import type { Row } from './backup-reader.ts';

/** Marks of checkpoints are kept in memory up to so many bytes; without them a fault is told without the event it is in. */
const MAX_MARKS_BYTES = 256 * 1024 * 1024;

/** The signed checkpoints in a backup, which stand before the events that they cover. */
export class BackupCheckpoints implements CheckpointSource {
  #found: { readonly number: number; readonly checkpoint: KeptCheckpoint }[] = [];
  #bytes = 0;
  #isSorted = false;

  /** Takes rows of a ledger, if it is that of checkpoints. */
  add({ name, columns }: LedgerTable, rows: readonly Row[]): void {
    if (name !== CHECKPOINT_TABLE) return;
    const at = (column: string): number => columns.findIndex((one) => one.name === column);
    const [number, record, signature, endorsement, marks] = [
      at('number'),
      at('record'),
      at('signature'),
      at('endorsement'),
      at('marks'),
    ];
    for (const row of rows) {
      const hex = (row[marks] ?? '').slice('\\x'.length);
      this.#bytes += hex.length / 2;
      this.#found.push({
        number: Number(row[number]),
        checkpoint: {
          record: row[record] ?? '',
          signature: row[signature] ?? '',
          endorsement: row[endorsement] ?? null,
          marks: Buffer.from(this.#bytes > MAX_MARKS_BYTES ? '' : hex, 'hex'),
        },
      });
    }
  }

  async next(): Promise<KeptCheckpoint | undefined> {
    if (!this.#isSorted) this.#found.sort((one, other) => other.number - one.number);
    this.#isSorted = true;
    return this.#found.pop()?.checkpoint;
  }
}
