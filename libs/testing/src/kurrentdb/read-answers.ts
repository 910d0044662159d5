import { randomUUID } from 'node:crypto';
import shared from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
import type { StreamIdentifier } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
import protocol from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { ReadReq, ReadResp } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { LogRecord } from './event-log.ts';

/** Between the epoch of .NET's ticks as the protocol counts them and those of 100 ns in a millisecond. */
const TICKS_PER_MILLISECOND = 10_000;

/** One event of the log, as a read or a subscription brings it. */
export function eventAnswer(record: LogRecord, uuid: ReadReq.Options.UUIDOption): ReadResp {
  const { ReadEvent } = protocol.ReadResp;
  const position = record.position.toString();
  const event = new ReadEvent.RecordedEvent()
    .setId(uuid.hasString() ? new shared.UUID().setString(record.id) : structured(record.id))
    .setStreamIdentifier(identifier(record.stream))
    .setStreamRevision(String(record.revision))
    .setCommitPosition(position)
    .setPreparePosition(position)
    .setData(record.data)
    .setCustomMetadata(metadata(record));
  event
    .getMetadataMap()
    .set('type', record.type)
    .set('created', String(record.created.getTime() * TICKS_PER_MILLISECOND))
    .set('content-type', record.isJson ? 'application/json' : 'application/octet-stream');
  return new protocol.ReadResp().setEvent(new ReadEvent().setEvent(event).setCommitPosition(position));
}

export const streamNotFound = (name: string): ReadResp =>
  new protocol.ReadResp().setStreamNotFound(
    new protocol.ReadResp.StreamNotFound().setStreamIdentifier(identifier(name)),
  );

export const confirmation = (): ReadResp =>
  new protocol.ReadResp().setConfirmation(
    new protocol.ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID()),
  );

/** The first protocol shows properties of the second as one JSON object, with two of the server's own beside them. */
function metadata({ properties, type }: LogRecord): Uint8Array {
  if (Object.keys(properties).length === 0) return new Uint8Array();
  return Buffer.from(JSON.stringify({ '$schema.format': 'Json', ...properties, '$schema.name': type }));
}

const identifier = (name: string): StreamIdentifier => new shared.StreamIdentifier().setStreamName(Buffer.from(name));

function structured(id: string) {
  const hex = id.replaceAll('-', '');
  const bits = (part: string) => BigInt.asIntN(64, BigInt(`0x${part}`)).toString();
  return new shared.UUID().setStructured(
    new shared.UUID.Structured()
      .setMostSignificantBits(bits(hex.slice(0, 16)))
      .setLeastSignificantBits(bits(hex.slice(16))),
  );
}
