import type { Logger } from '#kernel';
import type { EventStore } from '#event-store';
import type { Reconciler } from '#reactions';
import type { ReadStore } from '#read-store';
import type { SettingsOf } from '#runtime/settings';
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
/** How long it waits for the read models to show what has happened. */
const TIMEOUT_MS = 10_000;

/** The streams whose events change what zones say. */
export const ZONE_CATEGORIES: readonly string[] = [
  'zone',
  'entry',
  'site',
  'structure',
  'networked',
  'foundation',
  'realInterface',
  'addressBlock',
  'address',
  'network',
  'networkAddressBlock',
];

export interface PublishingOptions {
  readonly settings: SettingsOf<typeof bindSettings>;
  readonly source: ZoneSource;
  readonly ledger: PublicationLedger;
  readonly store: Pick<EventStore, 'head'>;
  readonly reads: { readonly projector: Pick<ReadStore['projector'], 'caughtUp'> };
  readonly log: Logger;
  readonly lookMs?: number;
}

/** Publishes the zones as they change; undefined where no directory for them is set. */
export function publishZones(options: PublishingOptions): Reconciler | undefined {
  const { settings, source, ledger, store, reads, log, lookMs } = options;
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
    wakeOn: { categories: ZONE_CATEGORIES },
    reconcile: async (signal) => {
      const head = await store.head();
      if (signal === term && head === published && !publisher.isDue) return;
      if (!(await reads.projector.caughtUp(head, TIMEOUT_MS))) throw new Error('the read models are late');
      const zones = await source.zones();
      await publisher.publish(zones, signal);
      term = signal;
      published = head;
    },
  };
}
