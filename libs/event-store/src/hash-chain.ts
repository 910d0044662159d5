import { createHash } from 'node:crypto';
import type { NewEvent } from './event-store.ts';

/**
 * Hash of an event as it stands in its stream: over stream, revision, id, type, data and metadata text. The metadata
 * holds the hash of the event before, so a change anywhere in a stream breaks every hash behind it.
 */
export function hashOf(stream: string, revision: number, event: NewEvent): string {
  const hash = createHash('sha256');
  for (const part of [stream, String(revision), event.id, event.type, event.data, event.meta]) {
    hash.update(String(Buffer.byteLength(part)));
    hash.update(':');
    hash.update(part);
  }
  return hash.digest('base64url');
}
