import { hash as digest } from 'node:crypto';
import type { CommandMetadata, Message, UnitOfWork } from '#kernel';
import { streamName, writeJson } from '#kernel';
import type { Clock } from './clock.ts';
import type { Meta, NewEvent, Write } from './event-store.ts';
import { NO_STREAM } from './event-store.ts';
import { hashOf } from './hash-chain.ts';
import type { StateCache } from './state-cache.ts';
import type { Upcasters } from './upcasters.ts';
import { currentVersion } from './upcasters.ts';

/** What a request came to that may come again, as its event says it. */
export interface Outcome {
  readonly once: string | undefined;
  readonly value: unknown;
}

/** Whose event it is, and which of them; `result` is kept with it, unless undefined. */
export interface Owner {
  readonly metadata: CommandMetadata;
  readonly index: number;
  readonly result: unknown;
}

/** What units of work have decided, by stream. */
export type Written = ReturnType<UnitOfWork['written']>;

/** What events are chained from: the last of each stream, the time, and the versions of their types. */
export interface ChainedFrom {
  readonly states: Pick<StateCache, 'tail'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly upcasters: Upcasters;
}

/** Events as they are appended, each chained to the one before it in its stream. */
export async function chained(
  { states, clock, upcasters }: ChainedFrom,
  written: Written,
  owners: ReadonlyMap<Message, Owner>,
): Promise<Write[]> {
  const writes: Write[] = [];
  for (const { stream, expected, events } of written) {
    let { hash, at } = await states.tail(stream, expected);
    const chained: NewEvent[] = [];
    for (const [n, message] of events.entries()) {
      const owner = owners.get(message);
      if (!owner) throw new Error(`nobody has decided ${message.type}`);
      const { metadata, index, result } = owner;
      at = clock.now(at);
      const meta: Meta = {
        v: currentVersion(upcasters, message.type),
        at,
        actor: metadata.actor,
        ...(metadata.token === undefined ? {} : { token: metadata.token }),
        request: metadata.request,
        ...(metadata.command === undefined ? {} : { command: metadata.command }),
        correlation: metadata.correlation,
        ...(metadata.causation === undefined ? {} : { causation: metadata.causation }),
        ...(metadata.reason === undefined ? {} : { reason: metadata.reason }),
        ...(metadata.trace === undefined ? {} : { trace: metadata.trace }),
        ...(result === undefined ? {} : { result }),
        prev: hash,
      };
      const event: NewEvent = {
        id: eventId(metadata.request, index),
        type: message.type,
        data: writeJson(message.data),
        meta: writeJson(meta),
      };
      chained.push(event);
      if (n < events.length - 1) hash = hashOf(stream, expected + 1 + n, event);
    }
    writes.push({ stream, expected, events: chained });
  }
  return writes;
}

/** What is written of a request that may come again: what it came to. */
export const carriedOut = ({ request, idempotencyKey }: CommandMetadata, value: unknown): Written => {
  if (idempotencyKey === undefined) return [];
  const data: Outcome = { once: idempotencyKey, value };
  const stream = streamName('request', request);
  return [{ stream, expected: NO_STREAM, events: [{ type: 'RequestCarriedOut', data }] }];
};

/** Whose events they are: all of one request, in their order. Its result is kept with the last, unless it is elsewhere. */
export const ownersOf = (metadata: CommandMetadata, events: readonly Message[], result: unknown): Map<Message, Owner> =>
  new Map(
    events.map((event, index) => {
      const kept = metadata.idempotencyKey === undefined && index === events.length - 1 ? result : undefined;
      return [event, { metadata, index, result: kept }];
    }),
  );

/** The id of the n-th event of a request: a UUID derived from its id, so that the request sent again gives the same ids. */
function eventId(request: string, index: number): string {
  const hex = digest('sha256', `${request}/${index}`, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
