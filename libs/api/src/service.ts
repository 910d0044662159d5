import type { Position } from '#event-store';
import { ActionCalls } from './action-calls.ts';
import type { ApiContext } from './api-parts.ts';
import { ApiParts } from './api-parts.ts';
import type { Catalogue } from './catalogue.ts';
import { ObjectChanges } from './object-changes.ts';
import { ObjectReads } from './object-reads.ts';

/**
 * What the protocols of the API have in common: who may, whether the values are right, one command per call, and an
 * answer that shows the caller's own change. Reads take the position of the log they are asked as of; none means now.
 */
export class ApiService {
  readonly catalogue: Catalogue;
  readonly #parts: ApiParts;
  readonly #objects: ObjectReads;
  readonly #changes: ObjectChanges;
  readonly #actions: ActionCalls;

  constructor(context: ApiContext) {
    this.catalogue = context.catalogue;
    this.#parts = new ApiParts(context);
    this.#objects = new ObjectReads(this.#parts);
    this.#changes = new ObjectChanges(this.#parts);
    this.#actions = new ActionCalls(this.#parts);
  }

  /** How far the log is shown, at least, by an answer that is read from now on. */
  get reached(): Position {
    return this.#parts.reads.reached;
  }

  /** Waits until answers show the log up to a position, at least. */
  catchUpTo(position: Position): Promise<void> {
    return this.#parts.reads.catchUpTo(position);
  }

  readonly get: ObjectReads['get'] = (...asked) => this.#objects.get(...asked);
  readonly list: ObjectReads['list'] = (...asked) => this.#objects.list(...asked);
  readonly listObjects: ObjectReads['listObjects'] = (...asked) => this.#objects.listObjects(...asked);
  readonly history: ObjectReads['history'] = (...asked) => this.#objects.history(...asked);
  readonly compare: ObjectReads['compare'] = (...asked) => this.#objects.compare(...asked);
  readonly compareLists: ObjectReads['compareLists'] = (...asked) => this.#objects.compareLists(...asked);
  readonly create: ObjectChanges['create'] = (...asked) => this.#changes.create(...asked);
  readonly update: ObjectChanges['update'] = (...asked) => this.#changes.update(...asked);
  readonly remove: ObjectChanges['remove'] = (...asked) => this.#changes.remove(...asked);
  readonly callStatic: ActionCalls['callStatic'] = (...asked) => this.#actions.callStatic(...asked);
  readonly callOn: ActionCalls['callOn'] = (...asked) => this.#actions.callOn(...asked);
  readonly noteOf: ActionCalls['noteOf'] = (...asked) => this.#actions.noteOf(...asked);
}
