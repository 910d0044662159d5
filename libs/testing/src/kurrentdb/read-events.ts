import type { ServerWritableStream } from '@grpc/grpc-js';
import protocol from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { ReadReq, ReadResp } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import { invalid } from './call-error.ts';
import type { EventLog, LogRecord } from './event-log.ts';
import { confirmation, eventAnswer, streamNotFound } from './read-answers.ts';

type Call = ServerWritableStream<ReadReq, ReadResp>;
type Options = ReadReq.Options;

/**
 * Answers `Read` of the first protocol: one stream or the whole log, forwards and backwards, with filters, and live
 * subscriptions. A read of the whole log begins with the event at the given position, a subscription behind it.
 */
export function readEvents(log: EventLog, call: Call): void {
  const options = call.request.getOptions();
  const uuid = options?.getUuidOption();
  if (!options || !uuid) throw invalid('a read needs its options, and the form of the ids');
  if (options.hasSubscription()) {
    subscribe(log, call, options);
    return;
  }
  const count = Number(options.getCount());
  if (!(count > 0)) throw invalid('a read needs the number of events');
  const stream = options.getStream();
  if (stream) {
    const name = nameOf(stream.getStreamIdentifier());
    if (log.stream(name).length === 0) call.write(streamNotFound(name));
  }
  const records = stream ? ofStream(log, options, stream) : ofAll(log, options);
  for (const record of records.slice(0, count)) call.write(eventAnswer(record, uuid));
  call.end();
}

const nameOf = (identifier: { getStreamName_asU8(): Uint8Array } | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString();

const isBackwards = (options: Options): boolean =>
  options.getReadDirection() === protocol.ReadReq.Options.ReadDirection.BACKWARDS;

function ofStream(log: EventLog, options: Options, stream: ReadReq.Options.StreamOptions): readonly LogRecord[] {
  const records = log.stream(nameOf(stream.getStreamIdentifier()));
  const revision = stream.hasRevision() ? Number(stream.getRevision()) : undefined;
  if (!isBackwards(options)) return stream.hasEnd() ? [] : records.slice(revision ?? 0);
  return stream.hasStart() ? records.slice(0, 1) : records.slice(0, (revision ?? records.length) + 1).toReversed();
}

function ofAll(log: EventLog, options: Options): readonly LogRecord[] {
  const from = positionOf(log, options);
  const records = log.records.filter(filterOf(options));
  if (!isBackwards(options)) return from === 'end' ? [] : records.filter(({ position }) => position >= from);
  return (from === 'end' ? records : records.filter(({ position }) => position < from)).toReversed();
}

function subscribe(log: EventLog, call: Call, options: Options): void {
  const uuid = options.getUuidOption();
  const from = positionOf(log, options);
  if (!uuid || !options.getAll()) throw invalid('only the whole log can be subscribed to');
  const wanted = filterOf(options);
  let next = from === 'end' ? log.records.length : log.records.filter(({ position }) => position <= from).length;
  const send = () => {
    for (; next < log.records.length; next += 1) {
      const record = log.records[next];
      if (record && wanted(record)) call.write(eventAnswer(record, uuid));
    }
  };
  call.write(confirmation());
  send();
  call.on('close', log.watch(send));
}

/** Where to begin; the start stands before every position. */
function positionOf(log: EventLog, options: Options): bigint | 'end' {
  const all = options.getAll();
  if (all?.hasEnd()) return 'end';
  if (!all?.hasPosition()) return -1n;
  const position = BigInt(all.getPosition()?.getCommitPosition() ?? 0);
  if (!log.records.some((record) => record.position === position)) throw invalid(`no event is at ${position}`);
  return position;
}

function filterOf(options: Options): (record: LogRecord) => boolean {
  const filter = options.getFilter();
  if (!filter) return () => true;
  const expression = filter.getStreamIdentifier() ?? filter.getEventType();
  const regex = expression?.getRegex();
  const pattern = regex ? new RegExp(regex) : undefined;
  const prefixes = expression?.getPrefixList() ?? [];
  return (record) => {
    const text = filter.hasStreamIdentifier() ? record.stream : record.type;
    return pattern ? pattern.test(text) : prefixes.some((prefix) => text.startsWith(prefix));
  };
}
