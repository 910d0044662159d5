/** Who sends a command, and on what occasion: what the log keeps beside every event. */
export interface CommandMetadata {
  /** User or service identity; `system` for what Contractor does on its own. */
  readonly actor: string;
  /** Name of the token that the actor has asked with; undefined: they had a session. */
  readonly token?: string;
  /** Id of the request. The ids of its events are derived from it, so the same request sent twice is one. */
  readonly request: string;
  /**
   * Set where the request may come again, also after a server was lost: a fingerprint of what is asked for. It is then
   * carried out once; later it gives the result of the first time, which has to be JSON.
   */
  readonly idempotencyKey?: string;
  /** Name of the command (`CreateSite`). */
  readonly command?: string;
  /** Id of the first request of a chain; its own id where it is the first. */
  readonly correlation: string;
  /** Id of the event that caused it, where one did. */
  readonly causation?: string;
  /** Why, in the words of the one who asked. */
  readonly reason?: string;
  /** W3C `traceparent` of the span that decides it, where that is traced. */
  readonly trace?: string;
}
