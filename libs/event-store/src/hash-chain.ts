import { hash } from 'node:crypto';
import type { NewEvent } from './event-store.ts';

/**
 * Hash of an event as it stands in its stream: over stream, revision, id, type, data and metadata text. The metadata
 * holds the hash of the event before, so a change anywhere in a stream breaks every hash behind it.
 */
export function hashOf(stream: string, revision: number, event: NewEvent): string {
  const { id, type, data, meta } = event;
  const number = String(revision);
  const text =
    `${bytes(stream)}:${stream}${number.length}:${number}${bytes(id)}:${id}` +
    `${bytes(type)}:${type}${bytes(data)}:${data}${bytes(meta)}:${meta}`;
  return hash('sha256', text, 'base64url');
}

const bytes = (text: string): number => Buffer.byteLength(text);
