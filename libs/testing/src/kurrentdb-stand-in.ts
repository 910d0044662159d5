/**
 * A KurrentDB server of a test's own, in this process and in memory: a small real implementation of what the adapter of
 * the log asks a server for, on a free loopback port.
 */
export interface KurrentDbStandIn {
  /** Stays the same over a restart. */
  readonly connectionString: string;
  /** How many subscriptions are open. */
  readonly subscriptions: number;
  stop(): Promise<void>;
  /** Breaks all connections and takes no new ones; the log stays. */
  kill(): Promise<void>;
  /** Breaks all connections and takes new ones on the same port, with the log as it was. */
  restart(): Promise<void>;
  /** Answers every call that it is not available, or no longer does so; connections stay. */
  refuse(refusing: boolean): void;
  /** Does the next append, and loses the answer to it. */
  loseNextAnswer(): void;
  /** Appends an event to a stream as a program other than ours would. */
  foreign(stream: string): void;
}

export interface KurrentDbStandInOptions {
  /** The version the server says it has. */
  readonly version?: string;
}

/** Starts a stand-in for KurrentDB and resolves once it takes connections. */
export async function startKurrentDbStandIn(options: KurrentDbStandInOptions = {}): Promise<KurrentDbStandIn> {
  // The client's generated code is large: only the specs that need it load it.
  const { startServer } = await import('./kurrentdb/server.ts');
  return startServer(options);
}
