import type { Key } from '#read-store';

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
