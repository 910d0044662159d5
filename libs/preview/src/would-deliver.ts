import type { Catalogue } from '#api';
import type { JsonMap } from '#kernel';
import {
  boxes,
  boxModelOf,
  EventFactsReader,
  isActive,
  isPosted,
  publicKind,
  selectionOf,
  selects,
  subscriptions,
  toldBoxes,
} from '#post-office';
import type { Recorded, View } from '#read-store';

/** How many subscriptions are looked at, and how many events. */
const MAX_SUBSCRIPTIONS = 100;
const MAX_TOLD = 200;

interface Views {
  /** The read models without the events. */
  readonly base: View;
  /** The same with them. */
  readonly view: View;
  readonly catalogue: Catalogue;
  /** ISO 8601. */
  readonly now: string;
}

/** Which subscribers and boxes would be told of events, event by event; `cut`: whether there are events behind them. */
export async function wouldDeliver(
  events: readonly Recorded[],
  views: Views,
): Promise<{ readonly deliveries: readonly JsonMap[]; readonly cut: boolean }> {
  const toSubscribers = await subscribersTold(views);
  const deliveries: JsonMap[] = [];
  for (const event of events.slice(0, MAX_TOLD)) {
    deliveries.push(...(await toSubscribers(event)), ...(await boxesTold(event, views)));
  }
  return { deliveries, cut: events.length > MAX_TOLD };
}

/** Tells which subscribers would be told of an event. */
async function subscribersTold({ base, view, catalogue, now }: Views) {
  const { rows } = await view.list(subscriptions, { count: MAX_SUBSCRIPTIONS });
  const active = rows.filter(({ row }) => isActive(row, now));
  const selections = await Promise.all(active.map(({ row }) => selectionOf(row, { now: view })));
  const facts = new EventFactsReader({ reads: { now: view, at: () => base }, catalogue: () => catalogue });
  return async (event: Recorded): Promise<readonly JsonMap[]> => {
    const kind = publicKind(event);
    if (kind === undefined || active.length === 0) return [];
    const { object, site, blueprint } = await facts.of({ ...event, request: '', eventId: '', correlation: '' });
    return selections.flatMap((selection, n) =>
      selects(selection, { kind, site, blueprint })
        ? [{ subscription: active[n]!.key, kind, object: { ...object } }]
        : [],
    );
  };
}

/**
 * The boxes that would be told of an event: those that are there already, and have not expired. Of a job that would be made
 * they are told when it ends.
 */
async function boxesTold(event: Recorded, { base, view, now }: Views): Promise<readonly JsonMap[]> {
  const isJob = event.type === 'JobCreated';
  const told =
    isJob || isPosted(event) ? await toldBoxes({ ...event, eventId: '' }, { now: view, at: () => base }) : undefined;
  if (!told) return [];
  const { kind, target, name: script } = told.post;
  const before = await base.many(
    boxes,
    told.boxes.map(({ key }) => key),
  );
  return told.boxes
    .filter(({ key, row }) => before.has(key) && isActive({ enabled: true, expires: row.expires }, now))
    .map(({ key }) => ({
      box: { model: boxModelOf(kind), id: key },
      kind: 'post',
      script,
      object: { model: `Building/${kind}`, id: kind === 'Structure' ? Number(target) : target },
      when_job_ends: isJob ? Number(event.id) : null,
    }));
}
