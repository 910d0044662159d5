import type { Extension } from '#api';
import {
  action,
  boolean,
  byReference,
  dateTime,
  defineModel,
  map,
  parameter,
  reference,
  shape,
  shaped,
  staticAction,
  text,
} from '#api';
import { MASK } from '#kernel';
import type { View } from '#read-store';
import { PingSubscription, SkipDeliveries } from './delivery.commands.ts';
import type { DeliveryCounts, KeptDeliveries } from './kept-deliveries.ts';
import { PUBLIC_KINDS, PUBLIC_EVENTS_VERSION } from './public-kinds.ts';
import type { CreateSubscription as Created } from './subscription.commands.ts';
import {
  ChangeSubscription,
  CreateSubscription,
  DeleteSubscription,
  RenewSigningKey,
} from './subscription.commands.ts';
import { subscriptions } from './subscriptions.ts';
import { MAX_PROXY, MAX_URL } from './targets.ts';

export const subscriptionFields = {
  name: text(40, { mode: 'RC', required: true }),
  description: text(200),
  url: text(MAX_URL, { required: true, doc: 'Where deliveries are sent; http or https.' }),
  kinds: text(80, {
    list: true,
    default: [],
    doc: 'Kinds of public events: foundation.built, foundation.*, *.deleted; * names all of them.',
  }),
  site: reference('Site/Site', { doc: 'Only what happens at this site, or at one within it.' }),
  blueprint: text(40, {
    doc: 'Only what happens to what is made from this blueprint, or from one that comes from it.',
  }),
  proxy: text(MAX_PROXY, { doc: 'URL of an HTTP proxy that deliveries go through.' }),
  expires: dateTime({ doc: 'When it ends; nothing: never.' }),
  headers: map({ default: {}, doc: 'Headers that are sent along, with their values, which are not shown again.' }),
  enabled: boolean({
    default: true,
    doc: 'While it is not, nothing is sent; all that happens meanwhile is sent later.',
  }),
  signing_key: text(undefined, { mode: 'RO', doc: 'Told in the answer to the creation alone.' }),
  old_key_until: dateTime({ mode: 'RO', doc: 'Until when deliveries are signed by the key before, too.' }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

const statusShape = shape.record({
  waiting: shape.count('Deliveries that wait.'),
  dead: shape.count('Deliveries that were given up and are kept.'),
  dropped: shape.count('Deliveries that were given up and are kept no longer.'),
  delivered: shape.count('Deliveries that were made.'),
  position: shape.count('How far the log was looked through for it.'),
  last_delivered: shape.textOrNull('When it last got one, ISO 8601.'),
  last_failed: shape.textOrNull('When one last failed, ISO 8601.'),
  last_error: shape.textOrNull('Why it failed.'),
});

const NONE: DeliveryCounts = {
  waiting: 0,
  dead: 0,
  dropped: 0,
  delivered: 0,
  position: 0n,
  lastDelivered: null,
  lastFailed: null,
  lastError: null,
};

/** Who is told of public events. */
export const subscriptionModel = (kept: Pick<KeptDeliveries, 'counts'>) =>
  defineModel({
    path: 'PostOffice/Subscription',
    doc: 'Who is told of which public events, over HTTP: signed, in their order about each object, once at least.',
    protocols: ['rest'],
    idField: 'name',
    fields: subscriptionFields,
    rows: subscriptions,
    sites: { index: 'site' },
    present: ({ token: _, key: __, oldKey: ___, begins: ____, oldKeyUntil, headers, ...row }, name) => ({
      ...row,
      name,
      headers: Object.fromEntries(headers.map(([header]) => [header, MASK])),
      signing_key: null,
      old_key_until: oldKeyUntil,
    }),
    create: (values) => new CreateSubscription(values),
    toldOnce: (command) => ({ signing_key: (command as Created).signingKey ?? null }),
    update: (name, values) => new ChangeSubscription(name, values),
    deletion: { command: (names) => new DeleteSubscription(names) },
    filters: { site: byReference('site', 'Site/Site') },
    actions: {
      renewKey: action({
        doc: 'Gives it a new signing key, which is the answer and is shown only now; the old one counts for another day.',
        parameters: {},
        returns: parameter.text(),
        permission: { grant: 'PostOffice.change_subscription' },
        command: (name) => new RenewSigningKey(name),
      }),
      ping: action({
        doc: 'Sends a test delivery of the kind `ping` now; answers with the status, or with why there is none.',
        parameters: {},
        returns: map(),
        permission: { grant: 'PostOffice.change_subscription' },
        command: (name) => new PingSubscription(name),
      }),
      skip: action({
        doc: 'Forgets what waits and what has happened up to now; the answer is how many deliveries waited.',
        parameters: {},
        returns: parameter.integer(),
        permission: { grant: 'PostOffice.change_subscription' },
        command: (name) => new SkipDeliveries(name),
      }),
      status: action({
        doc: 'How its deliveries stand.',
        parameters: {},
        returns: shaped(statusShape),
        permission: { grant: 'PostOffice.view_subscription' },
        query: async (name, _, { view }) => {
          const row = await view.get(subscriptions, name);
          const counts = (await kept.counts()).get(row?.token ?? '') ?? NONE;
          const { position, lastDelivered, lastFailed, lastError, ...numbers } = counts;
          return {
            ...numbers,
            position: Number(position),
            last_delivered: lastDelivered,
            last_failed: lastFailed,
            last_error: lastError,
          };
        },
      }),
      listKinds: staticAction({
        doc: 'The kinds of public events there are.',
        parameters: {},
        returns: map(),
        permission: { grant: 'PostOffice.view_subscription' },
        sites: 'none',
        query: async () => ({ version: PUBLIC_EVENTS_VERSION, kinds: PUBLIC_KINDS }),
      }),
    },
  });

const usedBy = async (view: View, where: Readonly<Record<string, string>>): Promise<string[]> =>
  (await view.keys(subscriptions, { where })).keys.map((name) => `Subscription ${name}`);

/** Subscriptions use the site and the blueprint they name. */
export const subscriptionExtensions: readonly Extension[] = [
  { model: 'Site/Site', users: (view, key) => usedBy(view, { site: String(key) }) },
  // All blueprints are deleted by one command, whichever of their models it is sent by.
  { model: 'BluePrint/FoundationBluePrint', users: (view, key) => usedBy(view, { blueprint: String(key) }) },
];
