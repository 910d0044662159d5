export { EVERY_SITE } from './wire.ts';
export type {
  AgentWire,
  Announcement,
  Beat,
  ForemanWire,
  ForemanWireListener,
  Outcome,
  Report,
  Task,
} from './wire.ts';
