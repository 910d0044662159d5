import type { FactoryProvider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { ApiCatalogue, ApiModule } from '#api';
import { BuildingModule } from '#building';
import { contributeListeners, EventSourcingModule, Features } from '#event-sourcing';
import type { Clock, EventStore } from '#event-store';
import { CLOCK, CommandGateway, EVENT_STORE } from '#event-store';
import type { Logger } from '#kernel';
import { People } from '#people';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { DATABASE, LOGGER } from '#runtime';
import type { SettingsOf } from '#runtime/settings';
import { Secrets } from '#secrets';
import { networkList } from './address-rules.ts';
import { boxExtensions, boxModel, postModel } from './box.api.ts';
import { boxHandlers } from './box.commands.ts';
import { box } from './box.ts';
import { boxes } from './boxes.ts';
import { deliveryModel } from './delivery.api.ts';
import { deliveryHandlers } from './delivery.commands.ts';
import { DeliveryLedger } from './delivery-ledger.ts';
import { EventFactsReader } from './event-facts.ts';
import { GuardedRequests } from './guarded-request.ts';
import { KeptDeliveries } from './kept-deliveries.ts';
import { postHandlers } from './post.commands.ts';
import { post, posts } from './post.ts';
import { PostOffice } from './post-office.ts';
import { postOfficeUndos } from './post-office.undo.ts';
import { postOfficeSettings } from './post-office.settings.ts';
import { Receivers } from './receivers.ts';
import { subscriptionExtensions, subscriptionModel } from './subscription.api.ts';
import { subscriptionHandlers } from './subscription.commands.ts';
import { subscription } from './subscription.ts';
import { subscriptions } from './subscriptions.ts';

/** How long the first pause after a failure is, in milliseconds. */
const FIRST_PAUSE_MS = 1000;

const ledger: readonly FactoryProvider[] = [
  { provide: DeliveryLedger, inject: [DATABASE], useFactory: (pool: Pool) => new DeliveryLedger(pool) },
  { provide: KeptDeliveries, inject: [DATABASE], useFactory: (pool: Pool) => new KeptDeliveries(pool) },
];

const office: FactoryProvider = {
  provide: PostOffice,
  inject: [
    postOfficeSettings.KEY,
    EVENT_STORE,
    READ_STORE,
    DATABASE,
    DeliveryLedger,
    KeptDeliveries,
    ApiCatalogue,
    Secrets,
    People,
    CommandGateway,
    CLOCK,
    LOGGER,
    Features,
  ],
  useFactory: (
    settings: SettingsOf<typeof postOfficeSettings>,
    store: EventStore,
    reads: ReadStore,
    pool: Pool,
    deliveries: DeliveryLedger,
    kept: KeptDeliveries,
    catalogue: ApiCatalogue,
    secrets: Secrets,
    people: People,
    gateway: CommandGateway,
    clock: Clock,
    log: Logger,
    features: Features,
  ) => {
    const rules = { allow: networkList(settings.allow), forbid: networkList(settings.forbid) };
    return new PostOffice({
      store,
      upcasters: features.upcasters,
      reads,
      pool,
      ledger: deliveries,
      kept,
      facts: new EventFactsReader({ reads, catalogue: () => catalogue.whole }),
      receivers: new Receivers({ reads, secrets, now: () => clock.millis() }),
      requests: new GuardedRequests(rules, settings.timeout),
      people,
      gateway,
      clock,
      log,
      policy: {
        firstMs: FIRST_PAUSE_MS,
        maxMs: settings.maxPause,
        giveUpMs: settings.giveUp,
        maxConcurrent: settings.concurrency,
        maxWaiting: settings.maxWaiting,
      },
    });
  },
};

@Module({ providers: [...ledger], exports: [DeliveryLedger, KeptDeliveries] })
class DeliveryLedgerModule {}

/** Outsiders are told of what happens: boxes of clients of old, and subscriptions to public events. */
@Module({
  imports: [
    BuildingModule,
    DeliveryLedgerModule,
    EventSourcingModule.forFeature({
      deciders: [subscription, box, post],
      readModels: [subscriptions, boxes, posts],
      undo: postOfficeUndos,
    }),
    ApiModule.forFeatureAsync({
      imports: [DeliveryLedgerModule],
      inject: [KeptDeliveries],
      useFactory: (deliveries: KeptDeliveries) => ({
        // Signing keys are told in answers: these are not kept.
        namespaces: [{ name: 'PostOffice', position: 100, storesAnswers: false }],
        models: [
          postModel('Foundation'),
          postModel('Structure'),
          boxModel('Foundation'),
          boxModel('Structure'),
          subscriptionModel(deliveries),
          deliveryModel(deliveries),
        ],
        extensions: [...boxExtensions, ...subscriptionExtensions],
      }),
    }),
  ],
  providers: [
    office,
    contributeListeners(PostOffice, ({ followers }) => followers),
    ...subscriptionHandlers,
    ...boxHandlers,
    ...postHandlers,
    ...deliveryHandlers,
  ],
  exports: [office],
})
export class PostOfficeModule {}
