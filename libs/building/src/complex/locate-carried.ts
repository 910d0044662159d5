import type { Clock, CommandGateway, EventStore } from '#event-store';
import { CommandContext } from '#event-store';
import type { Reconciler } from '#reactions';
import type { ReadStore } from '#read-store';
import { foundations } from '../foundations.ts';
import { complexes, complexState } from './complexes.ts';
import { LocateCarried } from './locate-carried.commands.ts';

/** How often it is looked even though nothing has happened. */
const EVERY_MS = 60_000;
/** The shortest time between two looks: one takes 4 ms of the database for 10,000 foundations. */
const MIN_PAUSE_MS = 250;
/** How long it waits for the read models to show what has happened. */
const TIMEOUT_MS = 10_000;

/** What locating works with. */
export interface LocateCarriedContext {
  readonly store: Pick<EventStore, 'head'>;
  readonly reads: Pick<ReadStore, 'now'> & { readonly projector: Pick<ReadStore['projector'], 'caughtUp'> };
  readonly clock: Pick<Clock, 'now'>;
  readonly gateway: Pick<CommandGateway, 'execute'>;
}

/**
 * Planned foundations become located when the complex that carries them is built, without a job: whenever something
 * happens that may have made it so, and from time to time.
 */
export const locateCarried = ({ store, reads, clock, gateway }: LocateCarriedContext): Reconciler => ({
  kind: 'reconciler',
  name: 'building.locate-carried',
  everyMs: EVERY_MS,
  minPauseMs: MIN_PAUSE_MS,
  onlyCommands: true,
  wakeOn: {
    categories: ['complex', 'structure', 'foundation'],
    types: [
      'ComplexMembersChanged',
      'ComplexThresholdSet',
      'ComplexHostChosen',
      'ComplexDefined',
      'ComplexRestored',
      'StructureBuilt',
      'StructureDestroyed',
      'StructureForced',
      'StructureReleased',
      'StructureRestored',
      'FoundationDefined',
      'FoundationCarrierChosen',
      'FoundationBluePrintChosen',
      'FoundationIdentified',
      'FoundationReleased',
      'FoundationDestroyed',
      'FoundationForced',
      'FoundationVacated',
      'FoundationRestored',
    ],
  },
  reconcile: async (signal) => {
    if (!(await reads.projector.caughtUp(await store.head(), TIMEOUT_MS))) throw new Error('the read models are late');
    if ((await reads.now.keys(complexes, { count: 1 })).total === 0) return;
    const failures: unknown[] = [];
    for (const { values } of await reads.now.tally(foundations, { by: ['awaiting'] })) {
      const name = values[0];
      if (name == null) continue;
      const planned = { where: { awaiting: name } };
      const row = await reads.now.get(complexes, name);
      if (!row || (await complexState(reads.now, row)) !== 'built') continue;
      for (const locator of (await reads.now.keys(foundations, planned)).keys) {
        if (signal.aborted) return;
        try {
          await gateway.execute(new LocateCarried(String(locator)), CommandContext.system(clock.now()));
        } catch (error) {
          // One that fails keeps no other from being located.
          failures.push(error);
        }
      }
    }
    if (failures.length > 0) throw failures[0];
  },
});
