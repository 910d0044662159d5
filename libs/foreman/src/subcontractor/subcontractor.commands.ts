import { CommandHandler } from '@nestjs/cqrs';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import type { ShownSubcontractor } from './subcontractor.ts';
import { subcontractor, subcontractorId } from './subcontractor.ts';

/** Notes that a subcontractor is there, and what it serves; what is known already is not noted again. */
export class NoteSubcontractor extends NamedCommand {
  constructor(readonly shown: ShownSubcontractor) {
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

@CommandHandler(NoteSubcontractor)
class NoteSubcontractorHandler extends UnitOfWorkHandler<NoteSubcontractor> {
  async decide(work: UnitOfWork, { shown }: NoteSubcontractor) {
    const id = subcontractorId(shown.site, shown.agent);
    await work.decide(subcontractor, id, { type: 'ShowSubcontractor', data: shown });
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
  NoteSubcontractorHandler,
  NoteSubcontractorGoneHandler,
  ForgetSubcontractorHandler,
];
