/** Who wants something, and on what occasion: what the log keeps beside every event. */
export interface CommandMetadata {
  /** User or service identity; `system` for what Contractor does on its own. */
  readonly actor: string;
  /** Id of the wish. The ids of its events are derived from it, so the same wish sent twice is one. */
  readonly request: string;
  /**
   * Set where the wish may come again, also after a server was lost: a mark of what is wished for. It is then carried out
   * once; later it comes to what it came to first, which has to be JSON.
   */
  readonly idempotencyKey?: string;
  /** Id of the first wish of a chain; its own id where it is the first. */
  readonly correlation: string;
  /** Id of the event that caused it, where one did. */
  readonly causation?: string;
  /** Why, in the words of the one who asked. */
  readonly reason?: string;
}
