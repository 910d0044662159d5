import type { EventStore } from './event-store.ts';

/** The log for those who only read it. */
export type LogReader = Pick<EventStore, 'head' | 'last' | 'readAll' | 'readStream'>;
