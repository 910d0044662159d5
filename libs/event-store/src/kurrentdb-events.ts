import type { AppendRecordInput, BinaryEventType, ConsistencyCheck, ResolvedEvent } from '@kurrent/kurrentdb-client';
import type { Check, StoredEvent, Write } from './event-store.ts';
import { NO_STREAM } from './event-store.ts';

/** Properties of an event are flat texts; ours holds the metadata to the letter. */
const META = 'meta';

/** The records of an append. The data are bytes to KurrentDB: what it takes for JSON its client would write anew. */
export const recordsOf = (writes: readonly Write[]): AppendRecordInput<BinaryEventType>[] =>
  writes.flatMap(({ stream, events }) =>
    events.map(({ id, type, data, meta }) => ({
      streamName: stream,
      record: {
        id,
        type,
        contentType: 'application/octet-stream' as const,
        data: Buffer.from(data),
        metadata: { [META]: meta },
      },
    })),
  );

/** What an append expects of the streams it writes and of those it has only read. */
export const checksOf = (writes: readonly Write[], checks: readonly Check[]): ConsistencyCheck[] =>
  [...writes.map(({ stream, expected }) => ({ stream, revision: expected })), ...checks].map(
    ({ stream, revision }): ConsistencyCheck => ({
      type: 'stream_state',
      streamName: stream,
      expectedState: revision === NO_STREAM ? 'no_stream' : BigInt(revision),
    }),
  );

/** An event as it was appended; undefined where somebody else appended it. */
export function storedEvent({ event }: ResolvedEvent): StoredEvent | undefined {
  const meta = metaOf(event?.metadata);
  if (!event?.position || meta === undefined || !(event.data instanceof Uint8Array)) return undefined;
  return {
    position: event.position.commit,
    stream: event.streamId,
    revision: Number(event.revision),
    id: event.id,
    type: event.type,
    data: Buffer.from(event.data).toString(),
    meta,
  };
}

function metaOf(metadata: unknown): string | undefined {
  if (typeof metadata !== 'object' || metadata === null || !(META in metadata)) return undefined;
  return typeof metadata[META] === 'string' ? metadata[META] : undefined;
}
