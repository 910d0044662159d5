import { DeleteFoundation, DeleteStructure, foundations, structures } from '#building';
import type { Clock, CommandGateway, EventStore } from '#event-store';
import { AppendRefused, CommandContext } from '#event-store';
import { Refusal } from '#kernel';
import type { Reconciler } from '#reactions';
import type { Key, ReadStore } from '#read-store';
import { NoteMachines } from './deprovision.commands.ts';
import type { TargetMachine, KeptMachine } from './deprovision.ts';
import { deprovisions } from './deprovisions.ts';

/** How often it is looked even though nothing has happened. */
const EVERY_MS = 60_000;
/** The shortest time between two looks. */
const MIN_PAUSE_MS = 250;
/** How long it waits for the read models to show what has happened. */
const TIMEOUT_MS = 10_000;
/** How many machines are deleted together. */
const BATCH = 50;

/** What removing machines works with. */
export interface RemoveMachinesContext {
  readonly store: Pick<EventStore, 'head'>;
  readonly reads: Pick<ReadStore, 'now'> & { readonly projector: Pick<ReadStore['projector'], 'caughtUp'> };
  readonly clock: Pick<Clock, 'now'>;
  readonly gateway: Pick<CommandGateway, 'execute'>;
}

interface Looked {
  /** Those that are destroyed: they can be deleted. */
  readonly ready: readonly TargetMachine[];
  readonly kept: readonly KeptMachine[];
}

/**
 * Deletes machines that are to go once the jobs that destroy them are done. One whose job was cancelled stays, and so does
 * one that may not be deleted after all; why is noted.
 */
export const removeMachines = (context: RemoveMachinesContext): Reconciler => ({
  kind: 'reconciler',
  name: 'provision.remove-machines',
  everyMs: EVERY_MS,
  minPauseMs: MIN_PAUSE_MS,
  onlyCommands: true,
  wakeOn: {
    categories: ['deprovision', 'structure', 'foundation'],
    types: ['DeprovisionBegun', 'StructureReleased', 'StructureForced', 'FoundationReleased', 'FoundationForced'],
  },
  reconcile: async (signal) => {
    const { store, reads } = context;
    if (!(await reads.projector.caughtUp(await store.head(), TIMEOUT_MS))) throw new Error('the read models are late');
    const open = await reads.now.list(deprovisions, { where: { open: 'yes' } });
    for (const { key, row } of open.rows) {
      for (let at = 0; at < row.open.length && !signal.aborted; at += BATCH) {
        await removeSome(context, key, row.open.slice(at, at + BATCH), row.creator);
      }
    }
  },
});

async function removeSome(
  context: RemoveMachinesContext,
  key: Key,
  machines: readonly TargetMachine[],
  creator: string,
) {
  const { ready, kept } = await look(context, machines);
  const refused = await deleteAll(context, ready, creator);
  const stays = new Set(refused.map(({ structure }) => structure));
  const removed = ready.map(({ structure }) => structure).filter((id) => !stays.has(id));
  if (removed.length + kept.length + refused.length === 0) return;
  const note = new NoteMachines(key, removed, [...kept, ...refused]);
  await context.gateway.execute(note, CommandContext.system(context.clock.now()));
}

async function look({ reads: { now } }: RemoveMachinesContext, machines: readonly TargetMachine[]): Promise<Looked> {
  const its = await now.many(
    structures,
    machines.map(({ structure }) => structure),
  );
  const below = await now.many(
    foundations,
    machines.map(({ foundation }) => foundation),
  );
  const ready: TargetMachine[] = [];
  const kept: KeptMachine[] = [];
  for (const machine of machines) {
    const { structure } = machine;
    const [on, under] = [its.get(structure), below.get(machine.foundation)];
    if (on?.job || under?.job) continue;
    if (on?.builtAt != null || under?.builtAt != null) {
      kept.push({ structure, reason: 'it is built, and no job destroys it any more' });
    } else if (under?.structure != null && under.structure !== structure) {
      kept.push({ structure, reason: `structure ${under.structure} stands on its foundation` });
    } else ready.push(machine);
  }
  return { ready, kept };
}

/** Deletes machines, together where that goes. @returns those that may not be deleted, and why */
async function deleteAll(
  context: RemoveMachinesContext,
  machines: readonly TargetMachine[],
  creator: string,
): Promise<KeptMachine[]> {
  if (machines.length === 0) return [];
  const { gateway, clock, reads } = context;
  const asked = () => CommandContext.system(clock.now(), undefined, creator);
  try {
    const its = await reads.now.many(
      structures,
      machines.map(({ structure }) => structure),
    );
    if (its.size > 0) await gateway.execute(new DeleteStructure([...its.keys()]), asked());
    const below = await reads.now.many(
      foundations,
      machines.map(({ foundation }) => foundation),
    );
    if (below.size > 0) await gateway.execute(new DeleteFoundation([...below.keys()]), asked());
    return [];
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof AppendRefused)) throw error;
    if (machines.length === 1) return [{ structure: machines[0]?.structure ?? 0, reason: error.message }];
    // One that may not go, or what goes with all of them, is too much: each by itself.
    const kept: KeptMachine[] = [];
    for (const machine of machines) kept.push(...(await deleteAll(context, [machine], creator)));
    if (kept.length === 0 || kept.length === machines.length) return kept;
    // What those had that are gone was in the way of others.
    const stays = new Set(kept.map(({ structure }) => structure));
    return deleteAll(
      context,
      machines.filter(({ structure }) => stays.has(structure)),
      creator,
    );
  }
}
