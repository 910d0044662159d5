import { blueprintsFrom } from '#blueprint';
import type { LoggedEvent, Position } from '#event-store';
import { jobLog } from '#foreman';
import { writeJson } from '#kernel';
import type { ReadStore } from '#read-store';
import { sitesWithin } from '#site';
import type { BoxKind } from './box.ts';
import { boxes, targetKey } from './boxes.ts';
import type { FeedConsumer } from './delivery-feed.ts';
import { deliveryOf } from './delivery-feed.ts';
import type { Post } from './post.ts';
import type { PublicEvent } from './public-event.ts';
import { categoryOf, publicKind } from './public-event.ts';
import { matchesKind } from './public-kinds.ts';
import { subscriberOfBox } from './receivers.ts';
import type { SubscriptionRow } from './subscriptions.ts';
import type { NewDelivery } from './waiting-delivery.ts';

/** Over how many sites, or blueprints, one subscription may be spread. */
const MAX_BELOW = 10_000;

/** How the ledger knows the one who makes posts. */
export const POSTS = 'posts';

/** Which public events a subscription is told of. */
export interface EventSelection {
  readonly kinds: readonly string[];
  /** Undefined: wherever it happens. */
  readonly sites: ReadonlySet<string> | undefined;
  readonly blueprints: ReadonlySet<string> | undefined;
}

/** What a subscription selects, with the sites and blueprints below those it names. */
export async function selectionOf(
  { kinds, site, blueprint }: Pick<SubscriptionRow, 'kinds' | 'site' | 'blueprint'>,
  { now }: Pick<ReadStore, 'now'>,
): Promise<EventSelection> {
  return {
    kinds,
    sites: site === null ? undefined : new Set(await sitesWithin(now, site, MAX_BELOW)),
    blueprints: blueprint === null ? undefined : new Set(await blueprintsFrom(now, blueprint, MAX_BELOW)),
  };
}

/** Whether an event is among those that are selected. */
export const selects = (
  { kinds, sites, blueprints }: EventSelection,
  { kind, site, blueprint }: Pick<PublicEvent, 'kind' | 'site' | 'blueprint'>,
): boolean =>
  kinds.some((pattern) => matchesKind(pattern, kind)) &&
  (sites === undefined || (site !== null && sites.has(site))) &&
  (blueprints === undefined || (blueprint !== null && blueprints.has(blueprint)));

/** A subscription, told of what it selects. */
export function subscriptionConsumer(
  { token: subscriber, begins }: Pick<SubscriptionRow, 'token' | 'begins'>,
  selection: EventSelection,
  capacity: () => number,
): FeedConsumer {
  return {
    subscriber,
    begins: BigInt(begins),
    capacity,
    wants: (event) => {
      const kind = publicKind(event);
      return kind !== undefined && selection.kinds.some((pattern) => matchesKind(pattern, kind));
    },
    deliveriesFor: async ({ trace }, told) => {
      const event = await told();
      return event && selects(selection, event) ? [deliveryOf(subscriber, event, trace)] : [];
    },
  };
}

/** By their categories: the events that posts are made of. */
const POSTED: Readonly<Record<string, string>> = {
  job: 'JobEnded',
  foundation: 'FoundationForced',
  structure: 'StructureForced',
};
export const POSTED_CATEGORIES = Object.keys(POSTED);

/** Makes posts of the ends of jobs and of states that are forced, where there is a box that is to get them. */
export function postsConsumer(options: {
  readonly reads: Pick<ReadStore, 'now' | 'at'>;
  readonly begins: Position;
  readonly capacity: () => number;
  /** Makes the post, the same one where it is made already. */
  readonly make: (post: Post, event: LoggedEvent) => Promise<void>;
}): FeedConsumer {
  const { reads, begins, capacity, make } = options;
  return {
    subscriber: POSTS,
    begins,
    capacity,
    wants: ({ stream, type }) => POSTED[categoryOf(stream)] === type,
    deliveriesFor: async (event) => {
      const post = await postOf(event, reads);
      if (!post) return [];
      const { kind, target, name } = post;
      const { rows } = await reads.now.list(boxes, { where: { target: targetKey(kind, target) } });
      const told = rows.filter(({ row }) => BigInt(row.begins) < event.position);
      if (told.length === 0) return [];
      await make(post, event);
      const body = writeJson({
        [kind.toLowerCase()]: kind === 'Structure' ? Number(target) : target,
        script: name,
        at: event.at,
      });
      return told.map(({ key }): NewDelivery => ({
        subscriber: subscriberOfBox(key),
        id: event.eventId,
        object: targetKey(kind, target),
        kind: 'post',
        body,
        trace: event.trace,
      }));
    },
  };
}

/** What boxes are told of an event; undefined: nothing. */
async function postOf(event: LoggedEvent, { now, at }: Pick<ReadStore, 'now' | 'at'>): Promise<Post | undefined> {
  const { stream, id, eventId: about, position } = event;
  const category = categoryOf(stream);
  if (category === 'job') {
    const row = (await now.get(jobLog, Number(id))) ?? (await at(position).get(jobLog, Number(id)));
    const kind = row?.targetClass;
    if (!row || (kind !== 'Foundation' && kind !== 'Structure')) return undefined;
    return { kind, target: row.targetId, name: row.script.slice(0, 40), about };
  }
  const { state } = event.data as { readonly state: string };
  if (state === 'located') return undefined;
  const kind: BoxKind = category === 'foundation' ? 'Foundation' : 'Structure';
  return { kind, target: id, name: state === 'planned' ? 'destroy' : 'create', about };
}
