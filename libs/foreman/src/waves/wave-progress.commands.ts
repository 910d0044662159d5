import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import { Ids } from '#read-store';
import { job } from '../job.ts';
import { JobTargetRegistry } from '../job-target.ts';
import { makeWaveJob } from './wave-job.ts';
import type { Wave } from './wave.ts';
import { nextOf, wave } from './wave.ts';

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

@CommandHandler(AdvanceWave)
class AdvanceWaveHandler extends UnitOfWorkHandler<AdvanceWave> {
  constructor(
    @Inject(Ids) private readonly ids: Ids,
    @Inject(JobTargetRegistry) private readonly targets: JobTargetRegistry,
  ) {
    super();
  }

  async decide(work: UnitOfWork, { wave: id }: AdvanceWave, { now }: CommandContext) {
    const state = await work.load(wave, id);
    const next = state && nextOf(state);
    if (!state || next === undefined) return false;
    if (next === 'end') await work.decide(wave, id, { type: 'FinishWave', data: {} });
    else if (next === 'batch') await work.decide(wave, id, { type: 'BeginBatch', data: {} });
    else await this.#turn(work, id, state, { target: next.turn, now });
    return next !== 'end';
  }

  /** Makes the job of a target, in one append with the note that it has it; where that is refused, the target is skipped. */
  async #turn(
    work: UnitOfWork,
    id: number,
    state: Readonly<Wave>,
    { target, now }: { readonly target: string; readonly now: string },
  ): Promise<void> {
    const jobId = await this.ids.next('job');
    const fork = work.fork();
    const reason = await makeWaveJob(fork, this.targets.all, state, { target, id: jobId, now });
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

/** Handlers of what the foreman does of itself to keep waves going. */
export const waveProgressHandlers = [AdvanceWaveHandler, NoteWaveJobHandler];
