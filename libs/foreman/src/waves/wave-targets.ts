import type { JsonMap, UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { View } from '#read-store';
import type { JobTarget, JobTargets } from '../job-target.ts';
import { targetOf } from '../job-target.ts';
import type { NewWave } from './wave.ts';

/** How many targets one wave may have. */
export const MAX_TARGETS = 5000;
/** How many targets one batch may have. */
export const MAX_BATCH = 500;

/** What is asked for. */
export interface WantedWave {
  readonly description: string;
  readonly kind: string;
  readonly script_name: string;
  readonly targets: readonly string[];
  readonly selection: JsonMap | null;
  readonly batch_size: number | null;
  readonly batch_percent: number | null;
  readonly max_failures: number;
}

/** Notes what is wrong with a wave, whoever its targets are. */
function checkWave(work: UnitOfWork, wanted: WantedWave, kinds: JobTargets): void {
  const { kind, script_name: script, targets, selection, batch_size: size, batch_percent: percent } = wanted;
  const own = kinds.get(kind);
  if (!own) work.fault('kind', 'INVALID_CHOICE', `jobs work on ${[...kinds.keys()].join(', ')}`);
  if (script === 'create' || script === 'destroy' || script === '') {
    work.fault('script_name', 'INVALID_VALUE', 'a wave runs a utility script, not create or destroy');
  }
  const listed = targets.length > 0;
  if (listed === (selection !== null && Object.keys(selection).length > 0)) {
    work.fault('targets', 'REQUIRED', 'the targets of a wave are listed, or selected');
  } else if (!listed && own && !own.select) {
    work.fault('selection', 'INVALID_VALUE', `a ${kind.toLowerCase()} cannot be selected: list them`);
  }
  if ((size === null) === (percent === null)) {
    work.fault('batch_size', 'REQUIRED', 'the size of a batch is a number, or a percentage of the targets');
  }
  if (size !== null && (size < 1 || size > MAX_BATCH)) {
    work.fault('batch_size', 'RANGE', `must be between 1 and ${MAX_BATCH}`);
  }
  if (percent !== null && (percent < 1 || percent > 100))
    work.fault('batch_percent', 'RANGE', 'must be between 1 and 100');
  if (wanted.max_failures < 1 || wanted.max_failures > MAX_TARGETS) {
    work.fault('max_failures', 'RANGE', `must be between 1 and ${MAX_TARGETS}`);
  }
}

/** The ids of the targets that are listed or selected, each once. @throws Refusal where there are none, or too many */
async function targetsOf(view: View, kind: JobTarget, { targets, selection }: WantedWave): Promise<readonly string[]> {
  const found = targets.length > 0 ? targets : await kind.select?.(view, selection ?? {}, MAX_TARGETS + 1);
  const ids = [...new Set(found)];
  if (ids.length === 0) throw refuse('selection', 'EMPTY', 'nothing is selected');
  if (ids.length > MAX_TARGETS) throw refuse('targets', 'TOO_MANY', `a wave has at most ${MAX_TARGETS} targets`);
  return ids;
}

/** How many targets are in a batch: as many as is said, or that part of all, at least one. */
const batchSizeOf = ({ batch_size: size, batch_percent: percent }: WantedWave, total: number): number =>
  size ?? Math.min(MAX_BATCH, Math.max(1, Math.ceil((total * (percent ?? 100)) / 100)));

/** The wave that is asked for, with its targets as they are selected now. @throws Refusal with what is wrong with it */
export async function newWave(
  work: UnitOfWork,
  wanted: WantedWave,
  { kinds, view, creator }: { readonly kinds: JobTargets; readonly view: View; readonly creator: string },
): Promise<NewWave> {
  checkWave(work, wanted, kinds);
  work.throwIfFaulted();
  const { description, kind, script_name: script, max_failures: maxFailures } = wanted;
  const targets = await targetsOf(view, targetOf(kinds, { kind }), wanted);
  return { description, kind, script, targets, batchSize: batchSizeOf(wanted, targets.length), maxFailures, creator };
}
