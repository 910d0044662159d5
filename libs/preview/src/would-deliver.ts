import type { Catalogue } from '#api';
import type { JsonMap } from '#kernel';
import { EventFactsReader, isActive, publicKind, selectionOf, selects, subscriptions } from '#post-office';
import type { Recorded, View } from '#read-store';

/** How many subscriptions are looked at, and how many events. */
const MAX_SUBSCRIPTIONS = 100;
const MAX_TOLD = 200;

/**
 * Which subscribers would be told of events.
 * @param base the read models without them
 * @param view the same with them
 */
export async function wouldDeliver(
  events: readonly Recorded[],
  { base, view, catalogue, now }: { base: View; view: View; catalogue: Catalogue; now: string },
): Promise<readonly JsonMap[]> {
  const { rows } = await view.list(subscriptions, { count: MAX_SUBSCRIPTIONS });
  const active = rows.filter(({ row }) => isActive(row, now));
  if (active.length === 0) return [];
  const selections = await Promise.all(active.map(({ row }) => selectionOf(row, { now: view })));
  const facts = new EventFactsReader({ reads: { now: view, at: () => base }, catalogue: () => catalogue });
  const deliveries: JsonMap[] = [];
  for (const event of events.slice(0, MAX_TOLD)) {
    const kind = publicKind(event);
    if (kind === undefined) continue;
    const { object, site, blueprint } = await facts.of({ ...event, request: '', eventId: '', correlation: '' });
    for (const [n, selection] of selections.entries()) {
      if (!selects(selection, { kind, site, blueprint })) continue;
      deliveries.push({ subscription: active[n]!.key, kind, object: { ...object } });
    }
  }
  return deliveries;
}
