import type { AnyDecider } from '#kernel';
import { categoryOf, evolve, idOf } from '#kernel';
import type { AttributedEvent, EventLog } from '#event-store';
import type { Touches, TouchedStream, UndoRule } from '#event-sourcing';
import { ALL_PARTS } from '#event-sourcing';
import { isOf } from './request-events.ts';

/** The streams that say a request has been carried out; there is nothing to undo in them. */
const REQUESTS = 'request';

/** How many events of a stream are read at a time. */
const PAGE = 1_000;

/** What a request has touched in one stream, and what stands in the way of undoing that. */
export interface Touched extends Omit<TouchedStream, 'now'> {
  readonly stream: string;
  readonly rule: UndoRule;
  /** Revision of its last event. */
  readonly revision: number;
  /** Later events that have changed the same parts. */
  readonly inTheWay: readonly AttributedEvent[];
  /** Why it cannot be undone at all, and what to do instead, by the type of event. */
  readonly instead: ReadonlyMap<string, string>;
}

interface Reading {
  readonly log: Pick<EventLog, 'attributedOf'>;
  /** By category. */
  readonly rules: ReadonlyMap<string, UndoRule>;
  /** Id of the request, and of the one that undoes it, whose own events are no hindrance. */
  readonly request: string;
  readonly undoing: string;
}

/**
 * The streams that events of a request are in, those first that it touched last.
 * @throws Error where a stream is of a kind nobody has said how to undo
 */
export async function touchedStreams(events: readonly AttributedEvent[], reading: Reading): Promise<Touched[]> {
  const byStream = new Map<string, AttributedEvent[]>();
  for (const event of events) {
    if (categoryOf(event.stream) === REQUESTS) continue;
    const known = byStream.get(event.stream) ?? [];
    // Those touched last stand last.
    byStream.delete(event.stream);
    byStream.set(event.stream, [...known, event]);
  }
  const touched: Touched[] = [];
  for (const [stream, own] of [...byStream].toReversed()) touched.push(await readTouched(stream, own, reading));
  return touched;
}

async function readTouched(stream: string, own: readonly AttributedEvent[], reading: Reading): Promise<Touched> {
  const { log, rules, request, undoing } = reading;
  const rule = rules.get(categoryOf(stream));
  if (!rule) throw new Error(`nobody has said how ${stream} is undone`);
  const parts = new Set<string>();
  const instead = new Map<string, string>();
  for (const event of own) {
    const touches = rule.events[event.type] ?? ALL_PARTS;
    if (typeof touches === 'object' && 'instead' in touches) instead.set(event.type, touches.instead);
    else for (const part of partsOf(touches, event)) parts.add(part);
  }
  const first = own[0]?.revision ?? 0;
  const id = idOf(stream);
  let before: unknown = rule.decider?.initial();
  let rowBefore: object | undefined;
  let rowNow: object | undefined;
  let revision = -1;
  const firstBefore = new Map<string, AttributedEvent>();
  const lastBefore = new Map<string, AttributedEvent>();
  const inTheWay: AttributedEvent[] = [];
  const needed = instead.size === 0 && parts.size > 0;
  for (let page: AttributedEvent[] | undefined; needed && page?.length !== 0;) {
    page = await log.attributedOf(stream, { from: revision + 1, limit: PAGE });
    for (const event of page) {
      revision = event.revision;
      const isEarlier = revision < first;
      for (const part of isEarlier ? touchedBy(rule, event) : []) {
        if (!parts.has(part)) continue;
        if (!firstBefore.has(part)) firstBefore.set(part, event);
        lastBefore.set(part, event);
      }
      if (isEarlier && rule.decider) before = evolve(rule.decider as AnyDecider as never, before, event);
      rowNow = rowAfter(rule, rowNow, event);
      if (isEarlier) rowBefore = rowNow;
      else if (!isOf(request, event) && !isOf(undoing, event) && meets(rule, event, parts)) inTheWay.push(event);
    }
  }
  return {
    stream,
    id,
    rule,
    before,
    rowBefore,
    rowNow,
    parts,
    events: own,
    firstBefore,
    lastBefore,
    revision,
    inTheWay,
    instead,
  };
}

function rowAfter({ rows }: UndoRule, row: object | undefined, event: AttributedEvent): object | undefined {
  const folding = rows?.on[event.type];
  return folding ? folding.fold(row, event as AttributedEvent<never>) : row;
}

/** Whether an event has changed one of these parts. */
function meets(rule: UndoRule, event: AttributedEvent, parts: ReadonlySet<string>): boolean {
  const others = touchedBy(rule, event);
  if (others.length === 0) return false;
  return parts.has(ALL_PARTS) || others.includes(ALL_PARTS) || others.some((part) => parts.has(part));
}

/** The parts that an event has changed; one that is not undone changes all. */
function touchedBy(rule: UndoRule, event: AttributedEvent): readonly string[] {
  const touches = rule.events[event.type] ?? ALL_PARTS;
  if (typeof touches === 'object' && 'instead' in touches) return touches.isNoHindrance ? [] : [ALL_PARTS];
  return partsOf(touches, event);
}

function partsOf(touches: Exclude<Touches, { readonly instead: string }>, event: AttributedEvent): readonly string[] {
  if (typeof touches === 'function') return touches(event.data as never);
  return typeof touches === 'string' ? [touches] : touches;
}
