export { startNatsServer } from './nats-server.ts';
export type { NatsServer, NatsServerOptions } from './nats-server.ts';
export { startRelay } from './relay.ts';
export type { Relay } from './relay.ts';
export { testDatabase } from './test-database.ts';
export type { TestDatabase } from './test-database.ts';
