import type { CommandMetadata, Message } from '#kernel';
import { Conflict, traced, UnitOfWork } from '#kernel';
import type { ChainedFrom, Owner } from './chain-events.ts';
import { carriedOut, chained, ownersOf } from './chain-events.ts';
import { outcomeOf } from './command-result.ts';
import type { CommandResult } from './command-result.ts';
import type { EventStore } from './event-store.ts';
import { AppendRefused, NO_STREAM } from './event-store.ts';
import { isThisAppend } from './repeated-append.ts';
import type { StateCache } from './state-cache.ts';

/** A unit of work that shares an append with others. */
export interface SharedUnit {
  readonly metadata: CommandMetadata;
  readonly task: (work: UnitOfWork) => Promise<unknown>;
  readonly keepsResult: boolean;
  readonly resolve: (result: CommandResult<never>) => void;
  readonly reject: (error: unknown) => void;
}

/** What units of work that share an append stand on. */
export interface AppendedTo extends ChainedFrom {
  readonly store: Pick<EventStore, 'append' | 'readStream'>;
  readonly states: StateCache;
  /** All of it has to be done again because somebody was faster. */
  readonly onConflict?: (() => void) | undefined;
  /** So many events were appended. */
  readonly onAppended?: ((events: number) => void) | undefined;
}

/** What one of them has decided. */
interface Decided {
  readonly shared: SharedUnit;
  readonly value: unknown;
  readonly events: readonly Message[];
}

/**
 * Lets each decide on what those before it have decided, and appends all of it at once, each event with the metadata of
 * its own request. It never throws.
 * @returns those that are to be carried out alone: what they came to rests on more than the append checks
 */
export async function appendTogether(group: readonly SharedUnit[], to: AppendedTo): Promise<readonly SharedUnit[]> {
  const { store, states } = to;
  const work = new UnitOfWork(states);
  const decided: Decided[] = [];
  const alone: SharedUnit[] = [];
  const requests = new Set<string>();
  for (const shared of group) {
    const one = requests.has(shared.metadata.request) ? undefined : await decideOn(work, shared, to);
    requests.add(shared.metadata.request);
    if (one) decided.push(one);
    else alone.push(shared);
  }
  if (decided.length === 0) return alone;
  const owners = new Map<Message, Owner>();
  const written = work.written();
  for (const { shared, value, events } of decided) {
    const ledger = carriedOut(shared.metadata, value);
    written.push(...ledger);
    const own = [...events, ...ledger.flatMap((write) => write.events)];
    const result = shared.keepsResult ? value : undefined;
    for (const [event, owner] of ownersOf(shared.metadata, own, result)) owners.set(event, owner);
  }
  try {
    const writes = await chained(to, written, owners);
    const { position, repeated } = await traced('append', {}, () => store.append(writes, work.read()));
    if (repeated && !(await isThisAppend(store, writes))) throw new Conflict(writes.map(({ stream }) => stream));
    to.onAppended?.(owners.size);
    for (const { stream, expected, events } of writes) states.advance(stream, events, expected + 1);
    for (const { shared, value } of decided) shared.resolve({ value: value as never, position });
    return alone;
  } catch (error) {
    if (error instanceof Conflict) {
      to.onConflict?.();
      // Where this fails, each of them meets the same when it is carried out alone, and says so.
      await states
        .refresh(error.streams.map((stream) => ({ stream, revision: NO_STREAM })))
        .catch((cause: unknown) => cause);
      return group;
    }
    if (error instanceof AppendRefused) return group;
    // Whether it was appended is not known, as with an append that is not shared.
    for (const { shared } of decided) shared.reject(error);
    return alone;
  }
}

/** What one decides behind the others; undefined where it is not appended with them: alone, it says why. */
async function decideOn(work: UnitOfWork, shared: SharedUnit, to: AppendedTo): Promise<Decided | undefined> {
  const fork = work.fork();
  try {
    if (await outcomeOf(to, shared.metadata)) return undefined;
    const value = await shared.task(fork);
    fork.throwIfFaulted();
    const events = fork.written().flatMap((write) => write.events);
    if (events.length === 0) return undefined;
    work.absorb(fork);
    return { shared, value, events };
  } catch {
    return undefined;
  }
}
