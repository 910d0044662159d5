import { hash } from 'node:crypto';
import type { NewEvent } from './event-store.ts';

/**
 * Hash of an event as it stands in its stream: over stream, revision, id, type, data and metadata text. The metadata
 * holds the hash of the event before, so a change anywhere in a stream breaks every hash behind it.
 */
export function hashOf(stream: string, revision: number, event: NewEvent): string {
  const parts = [stream, String(revision), event.id, event.type, event.data, event.meta];
  return hash('sha256', parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join(''), 'base64url');
}
