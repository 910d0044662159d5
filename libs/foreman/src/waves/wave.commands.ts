import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { NewValues } from '#api';
import { CreateCommand, DeleteCommand, deleteUnreferencedHandler } from '#api';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import { Refusal, refuse } from '#kernel';
import type { Key } from '#read-store';
import { Ids, READ_STORE } from '#read-store';
import type { ReadStore } from '#read-store';
import { cancelJob } from '../cancel-job.ts';
import { createJob } from '../create-job.ts';
import { job } from '../job.ts';
import { JobTargetRegistry, targetOf } from '../job-target.ts';
import type { waveFields } from './wave.api.ts';
import type { NewWave, Wave } from './wave.ts';
import { nextOf, wave } from './wave.ts';
import { batchSizeOf, checkWave, targetsOf } from './wave-targets.ts';

export class CreateWave extends CreateCommand<NewValues<typeof waveFields>, number> {}
export class DeleteWave extends DeleteCommand {}

/** Something that is wanted of one wave. */
abstract class WaveAction extends NamedCommand {
  readonly wave: number;

  constructor(key: Key) {
    super();
    this.wave = Number(key);
  }
}

export class PauseWave extends WaveAction {
  constructor(
    key: Key,
    /** Why; by default: who has paused it. */
    readonly reason?: string,
  ) {
    super(key);
  }
}
export class ResumeWave extends WaveAction {}
/** Ends a wave: no more jobs are made, those that have not begun are cancelled, and those that have go on. */
export class CancelWave extends WaveAction {}

/** Does what a wave does next; results in whether there is more to be done at once. */
export class AdvanceWave extends NamedCommand<boolean> {
  constructor(readonly wave: number) {
    super();
  }
}

/** Looks what became of a job of a wave. */
export class NoteWaveJob extends NamedCommand {
  constructor(
    readonly wave: number,
    readonly job: number,
  ) {
    super();
  }
}

/** What would become of one target of a wave. */
export interface PreviewedTarget {
  readonly target: string;
  readonly batch: number;
  /** Why it would be skipped now; null: it would get its job. */
  readonly problem: string | null;
}

interface WavePreview {
  readonly total: number;
  readonly batches: number;
  readonly targets: readonly PreviewedTarget[];
}

/** Changes nothing; results in who would be in a wave. */
export class PreviewWave extends NamedCommand<WavePreview> {
  constructor(readonly values: NewValues<typeof waveFields>) {
    super();
  }
}

/** The wave that is asked for. @throws Refusal with what is wrong with it */
async function wanted(
  work: UnitOfWork,
  values: NewValues<typeof waveFields>,
  {
    targets,
    reads,
    creator,
  }: { readonly targets: JobTargetRegistry; readonly reads: ReadStore; readonly creator: string },
): Promise<NewWave> {
  checkWave(work, values, targets.all);
  work.throwIfFaulted();
  const { description, kind, script_name: script, max_failures: maxFailures } = values;
  const ids = await targetsOf(reads.now, targetOf(targets.all, { kind }), values);
  return { description, kind, script, targets: ids, batchSize: batchSizeOf(values, ids.length), maxFailures, creator };
}

@CommandHandler(CreateWave)
class CreateWaveHandler extends UnitOfWorkHandler<CreateWave> {
  constructor(
    @Inject(Ids) private readonly ids: Ids,
    @Inject(JobTargetRegistry) private readonly targets: JobTargetRegistry,
    @Inject(READ_STORE) private readonly reads: ReadStore,
  ) {
    super();
  }

  async decide(work: UnitOfWork, { values }: CreateWave, { metadata: { actor: creator } }: CommandContext) {
    const data = await wanted(work, values, { targets: this.targets, reads: this.reads, creator });
    const id = await this.ids.next('wave');
    await work.decide(wave, id, { type: 'CreateWave', data });
    return id;
  }
}

@CommandHandler(PreviewWave)
class PreviewWaveHandler extends UnitOfWorkHandler<PreviewWave> {
  constructor(
    @Inject(JobTargetRegistry) private readonly targets: JobTargetRegistry,
    @Inject(READ_STORE) private readonly reads: ReadStore,
  ) {
    super();
  }

  async decide(work: UnitOfWork, { values }: PreviewWave, { metadata: { actor: creator } }: CommandContext) {
    const data = await wanted(work, values, { targets: this.targets, reads: this.reads, creator });
    const found: PreviewedTarget[] = [];
    for (const [n, target] of data.targets.entries()) {
      const problem = (await whyNot(work.fork(), this.targets, data, { target, id: 0 })) ?? null;
      found.push({ target, batch: Math.floor(n / data.batchSize) + 1, problem });
    }
    return { total: found.length, batches: found.at(-1)?.batch ?? 0, targets: found };
  }
}

/** Makes the job of a target. @returns why it cannot be made, where it cannot */
async function whyNot(
  work: UnitOfWork,
  targets: JobTargetRegistry,
  { kind, script, creator }: NewWave,
  { target, id }: { readonly target: string; readonly id: number },
): Promise<string | undefined> {
  try {
    await createJob(work, targetOf(targets.all, { kind }), { target, script, creator, id });
    work.throwIfFaulted();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

@CommandHandler(AdvanceWave)
class AdvanceWaveHandler extends UnitOfWorkHandler<AdvanceWave> {
  constructor(
    @Inject(Ids) private readonly ids: Ids,
    @Inject(JobTargetRegistry) private readonly targets: JobTargetRegistry,
  ) {
    super();
  }

  async decide(work: UnitOfWork, { wave: id }: AdvanceWave) {
    const state = await work.load(wave, id);
    const next = state && nextOf(state);
    if (!state || next === undefined) return false;
    if (next === 'end') await work.decide(wave, id, { type: 'FinishWave', data: {} });
    else if (next === 'batch') await work.decide(wave, id, { type: 'BeginBatch', data: {} });
    else await this.#turn(work, id, state, next.turn);
    return next !== 'end';
  }

  /** Makes the job of a target, in one append with the note that it has it; where that is refused, the target is skipped. */
  async #turn(work: UnitOfWork, id: number, state: Readonly<Wave>, target: string): Promise<void> {
    const jobId = await this.ids.next('job');
    const fork = work.fork();
    const reason = await whyNot(fork, this.targets, state, { target, id: jobId });
    if (reason === undefined) {
      work.absorb(fork);
      await work.decide(wave, id, { type: 'AddJob', data: { target, job: jobId } });
    } else await work.decide(wave, id, { type: 'SkipTarget', data: { target, reason } });
  }
}

@CommandHandler(NoteWaveJob)
class NoteWaveJobHandler extends UnitOfWorkHandler<NoteWaveJob> {
  async decide(work: UnitOfWork, { wave: id, job: one }: NoteWaveJob) {
    const state = await work.load(job, one);
    if (!state || !(await work.load(wave, id))) return;
    const { stage, canceled, message } = state;
    const data = { job: one };
    if (stage === 'ended' && !canceled) await work.decide(wave, id, { type: 'NoteDone', data });
    else if (stage === 'ended') {
      await work.decide(wave, id, {
        type: 'NoteFailed',
        data: { ...data, reason: 'its job was cancelled', over: true },
      });
    } else if (stage === 'error' || stage === 'aborted') {
      const reason = stage === 'error' ? `its job is in error: ${message}` : `its job was aborted: ${message}`;
      await work.decide(wave, id, { type: 'NoteFailed', data: { ...data, reason, over: false } });
    } else await work.decide(wave, id, { type: 'NoteRunning', data });
  }
}

@CommandHandler(PauseWave)
class PauseWaveHandler extends UnitOfWorkHandler<PauseWave> {
  async decide(work: UnitOfWork, { wave: id, reason }: PauseWave, { metadata: { actor } }: CommandContext) {
    await work.decide(wave, id, { type: 'PauseWave', data: { reason: reason ?? `paused by ${actor}` } });
  }
}

@CommandHandler(ResumeWave)
class ResumeWaveHandler extends UnitOfWorkHandler<ResumeWave> {
  async decide(work: UnitOfWork, { wave: id }: ResumeWave) {
    await work.decide(wave, id, { type: 'ResumeWave', data: {} });
  }
}

@CommandHandler(CancelWave)
class CancelWaveHandler extends UnitOfWorkHandler<CancelWave> {
  constructor(@Inject(JobTargetRegistry) private readonly targets: JobTargetRegistry) {
    super();
  }

  async decide(work: UnitOfWork, { wave: id }: CancelWave, { metadata: { actor: by } }: CommandContext) {
    const state = await work.load(wave, id);
    if (!state) throw refuse('', 'NOT_FOUND', 'Wave does not exist');
    const open = Object.keys(state.jobs).map(Number);
    await work.decide(wave, id, { type: 'CancelWave', data: { by } });
    work.throwIfFaulted();
    for (const one of open) {
      if ((await work.load(job, one))?.stage === 'waiting') await cancelJob(work, this.targets.all, { id: one, by });
    }
  }
}

export const waveHandlers = [
  CreateWaveHandler,
  PreviewWaveHandler,
  AdvanceWaveHandler,
  NoteWaveJobHandler,
  PauseWaveHandler,
  ResumeWaveHandler,
  CancelWaveHandler,
  deleteUnreferencedHandler(DeleteWave, 'Foreman/Wave', (work, key) =>
    work.decide(wave, key, { type: 'DeleteWave', data: {} }),
  ),
];
