import { Inject } from '@nestjs/common';
import type { ICommandHandler } from '@nestjs/cqrs';
import { CommandHandler } from '@nestjs/cqrs';
import type { CommandResult } from '#event-store';
import { NamedCommand } from '#event-store';
import { BootTraces } from './boot-traces.ts';
import { readReport } from './read-report.ts';

/** A request in a report, as it came. */
export type ReportEntry = Readonly<Record<string, unknown>>;

/** Keeps what an agent has seen of machines that boot. It is no event: nothing follows from it. */
export class ReportBootRequests extends NamedCommand<null> {
  constructor(
    readonly site: string,
    readonly agent: string,
    readonly requests: readonly ReportEntry[],
  ) {
    super();
  }
}

@CommandHandler(ReportBootRequests)
class ReportBootRequestsHandler implements ICommandHandler<ReportBootRequests> {
  constructor(@Inject(BootTraces) private readonly traces: BootTraces) {}

  /** @throws Refusal where something in it is not what it should be */
  async execute({ site, agent, requests }: ReportBootRequests): Promise<CommandResult<null>> {
    await this.traces.report(site, agent, readReport(agent, requests));
    return { value: null, position: undefined };
  }
}

export const bootTraceHandlers = [ReportBootRequestsHandler];
