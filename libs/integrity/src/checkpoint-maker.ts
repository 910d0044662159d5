import type { Clock, EventStore, StoredEvent } from '#event-store';
import { hashOf } from '#event-store';
import type { Logger } from '#kernel';
import type { Reconciler } from '#reactions';
import type { CheckpointKeys } from './checkpoint-key.ts';
import type { CheckpointLedger, KeptCheckpoint } from './checkpoint-ledger.ts';
import type { CheckpointRecord, LogAdapter, SignedCheckpoint } from './checkpoint-record.ts';
import { parseRecord, sha256, recordText } from './checkpoint-record.ts';
import type { KnownCheckpoint } from './known-checkpoint.ts';
import { Segment } from './segment.ts';

/** How often it is looked what has come, at the most, in milliseconds. */
const LOOK_MS = 5000;
/** Events that are read at once. */
const PAGE = 1000;

/** What checkpoints are made from and how often. */
export interface CheckpointMakerOptions {
  readonly store: Pick<EventStore, 'head' | 'readAll'>;
  readonly adapter: LogAdapter;
  readonly ledger: Pick<CheckpointLedger, 'find' | 'keep'>;
  readonly known: Pick<KnownCheckpoint, 'read' | 'write'>;
  readonly keys: CheckpointKeys;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  /** After so many events, */
  readonly everyEvents: number;
  /** and after so many milliseconds, if there are any. */
  readonly everyMs: number;
  /** Goes on from checkpoints of a key that is lost: nothing endorses the new one. */
  readonly anyKey?: boolean;
}

/** Events that no checkpoint covers yet. */
interface Pending {
  readonly last: CheckpointRecord | undefined;
  readonly lastText: string;
  segment: Segment;
}

/** No checkpoint can be made, and somebody has to look. */
export class CheckpointRefused extends Error {}

/**
 * Makes signed checkpoints of the whole log, on the one server that leads: it reads what has come since the last one, and
 * signs after a number of events or a time. Appends know nothing of it.
 */
export class CheckpointMaker implements Reconciler {
  readonly kind = 'reconciler';
  readonly name = 'integrity.checkpoints';
  readonly everyMs: number;
  readonly #options: CheckpointMakerOptions;
  #pending: Pending | undefined;

  constructor(options: CheckpointMakerOptions) {
    this.#options = options;
    this.everyMs = Math.min(LOOK_MS, options.everyMs);
  }

  async reconcile(signal: AbortSignal): Promise<void> {
    const { store, everyEvents, everyMs, clock } = this.#options;
    let pending = (this.#pending ??= await this.#begin());
    const head = await store.head();
    for (let at = positionOf(pending); at < head;) {
      signal.throwIfAborted();
      const limit = Math.min(PAGE, everyEvents - pending.segment.count);
      const { events, end } = await store.readAll(at, { limit });
      for (const event of events) add(pending.segment, event);
      if (pending.segment.count >= everyEvents) pending = await this.#make(pending);
      if (end === at) break;
      at = end;
    }
    if (pending.segment.count === 0) return;
    const since = Date.parse(clock.now()) - Date.parse(pending.last?.at ?? '1970-01-01T00:00:00Z');
    if (since >= everyMs) await this.#make(pending);
  }

  /** Takes up where the last checkpoint ends. @throws CheckpointRefused */
  async #begin(): Promise<Pending> {
    const { ledger, known, keys, anyKey = false } = this.#options;
    const [last, here] = await Promise.all([ledger.find(), known.read()]);
    if (here) await this.#compare(here);
    const record = last && recordOf(last);
    if (record && !anyKey && ![keys.key.publicKey, keys.former?.publicKey].includes(record.key)) {
      throw new CheckpointRefused(
        'checkpoints were signed with another key than that of CONTRACTOR_CHECKPOINT_KEY or, without it, of ' +
          'checkpoint.key in the data directory: put that key there, or have it followed by a new one ' +
          '(contractor log checkpoint rotate)',
      );
    }
    return { last: record, lastText: last?.record ?? '', segment: new Segment(record?.digest ?? '') };
  }

  /** What this machine knows of has to be in the ledger, or somebody has taken the end of the log away. */
  async #compare(here: SignedCheckpoint): Promise<void> {
    const { checkpoint } = recordOf(here);
    if ((await this.#options.ledger.find(checkpoint))?.record === here.record) return;
    throw new CheckpointRefused(
      `checkpoint ${checkpoint}, which checkpoint.last in the data directory tells of, is not in the database: the log ` +
        'may have lost its end (contractor log verify); to go on from what is there, contractor log checkpoint accept',
    );
  }

  async #make({ last, lastText, segment }: Pending): Promise<Pending> {
    const { ledger, known, keys, clock, adapter, log } = this.#options;
    // Where it is not kept, the next run begins anew.
    this.#pending = undefined;
    const { digest, positions, marks } = segment.finish();
    const record: CheckpointRecord = {
      checkpoint: (last?.checkpoint ?? 0) + 1,
      log: adapter,
      position: segment.last.toString(),
      events: (last?.events ?? 0) + segment.count,
      digest,
      positions,
      marks: sha256(marks),
      previous: lastText === '' ? '' : sha256(lastText),
      at: clock.now(),
      key: keys.key.publicKey,
    };
    const text = recordText(record);
    const isRotated = last !== undefined && last.key !== keys.key.publicKey;
    const endorsement = isRotated && keys.former?.publicKey === last.key ? keys.former.sign(text) : null;
    const made: KeptCheckpoint = { record: text, signature: keys.key.sign(text), endorsement, marks };
    if (!(await ledger.keep(record.checkpoint, made))) throw new Error('another server makes checkpoints, too');
    await known.write(made);
    const { checkpoint, position, events } = record;
    log.info('the log was signed', { checkpoint, position, events, digest, signature: made.signature });
    this.#pending = { last: record, lastText: text, segment: new Segment(digest) };
    return this.#pending;
  }
}

const positionOf = ({ last, segment }: Pending): bigint =>
  segment.count > 0 ? segment.last : BigInt(last?.position ?? 0);

const add = (segment: Segment, event: StoredEvent): void =>
  segment.add(hashOf(event.stream, event.revision, event), event.position);

function recordOf({ record }: SignedCheckpoint): CheckpointRecord {
  const found = parseRecord(record);
  if (!found) throw new CheckpointRefused('a checkpoint in the database cannot be read (contractor log verify)');
  return found;
}
