import type { CommandOf, EventOf, SecretReference } from '#kernel';
import { entity } from '#kernel';

/** Who is told of which public events, and how. */
export interface Subscription {
  /** By which the ledger of deliveries knows it: one that is made again under its name is another one. */
  readonly token: string;
  description: string;
  url: string;
  /** Patterns of kinds. */
  kinds: readonly string[];
  /** Only what happens at this site or one within it. */
  site: string | null;
  /** Only what happens to what is made from this blueprint or one that comes from it. */
  blueprint: string | null;
  proxy: string | null;
  /** ISO 8601; null: it never ends. */
  expires: string | null;
  /** Headers that are sent along; their values are secrets. */
  headers: readonly (readonly [name: string, value: SecretReference])[];
  enabled: boolean;
  /** The signing key. */
  key: SecretReference;
  /** The one before, and until when deliveries are signed by it too (ISO 8601). */
  oldKey: SecretReference | null;
  oldKeyUntil: string | null;
}

export const subscription = entity<Subscription>()({
  noun: 'Subscription',
  category: 'subscription',
  restored: false,
  changes: {
    SubscriptionTokenGiven: 'token',
    SubscriptionDescribed: 'description',
    SubscriptionUrlChosen: 'url',
    SubscriptionSelectionChosen: ['kinds', 'site', 'blueprint'],
    SubscriptionProxyChosen: 'proxy',
    SubscriptionExpiryChosen: 'expires',
    SubscriptionHeadersChosen: 'headers',
    SubscriptionSwitched: 'enabled',
    SubscriptionKeyRenewed: ['key', 'oldKey', 'oldKeyUntil'],
  },
});

export type SubscriptionCommand = CommandOf<typeof subscription>;
export type SubscriptionEvent = EventOf<typeof subscription>;
