import { createHash } from 'node:crypto';

/** Which adapter the log was on. Positions of KurrentDB are its own, and others after a restore. */
export type LogAdapter = 'postgres' | 'kurrentdb';

/** What a checkpoint says of the log: everything up to `position`, in its order. Its text is what is signed. */
export interface CheckpointRecord {
  /** 1 for the first; each is one more than the one before. */
  readonly checkpoint: number;
  readonly log: LogAdapter;
  /** Position of the last event it covers. */
  readonly position: string;
  /** Events of the log up to there. */
  readonly events: number;
  /** Digest of the checkpoint before, then the hash of each event since (`hashOf`), a line each: SHA-256, base64url. */
  readonly digest: string;
  /** The positions of the events since the checkpoint before, a line each: SHA-256, base64url. */
  readonly positions: string;
  /** SHA-256 of the marks that are kept with it, by which an event that was changed is named; base64url. */
  readonly marks: string;
  /** SHA-256 of the text of the record before, base64url; `''` for the first. */
  readonly previous: string;
  /** ISO 8601. */
  readonly at: string;
  /** The Ed25519 public key it is signed with: 32 bytes, base64url. */
  readonly key: string;
}

/** A checkpoint as it is kept, exported and compared. */
export interface SignedCheckpoint {
  /** The text of a {@link CheckpointRecord}, to the letter. */
  readonly record: string;
  /** Ed25519 over that text, base64url. */
  readonly signature: string;
  /** The same by the key of the checkpoint before, where the key is another one since; null: none. */
  readonly endorsement: string | null;
}

/** The text of a record, always the same for the same record. */
export const recordText = (record: CheckpointRecord): string => {
  const { checkpoint, log, position, events, digest, positions, marks, previous, at, key } = record;
  return JSON.stringify({ checkpoint, log, position, events, digest, positions, marks, previous, at, key });
};

const TEXTS = ['log', 'position', 'digest', 'positions', 'marks', 'previous', 'at', 'key'] as const;

/** What the text of a record says; undefined where it is none. */
export function parseRecord(text: string): CheckpointRecord | undefined {
  try {
    const found = JSON.parse(text) as CheckpointRecord;
    const whole = Number.isSafeInteger(found.checkpoint) && Number.isSafeInteger(found.events);
    if (!whole || TEXTS.some((name) => typeof found[name] !== 'string')) return undefined;
    return recordText(found) === text ? found : undefined;
  } catch {
    return undefined;
  }
}

/** SHA-256 of a text or bytes, base64url. */
export const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('base64url');

/** A checkpoint in a file: one line of JSON. */
export const checkpointLine = ({ record, signature, endorsement }: SignedCheckpoint): string =>
  `${JSON.stringify({ record, signature, endorsement })}\n`;

/** The checkpoints in the text of a file, in their order. @throws Error naming the line that is none */
export function checkpointsIn(text: string, file: string): readonly SignedCheckpoint[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) throw new Error(`${file} holds no checkpoint`);
  return lines.map((line, n) => {
    const found = checkpointIn(line);
    if (!found) throw new Error(`line ${n + 1} of ${file} is no checkpoint`);
    return found;
  });
}

function checkpointIn(line: string): SignedCheckpoint | undefined {
  try {
    const { record, signature, endorsement } = JSON.parse(line) as SignedCheckpoint;
    if (typeof record !== 'string' || typeof signature !== 'string' || !parseRecord(record)) return undefined;
    return { record, signature, endorsement: endorsement ?? null };
  } catch {
    return undefined;
  }
}
