import type { JetStreamClient } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { streams } from './streams.ts';

/** The time in which the foreman's end is connected to NATS without a break. */
export interface ForemanSession {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly streams: ReturnType<typeof streams>;
  /** Aborts when the connection breaks. */
  readonly over: AbortSignal;
}
