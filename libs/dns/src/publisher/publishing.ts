import { setTimeout as sleep } from 'node:timers/promises';
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
/** A run that begins sooner after the one before follows it: something changed while that one went on. In milliseconds. */
const FOLLOWING_MS = 10;
/** After so many runs that follow each other there is a rest before each. */
const MAX_FOLLOWING = 3;
/** The longest rest after a run, in milliseconds; otherwise it is as long as the run. */
const MAX_REST_MS = 5000;

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
  let ended = -FOLLOWING_MS;
  let tookMs = 0;
  let following = 0;
  return {
    kind: 'reconciler',
    name: 'dns.publish-zones',
    everyMs: EVERY_MS,
    wakeOn: { categories: CATEGORIES },
    reconcile: async (signal) => {
      if (signal === term && (await store.head()) === published && !publisher.isDue) return;
      // Where it goes on and on, publishing takes half of the time, and the changes of the other half are published together.
      following = performance.now() - ended < FOLLOWING_MS ? following + 1 : 0;
      if (following >= MAX_FOLLOWING) {
        await sleep(tookMs, undefined, { signal, ref: false }).catch(() => undefined);
        signal.throwIfAborted();
      }
      const begun = performance.now();
      const zones = await source.zones();
      await publisher.publish(zones, signal);
      ended = performance.now();
      tookMs = Math.min(MAX_REST_MS, ended - begun);
      term = signal;
      published = zones.position;
    },
  };
}
