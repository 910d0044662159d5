import type { Logger } from '#kernel';
import type { EventStore } from '#event-store';
import type { Reconciler } from '#reactions';
import type { SettingsOf } from '#runtime/settings';
import { CATEGORIES } from '../fact-sources.ts';
import type { ZoneSource } from '../zone-source.ts';
import type { bindSettings } from './bind.settings.ts';
import { BindServer } from './bind-server.ts';
import type { PublicationLedger } from './publication-ledger.ts';
import { ZoneFiles } from './zone-files.ts';
import { ZonePublisher } from './zone-publisher.ts';

/** How often it is looked whether something is to be tried again, in milliseconds. */
const EVERY_MS = 1000;
/** The shortest time between two runs, in milliseconds: many changes at once are published together. */
const MIN_PAUSE_MS = 50;

export interface PublishingOptions {
  readonly settings: SettingsOf<typeof bindSettings>;
  readonly source: ZoneSource;
  readonly ledger: PublicationLedger;
  readonly store: Pick<EventStore, 'head'>;
  readonly log: Logger;
  readonly lookMs?: number;
}

/** Publishes the zones as they change; undefined where no directory for them is set. */
export function publishZones(options: PublishingOptions): Reconciler | undefined {
  const { settings, source, ledger, store, log, lookMs } = options;
  const { directory, server, rndcPort, rndcKey, secondaries, transferKeys: keys } = settings;
  if (directory === undefined) return undefined;
  const publisher = new ZonePublisher({
    ledger,
    files: new ZoneFiles(directory),
    server: server && new BindServer({ server, rndcPort, rndcKey }),
    transfers: { secondaries, keys },
    log,
    ...(lookMs === undefined ? {} : { lookMs }),
  });
  let term: AbortSignal | undefined;
  let published = -1n;
  return {
    kind: 'reconciler',
    name: 'dns.publish-zones',
    everyMs: EVERY_MS,
    minPauseMs: MIN_PAUSE_MS,
    wakeOn: { categories: CATEGORIES },
    reconcile: async (signal) => {
      const head = await store.head();
      if (signal === term && head === published && !publisher.isDue) return;
      await publisher.publish(await source.zones(), signal);
      term = signal;
      published = head;
    },
  };
}
