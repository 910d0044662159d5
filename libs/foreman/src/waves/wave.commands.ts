import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { NewValues } from '#api';
import { CreateCommand, DeleteCommand, deleteUnreferencedHandler } from '#api';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { Key } from '#read-store';
import { Ids, READ_STORE } from '#read-store';
import type { ReadStore } from '#read-store';
import { cancelJob } from '../cancel-job.ts';
import { job } from '../job.ts';
import { JobTargetRegistry } from '../job-target.ts';
import type { waveFields } from './wave.api.ts';
import { makeWaveJob } from './wave-job.ts';
import { newWave } from './wave-targets.ts';
import { wave } from './wave.ts';

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

/** What would become of one target of a wave. */
interface PreviewedTarget {
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
    const data = await newWave(work, values, { kinds: this.targets.all, view: this.reads.now, creator });
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

  async decide(work: UnitOfWork, { values }: PreviewWave, { metadata: { actor: creator }, now }: CommandContext) {
    const data = await newWave(work, values, { kinds: this.targets.all, view: this.reads.now, creator });
    const found: PreviewedTarget[] = [];
    for (const [n, target] of data.targets.entries()) {
      const problem = (await makeWaveJob(work.fork(), this.targets.all, data, { target, id: 0, now })) ?? null;
      found.push({ target, batch: Math.floor(n / data.batchSize) + 1, problem });
    }
    return { total: found.length, batches: found.at(-1)?.batch ?? 0, targets: found };
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

/** Handlers of what users ask of waves. */
export const waveHandlers = [
  CreateWaveHandler,
  PreviewWaveHandler,
  PauseWaveHandler,
  ResumeWaveHandler,
  CancelWaveHandler,
  deleteUnreferencedHandler(DeleteWave, 'Foreman/Wave', (work, key) =>
    work.decide(wave, key, { type: 'DeleteWave', data: {} }),
  ),
];
