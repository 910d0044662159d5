import { blueprintsFrom } from '#blueprint';
import type { LoggedEvent, Position } from '#event-store';
import { writeJson } from '#kernel';
import type { ReadStore } from '#read-store';
import { sitesWithin } from '#site';
import { targetKey } from './boxes.ts';
import type { FeedConsumer } from './delivery-feed.ts';
import { deliveryOf } from './delivery-feed.ts';
import type { Post } from './post.ts';
import type { PublicEvent } from './public-event.ts';
import { publicKind } from './public-event.ts';
import { matchesKind } from './kind-patterns.ts';
import { subscriberOfBox } from './receivers.ts';
import type { SubscriptionRow } from './subscriptions.ts';
import { isPosted, toldBoxes } from './told-boxes.ts';
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
    wants: isPosted,
    deliveriesFor: async (event) => {
      const found = await toldBoxes(event, reads);
      const told = found?.boxes.filter(({ row }) => BigInt(row.begins) < event.position) ?? [];
      if (!found || told.length === 0) return [];
      await make(found.post, event);
      const { kind, target, name } = found.post;
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
