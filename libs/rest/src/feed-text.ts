import type { FeedMessage } from '#api';
import type { Position } from '#event-store';

/** Why a stream ends: its job is over, its session or the right to see it has ended, or the server stops. */
export type EndReason = 'job-over' | 'session' | 'permission' | 'stopping';

/** After how long a client is to connect again, in milliseconds. */
export const RETRY_MS = 2000;

/** The first thing a client is told: when to connect again. */
export const retryText = `retry: ${RETRY_MS}\n\n`;

/** A message as an event of the stream; what is now has no id. */
export const messageText = ({ position, data }: FeedMessage): string =>
  position === undefined ? `event: snapshot\ndata: ${data}\n\n` : `id: ${position}\nevent: job\ndata: ${data}\n\n`;

/** A public event of the stream. @param data a map in JSON, on one line */
export const eventText = (position: Position, data: string): string => `id: ${position}\ndata: ${data}\n\n`;

/** Sets where the client goes on, without telling anything. */
export const positionText = (position: Position): string => `id: ${position}\n\n`;

/** Keeps the connection from being taken to be idle. */
export const beatText = ': beat\n';

/** The last event of a stream. */
export const endText = (reason: EndReason): string => `event: end\ndata: ${JSON.stringify({ reason })}\n\n`;
