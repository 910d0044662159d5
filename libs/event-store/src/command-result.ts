import type { CommandMetadata } from '#kernel';
import { refuse, streamName } from '#kernel';
import type { Outcome } from './chain-events.ts';
import type { EventStore, Position } from './event-store.ts';
import { recorded } from './recorded.ts';
import type { Upcasters } from './upcasters.ts';

/** What a unit of work came to. */
export interface CommandResult<R> {
  readonly value: R;
  /** Where its last event stands; undefined where there was nothing to append. */
  readonly position: Position | undefined;
  /** Set where the request had come before and the log holds what was decided then: nothing that was decided now. */
  readonly earlier?: true;
}

/**
 * What a request has come to before; undefined where it was not carried out, or has no key.
 * @throws Refusal where its key belongs to another one
 */
export async function outcomeOf<R>(
  { store, upcasters }: { readonly store: Pick<EventStore, 'readStream'>; readonly upcasters: Upcasters },
  { request, idempotencyKey }: CommandMetadata,
): Promise<CommandResult<R> | undefined> {
  if (idempotencyKey === undefined) return undefined;
  const [event] = await store.readStream(streamName('request', request), { limit: 1 });
  if (!event) return undefined;
  const outcome = recorded(event, upcasters).data as Outcome;
  if (outcome.once !== idempotencyKey) {
    throw refuse('', 'ANOTHER_REQUEST', 'The Idempotency-Key was used for another request.');
  }
  return { value: outcome.value as R, position: event.position, earlier: true };
}
