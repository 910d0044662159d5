import type { Action } from '#api';

/** What can be done with objects of one model, besides what the model itself declares. */
export interface ObjectActions {
  /** The jobs that can be made of it. */
  readonly jobs: Readonly<Record<string, Action>>;
  /** What can be asked of its configuration. */
  readonly config: Readonly<Record<string, Action>>;
}
