import type { EventStore, Meta, Position, StoredEvent } from './event-store.ts';

type Log = Pick<EventStore, 'head' | 'readAll' | 'readsFromAnywhere'>;

/** A place in the log, and when its event was recorded. */
interface Mark {
  readonly position: Position;
  readonly at: string;
}

const BEGINNING: Mark = { position: 0n, at: '' };

/** Places a walk through a log has come by, one for every page, so that the next walk begins near its end. */
const marks = new WeakMap<Log, Mark[]>();

/** How many events behind the place that was found are looked at, for those that stand the other way round. */
const NEARBY = 200;

/**
 * The position of the last event that was recorded at a time or before it; 0 where there is none. Positions follow the
 * order of commits and times nearly so: clocks follow each other (`followTimes`), but events that several writers made at
 * the same moment may stand the other way round. So an event is found by its own time, be others before it later.
 * @param time as a clock writes it: ISO 8601 with microseconds, in UTC
 */
export const positionAt = (log: Log, time: string): Promise<Position> =>
  log.readsFromAnywhere ? halved(log, time).then((found) => nearby(log, found, time)) : walked(log, time);

/** The last one of those right behind a place that are not later, or the place itself. */
async function nearby(log: Log, found: Position, time: string): Promise<Position> {
  const { events } = await log.readAll(found, { limit: NEARBY });
  return events.findLast((event) => timeOf(event) <= time)?.position ?? found;
}

/** Halves what is left of the log until only one event can be meant. */
async function halved(log: Log, time: string): Promise<Position> {
  // What stands up to `low` is not later, what stands behind `high` is.
  let low = 0n;
  let high = await log.head();
  while (low < high) {
    const middle = (low + high) / 2n;
    const [next] = (await log.readAll(middle, { limit: 1 })).events;
    if (next && timeOf(next) <= time) low = next.position;
    else high = middle;
  }
  return low;
}

/** Reads on from the last place that is known not to be later. */
async function walked(log: Log, time: string): Promise<Position> {
  const known = marks.get(log) ?? [BEGINNING];
  marks.set(log, known);
  let from = known.findLast(({ at }) => at <= time) ?? BEGINNING;
  for (;;) {
    const { events, end } = await log.readAll(from.position);
    const later = events.findIndex((event) => timeOf(event) > time);
    if (later >= 0) return nearby(log, events[later - 1]?.position ?? from.position, time);
    if (end === from.position) return end;
    const last = events.at(-1);
    from = { position: end, at: last ? timeOf(last) : from.at };
    if (from.position > (known.at(-1)?.position ?? 0n)) known.push(from);
  }
}

const timeOf = ({ meta }: StoredEvent): string => (JSON.parse(meta) as Meta).at;
