import { randomUUID } from 'node:crypto';
import type { Clock, CommandGateway } from '#event-store';
import { CommandContext } from '#event-store';
import type { Logger } from '#kernel';
import { Refusal } from '#kernel';
import { FailJob } from './job.commands.ts';

/**
 * A fault in one job touches that job alone: it goes into error with a message, and the operator may reset it.
 * @throws what is no fault of the job
 */
export async function faultJob(
  { commands, clock, log }: { readonly commands: CommandGateway; readonly clock: Clock; readonly log: Logger },
  id: number,
  error: unknown,
): Promise<void> {
  const reference = randomUUID();
  log.error('a job could not be reconciled', error, { job: id, reference });
  const message = error instanceof Refusal ? error.message : `Internal fault, reference ${reference}`;
  await commands.execute(new FailJob(id, message), CommandContext.system(clock.now(), reference));
}
