import type { EntityRow } from '#read-store';
import { entityRows, rule } from '#read-store';
import type { Subscription } from './subscription.ts';
import { subscription } from './subscription.ts';

/** A subscription, and where in the log it begins: it is told of what comes behind that. */
export type SubscriptionRow = EntityRow<Subscription> & { readonly begins: string };

/** Subscriptions by name. */
export const subscriptions = entityRows<Subscription, SubscriptionRow>(subscription, {
  name: 'subscriptions',
  version: 1,
  key: 'text',
  indexes: { site: ({ site }) => site, blueprint: ({ blueprint }) => blueprint },
  on: {
    SubscriptionDefined: rule<SubscriptionRow, Subscription>((_, { data, at, position }) => ({
      ...data,
      begins: String(position),
      created: at,
      updated: at,
    })),
  },
});

/** Whether it is told of anything at a moment (ISO 8601). */
export const isActive = ({ enabled, expires }: Pick<Subscription, 'enabled' | 'expires'>, now: string): boolean =>
  enabled && (expires === null || Date.parse(expires) > Date.parse(now));
