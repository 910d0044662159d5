import { Metadata, status } from '@grpc/grpc-js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import statuses from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb.js';

/** A call that the server answers with an error. */
export class CallError extends Error {
  readonly code: status;
  readonly details: string;
  readonly metadata = new Metadata();

  /** `details` is a message of the protocol, with its full name, that says more to programs. */
  constructor(
    code: status,
    text: string,
    details?: { readonly name: string; readonly message: { serializeBinary(): Uint8Array } },
  ) {
    super(text);
    this.code = code;
    this.details = text;
    if (details === undefined) return;
    const packed = new any.Any();
    packed.pack(details.message.serializeBinary(), details.name);
    const answer = new statuses.Status()
      .setCode(code as number)
      .setMessage(text)
      .setDetails(packed);
    this.metadata.set('grpc-status-details-bin', Buffer.from(answer.serializeBinary()));
  }
}

export const invalid = (text: string): CallError => new CallError(status.INVALID_ARGUMENT, text);
