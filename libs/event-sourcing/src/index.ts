export { EventSourcingModule } from './event-sourcing.module.ts';
export type { EventSourcingOptions } from './event-sourcing.module.ts';
export { Features } from './features.ts';
export type { Feature } from './features.ts';
