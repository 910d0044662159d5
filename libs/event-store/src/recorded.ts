import { idOf, parseStored } from '#kernel';
import type { Meta, Position, StoredEvent } from './event-store.ts';
import type { Upcasters } from './upcasters.ts';
import { upcast } from './upcasters.ts';

/** An event as folds see it: parsed, in today's shape, with the time and the author it was recorded with. */
export interface Recorded<D = unknown> {
  readonly type: string;
  readonly data: D;
  /** Id in the name of its stream. */
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
  /** ISO 8601 with microseconds. */
  readonly at: string;
  readonly actor: string;
}

/** An event with all that was recorded beside its data; the commands that it causes are tied to it. */
export interface LoggedEvent<D = unknown> extends Recorded<D> {
  /** UUID of the event. */
  readonly eventId: string;
  /** Name of the token that the actor has asked with, where it was one. */
  readonly token?: string;
  /** Id of the request it was decided for. */
  readonly request: string;
  /** Name of the command it was decided by, where it is known. */
  readonly command?: string;
  /** Why, in the words of the one who asked, where they said so. */
  readonly reason?: string;
  /** Id of the event that caused it, where one did. */
  readonly causation?: string;
  /** Id of the first request of the chain it belongs to. */
  readonly correlation: string;
  /** W3C `traceparent` of the span it was decided in, where that was traced. */
  readonly trace?: string;
}

/** Parses an event of the log, in today's shape. The one way in which stored events are read. */
export function recorded(event: StoredEvent, upcasters: Upcasters): LoggedEvent {
  const meta = JSON.parse(event.meta) as Meta;
  return {
    type: event.type,
    data: upcast(upcasters, event.type, meta.v, parseStored(event.data)),
    id: idOf(event.stream),
    stream: event.stream,
    revision: event.revision,
    position: event.position,
    at: meta.at,
    actor: meta.actor,
    eventId: event.id,
    ...(meta.token === undefined ? {} : { token: meta.token }),
    request: meta.request,
    ...(meta.command === undefined ? {} : { command: meta.command }),
    ...(meta.reason === undefined ? {} : { reason: meta.reason }),
    ...(meta.causation === undefined ? {} : { causation: meta.causation }),
    correlation: meta.correlation,
    ...(meta.trace === undefined ? {} : { trace: meta.trace }),
  };
}
