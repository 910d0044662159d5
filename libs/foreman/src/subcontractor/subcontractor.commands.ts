import { CommandHandler } from '@nestjs/cqrs';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import type { ShownSubcontractor } from './subcontractor.ts';
import { subcontractor, subcontractorId } from './subcontractor.ts';

/** Notes that subcontractors are there, and what they serve; what is known already is not noted again. */
export class NoteSubcontractors extends NamedCommand {
  constructor(readonly shown: readonly ShownSubcontractor[]) {
    super();
  }
}

/** Notes that a subcontractor is gone. */
export class NoteSubcontractorGone extends NamedCommand {
  constructor(
    readonly id: string,
    readonly lastSeen: string,
  ) {
    super();
  }
}

/** Forgets a subcontractor that has been gone for long. */
export class ForgetSubcontractor extends NamedCommand {
  constructor(readonly id: string) {
    super();
  }
}

@CommandHandler(NoteSubcontractors)
class NoteSubcontractorsHandler extends UnitOfWorkHandler<NoteSubcontractors> {
  async decide(work: UnitOfWork, { shown }: NoteSubcontractors) {
    for (const one of shown) {
      await work.decide(subcontractor, subcontractorId(one.site, one.agent), { type: 'ShowSubcontractor', data: one });
    }
  }
}

@CommandHandler(NoteSubcontractorGone)
class NoteSubcontractorGoneHandler extends UnitOfWorkHandler<NoteSubcontractorGone> {
  async decide(work: UnitOfWork, { id, lastSeen }: NoteSubcontractorGone) {
    await work.decide(subcontractor, id, { type: 'LoseSubcontractor', data: { lastSeen } });
  }
}

@CommandHandler(ForgetSubcontractor)
class ForgetSubcontractorHandler extends UnitOfWorkHandler<ForgetSubcontractor> {
  async decide(work: UnitOfWork, { id }: ForgetSubcontractor) {
    await work.decide(subcontractor, id, { type: 'ForgetSubcontractor', data: {} });
  }
}

export const subcontractorHandlers = [
  NoteSubcontractorsHandler,
  NoteSubcontractorGoneHandler,
  ForgetSubcontractorHandler,
];
