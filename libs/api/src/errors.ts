import type { Key } from '#read-store';
import { RowsNotReady } from '#read-store';

/** The caller may not do this. */
export class Forbidden extends Error {}

/** There is no such object. */
export class NotFound extends Error {
  readonly model: string;
  readonly key: Key;

  constructor(model: string, key: Key) {
    super(`there is no ${model} ${key}`);
    this.model = model;
    this.key = key;
  }
}

/** An object is no longer as it was when the change was thought of. */
export class PreconditionFailed extends Error {
  readonly model: string;
  readonly key: Key;

  constructor(model: string, key: Key) {
    super(`${model} ${key} has changed meanwhile`);
    this.model = model;
    this.key = key;
  }
}

/** The read models have not come far enough for an answer. */
export class NotReady extends Error {}

/** Whether an error says that the read models are not far enough yet: to be asked again in a moment. */
export const isNotReady = (error: unknown): error is Error =>
  error instanceof NotReady || error instanceof RowsNotReady;
