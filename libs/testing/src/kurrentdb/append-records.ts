import { status } from '@grpc/grpc-js';
import protocol from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/streams_pb.js';
import type {
  AppendRecord,
  AppendRecordsRequest,
  AppendRecordsResponse,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/streams_pb.js';
import errors from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/errors_pb.js';
import { CallError, invalid } from './call-error.ts';
import { NO_STREAM } from './event-log.ts';
import type { EventLog, NewRecord, StreamCheck, Violation } from './event-log.ts';

/** What the server takes in one append by default, in bytes: of data, properties and names together. */
const MAX_APPEND_BYTES = 1024 * 1024;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SCHEMA_NAME = /^[\w.:-]+$/;

/** Answers `AppendRecords` of the second protocol: records of several streams, with checks, all or nothing. */
export function appendRecords(log: EventLog, request: AppendRecordsRequest): AppendRecordsResponse {
  const names = new StreamNames();
  const records = request.getRecordsList().map((record) => newRecord(record, names));
  if (records.length === 0) throw invalid('Append records request must contain at least one record.');
  const checks = request.getChecksList().map((check): StreamCheck => {
    const state = check.getStreamState();
    const expected = Number(state?.getExpectedState());
    if (!state || !(expected >= NO_STREAM)) throw invalid('Each check must name a stream and what it must be at.');
    return { stream: names.same(state.getStream()), expected };
  });
  if (new Set(checks.map(({ stream }) => stream)).size !== checks.length) {
    throw invalid('Each stream can only appear once in consistency checks. Use a single check per stream.');
  }

  const bytes = records.reduce((sum, record) => sum + bytesOf(record), 0);
  if (bytes > MAX_APPEND_BYTES) throw tooLarge(bytes);
  const outcome = log.append(records, checks);
  if ('violations' in outcome) throw violated(outcome.violations);
  const response = new protocol.AppendRecordsResponse().setPosition(outcome.position.toString());
  for (const { stream, revision } of outcome.revisions) {
    response.addRevisions(new protocol.StreamRevision().setStream(stream).setRevision(String(revision)));
  }
  return response;
}

/** Within one request the server takes names that differ in case alone for the same stream: the first counts. */
class StreamNames {
  readonly #known = new Map<string, string>();

  same(name: string): string {
    const known = this.#known.get(name.toLowerCase());
    if (known === undefined) this.#known.set(name.toLowerCase(), name);
    return known ?? name;
  }
}

function newRecord(record: AppendRecord, names: StreamNames): NewRecord {
  const { SchemaFormat } = protocol;
  const [stream, id, schema] = [record.getStream(), record.getRecordId() ?? '', record.getSchema()];
  if (stream === '' || stream.startsWith('$')) throw invalid(`Records cannot be appended to the stream '${stream}'.`);
  if (!UUID.test(id)) throw invalid(`'${id}' is no id of a record.`);
  if (!schema || !SCHEMA_NAME.test(schema.getName())) throw invalid('Schema name must be a plain name.');
  if (schema.getFormat() === SchemaFormat.SCHEMA_FORMAT_UNSPECIFIED) throw invalid('Schema format must be given.');

  const properties: Record<string, string> = {};
  record.getPropertiesMap().forEach((value, key) => {
    if (key.startsWith('$')) throw invalid(`The property '${key}' belongs to the server.`);
    properties[key] = value.getStringValue();
  });
  const isJson = schema.getFormat() === SchemaFormat.SCHEMA_FORMAT_JSON;
  if (!isJson) properties['$schema.format'] = 'Bytes';
  return {
    stream: names.same(stream),
    id: id.toLowerCase(),
    type: schema.getName(),
    data: record.getData_asU8(),
    isJson,
    properties,
  };
}

const bytesOf = ({ data, type, properties }: NewRecord): number =>
  data.length + Buffer.byteLength(type) + Buffer.byteLength(JSON.stringify(properties));

function tooLarge(bytes: number): CallError {
  const text = `Transaction size (${bytes} B) exceeded the maximum allowed size of ${MAX_APPEND_BYTES} B.`;
  return new CallError(status.ABORTED, text, {
    name: 'kurrentdb.protocol.v2.streams.errors.AppendTransactionSizeExceededErrorDetails',
    message: new errors.AppendTransactionSizeExceededErrorDetails().setSize(bytes).setMaxSize(MAX_APPEND_BYTES),
  });
}

function violated(violations: readonly Violation[]): CallError {
  const message = new errors.AppendConsistencyViolationErrorDetails();
  for (const { stream, expected, actual } of violations) {
    const state = new errors.ConsistencyViolation.StreamStateViolation()
      .setStream(stream)
      .setExpectedState(String(expected))
      .setActualState(String(actual));
    message.addViolations(new errors.ConsistencyViolation().setStreamState(state));
  }
  const text = `Failed to append transaction due to consistency violations of ${violations.length} stream(s).`;
  return new CallError(status.FAILED_PRECONDITION, text, {
    name: 'kurrentdb.protocol.v2.streams.errors.AppendConsistencyViolationErrorDetails',
    message,
  });
}
