import type { StoredEvent } from '#event-store';
import { hashOf } from '#event-store';
import { silentLogger } from '#kernel';
import type { CheckpointKeys } from '../src/checkpoint-key.ts';
import { newCheckpointKey } from '../src/checkpoint-key.ts';
import type { KeptCheckpoint } from '../src/checkpoint-ledger.ts';
import { CheckpointMaker } from '../src/checkpoint-maker.ts';
import type { SignedCheckpoint } from '../src/checkpoint-record.ts';

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** A log of `count` events in `streams` streams, whose positions have a gap behind every fifth. */
export function exampleLog(count: number, streams = 3): StoredEvent[] {
  const ends = new Map<string, { readonly revision: number; readonly hash: string }>();
  return Array.from({ length: count }, (_, n) => {
    const stream = `thing-${(n * 7) % streams}`;
    const { revision, hash } = ends.get(stream) ?? { revision: -1, hash: '' };
    const at = `2026-01-01T00:00:${String(n % 60).padStart(2, '0')}.000000+00:00`;
    const meta = { v: 1, at: n < 60 ? at : `2026-01-02T00:00:00.${String(n).padStart(6, '0')}+00:00` };
    const event: StoredEvent = {
      position: BigInt(n + 1 + Math.floor(n / 5)),
      stream,
      revision: revision + 1,
      id: uuid(n),
      type: n % 2 === 0 ? 'Made' : 'Moved',
      data: JSON.stringify({ n, text: `event ${n} – ü` }),
      meta: JSON.stringify({ ...meta, actor: 'root', request: `r${n}`, correlation: 'c', prev: hash }),
    };
    ends.set(stream, { revision: revision + 1, hash: hashOf(stream, revision + 1, event) });
    return event;
  });
}

/** A log in memory whose checkpoints are made as a server makes them. */
export class SignedLog {
  readonly events: StoredEvent[] = [];
  readonly checkpoints: KeptCheckpoint[] = [];
  here: SignedCheckpoint | undefined;
  now = '2026-02-01T00:00:00.000000+00:00';
  keys: CheckpointKeys = { key: newCheckpointKey(), former: undefined };

  constructor(events: readonly StoredEvent[] = []) {
    this.events.push(...events);
  }

  maker({ everyEvents = 10, everyMs = 60_000, anyKey = false } = {}): CheckpointMaker {
    return new CheckpointMaker({
      store: {
        head: async () => this.events.at(-1)?.position ?? 0n,
        readAll: async (after, { limit = 1000 } = {}) => {
          const events = this.events.filter(({ position }) => position > after).slice(0, limit);
          return { events, end: events.at(-1)?.position ?? after };
        },
      },
      adapter: 'postgres',
      ledger: {
        find: async (number = this.checkpoints.length) => this.checkpoints[number - 1],
        keep: async (number, checkpoint) => {
          if (this.checkpoints[number - 1]) return false;
          this.checkpoints[number - 1] = checkpoint;
          return true;
        },
      },
      known: {
        read: async () => this.here,
        write: async (checkpoint) => void (this.here = checkpoint),
      },
      keys: this.keys,
      clock: { now: () => this.now },
      log: silentLogger,
      everyEvents,
      everyMs,
      anyKey,
    });
  }

  /** Signs everything there is. */
  async sign(everyEvents = 10): Promise<this> {
    await this.maker({ everyEvents, everyMs: 0 }).reconcile(new AbortController().signal);
    return this;
  }
}

/** Checkpoints of a list, as they are read from a ledger. */
export function sourceOf(checkpoints: readonly KeptCheckpoint[]) {
  const rest = [...checkpoints];
  return { next: async () => rest.shift() };
}
