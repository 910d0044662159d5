import type { AnyDecider } from '#kernel';
import { categoryOf, evolve, idOf } from '#kernel';
import type { LoggedEvent, EventLog } from '#event-store';
import type { Touches, TouchedStream, UndoRule } from '#event-sourcing';
import { ALL_PARTS } from '#event-sourcing';
import { isOf } from './request-events.ts';

/** The streams that say a request has been carried out; there is nothing to undo in them. */
const REQUESTS = 'request';

/** How many later events of a stream are told. */
const MAX_IN_THE_WAY = 10;
/** How many events of a stream are read at a time. */
const PAGE = 1_000;

/** What a request has touched in one stream, and what stands in the way of undoing that. */
export interface Touched extends Omit<TouchedStream, 'now'> {
  readonly stream: string;
  readonly rule: UndoRule;
  /** Revision of its last event. */
  readonly revision: number;
  /** Later events that have changed the same parts: the last ones, and how many there are. */
  readonly inTheWay: readonly LoggedEvent[];
  readonly countInTheWay: number;
  /** Why it cannot be undone at all, and what to do instead, by the type of event. */
  readonly instead: ReadonlyMap<string, string>;
}

interface Reading {
  readonly log: Pick<EventLog, 'eventsOf'>;
  /** By category. */
  readonly rules: ReadonlyMap<string, UndoRule>;
  /** Id of the request, and of the one that undoes it, whose own events are no hindrance. */
  readonly request: string;
  readonly undoing: string;
}

/**
 * The streams that events of a request are in, those first that it touched last.
 */
export async function touchedStreams(events: readonly LoggedEvent[], reading: Reading): Promise<Touched[]> {
  const byStream = new Map<string, LoggedEvent[]>();
  for (const event of events) {
    if (categoryOf(event.stream) === REQUESTS) continue;
    const known = byStream.get(event.stream) ?? [];
    // Those touched last stand last.
    byStream.delete(event.stream);
    known.push(event);
    byStream.set(event.stream, known);
  }
  const touched: Touched[] = [];
  for (const [stream, own] of [...byStream].toReversed()) touched.push(await readTouched(stream, own, reading));
  return touched;
}

/** What a stream tells of how it was before a request, and of what came later. */
type Past = Pick<
  Touched,
  'before' | 'rowBefore' | 'rowNow' | 'firstBefore' | 'lastBefore' | 'revision' | 'inTheWay' | 'countInTheWay'
>;

async function readTouched(stream: string, own: readonly LoggedEvent[], reading: Reading): Promise<Touched> {
  const rule = reading.rules.get(categoryOf(stream)) ?? unknownRule(stream, own);
  const parts = new Set<string>();
  const instead = new Map<string, string>();
  for (const event of own) {
    const touches = rule.events[event.type] ?? ALL_PARTS;
    if (typeof touches === 'object' && 'instead' in touches) instead.set(event.type, touches.instead);
    else for (const part of partsOf(touches, event)) parts.add(part);
  }
  const touched = { stream, id: idOf(stream), rule, parts, events: own, instead };
  if (instead.size > 0 || parts.size === 0) return { ...touched, ...NOTHING };
  return { ...touched, ...(await readPast(touched, reading)) };
}

/** Nobody has said how such streams are undone: they are not. */
const unknownRule = (stream: string, events: readonly LoggedEvent[]): UndoRule => ({
  category: categoryOf(stream),
  events: Object.fromEntries(events.map(({ type }) => [type, { instead: 'take it back by a request of its own' }])),
});

/** Of a stream in which nothing is put back. */
const NOTHING: Past = {
  before: undefined,
  rowBefore: undefined,
  rowNow: undefined,
  firstBefore: new Map(),
  lastBefore: new Map(),
  revision: -1,
  inTheWay: [],
  countInTheWay: 0,
};

async function readPast(
  { stream, rule, parts, events: own }: Pick<Touched, 'stream' | 'rule' | 'parts' | 'events'>,
  { log, request, undoing }: Reading,
): Promise<Past> {
  const { decider, rows } = rule;
  const first = own[0]?.revision ?? 0;
  const firstBefore = new Map<string, LoggedEvent>();
  const lastBefore = new Map<string, LoggedEvent>();
  const inTheWay: LoggedEvent[] = [];
  let before: unknown = decider?.initial();
  let [rowBefore, rowNow]: (object | undefined)[] = [];
  let [revision, countInTheWay] = [-1, 0];
  for await (const event of eventsOf(stream, log)) {
    revision = event.revision;
    const folding = rows?.on[event.type];
    if (folding) rowNow = folding.fold(rowNow, event as LoggedEvent<never>);
    if (revision >= first) {
      if (isOf(request, event) || isOf(undoing, event) || !meets(rule, event, parts)) continue;
      countInTheWay += 1;
      inTheWay.push(event);
      if (inTheWay.length > MAX_IN_THE_WAY) inTheWay.shift();
      continue;
    }
    rowBefore = rowNow;
    if (decider) before = evolve(decider as AnyDecider as never, before, event);
    for (const part of touchedBy(rule, event)) {
      if (!parts.has(part)) continue;
      if (!firstBefore.has(part)) firstBefore.set(part, event);
      lastBefore.set(part, event);
    }
  }
  return { before, rowBefore, rowNow, firstBefore, lastBefore, revision, inTheWay, countInTheWay };
}

/** The events of a stream, a page at a time. */
async function* eventsOf(stream: string, log: Reading['log']): AsyncGenerator<LoggedEvent> {
  for (let from = 0; ;) {
    const page = await log.eventsOf(stream, { from, limit: PAGE });
    yield* page;
    if (page.length < PAGE) return;
    from += page.length;
  }
}

/** Whether an event has changed one of these parts. */
function meets(rule: UndoRule, event: LoggedEvent, parts: ReadonlySet<string>): boolean {
  const others = touchedBy(rule, event);
  if (others.length === 0) return false;
  return parts.has(ALL_PARTS) || others.includes(ALL_PARTS) || others.some((part) => parts.has(part));
}

/** The parts that an event has changed; one that is not undone changes all. */
function touchedBy(rule: UndoRule, event: LoggedEvent): readonly string[] {
  const touches = rule.events[event.type] ?? ALL_PARTS;
  if (typeof touches === 'object' && 'instead' in touches) return touches.parts ?? [ALL_PARTS];
  return partsOf(touches, event);
}

function partsOf(touches: Exclude<Touches, { readonly instead: string }>, event: LoggedEvent): readonly string[] {
  if (typeof touches === 'function') return touches(event.data as never);
  return typeof touches === 'string' ? [touches] : touches;
}
