import type { Caller, JsonMap } from '#kernel';
import type { Key } from '#read-store';
import type { Model, Permission, Values } from './model.ts';

/** A request that changes something, as a client writes it down. */
export interface WrittenRequest {
  /** `POST`, `PATCH` or `DELETE`. */
  readonly method: string;
  /** Its path with its query, as it is sent. */
  readonly path: string;
  readonly body?: unknown;
  /** By their names, such as `If-Match`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that was read, and is carried out within a preview. */
export interface PreviewStep {
  readonly method: string;
  readonly path: string;
  /** What its caller needs; checked already. */
  readonly permission: Permission;
  /** Carries it out through the API, as if it were sent. @throws what the request itself would */
  readonly run: () => Promise<{ readonly status: number; readonly body?: unknown }>;
}

/** A preview that is wanted. */
export interface PreviewOrder {
  /** Its id, and that of the request its events will have. */
  readonly id: string;
  readonly caller: Caller;
  readonly reason?: string;
  /** Whether somebody else has to approve of it before it is committed. */
  readonly approval: boolean;
  readonly steps: readonly PreviewStep[];
}

/** A preview as it is shown. */
export type PreviewReport = JsonMap;

/** How a protocol reads requests that are written down, and writes objects. */
export interface PreviewProtocol {
  /** @throws what the requests themselves would */
  readonly read: (requests: readonly WrittenRequest[], caller: Caller, id: string) => Promise<readonly PreviewStep[]>;
  readonly write: (model: Model, key: Key, object: Values) => Values;
}

/** Makes previews. A protocol tells how its requests are read. */
export abstract class PreviewMaker {
  abstract use(protocol: PreviewProtocol): void;
  /** @throws what the requests themselves would */
  abstract make(order: PreviewOrder): Promise<PreviewReport>;
}
