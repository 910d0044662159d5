import type { Fault } from '#kernel';
import type { Clock, CommandGateway, CommandResult, NamedCommand, Precondition } from '#event-store';
import { CommandBatch, CommandContext } from '#event-store';
import type { Key } from '#read-store';
import { ANONYMOUS } from './caller.ts';
import type { Model } from './model.ts';
import type { Request } from './request.ts';

/** Who carries commands out, and when. */
export interface CommandTarget {
  readonly clock: Clock;
  readonly commands: Pick<CommandGateway, 'execute'>;
}

/** What a command is sent with besides the request. */
export interface Sending {
  readonly faults?: readonly Fault[];
  readonly lastFaults?: readonly Fault[];
  readonly preconditions?: readonly Precondition[];
}

/** Sends one command in the name of the caller, with what the request says of itself. */
export function sendCommand<R>(
  { commands, clock }: CommandTarget,
  command: NamedCommand<R>,
  { caller, id, idempotencyKey, reason }: Request,
  sending: Sending = {},
): Promise<CommandResult<R>> {
  const context = new CommandContext({
    metadata: {
      actor: caller.principal?.name ?? ANONYMOUS,
      ...(caller.principal?.token ? { token: caller.principal.token.name } : {}),
      request: id,
      correlation: id,
      ...(reason === undefined ? {} : { reason }),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    },
    caller,
    now: clock.now(),
    ...sending,
  });
  return commands.execute(command, context);
}

/** Sends commands as one: all are carried out, or none. */
export async function sendCommands(
  target: CommandTarget,
  commands: readonly NamedCommand<unknown>[],
  request: Request,
  sending: Sending = {},
): Promise<CommandResult<readonly unknown[]>> {
  if (commands.length !== 1) return sendCommand(target, new CommandBatch(commands), request, sending);
  const result = await sendCommand(target, commands[0]!, request, sending);
  return { ...result, value: [result.value] };
}

/** The row a precondition is about. */
export const rowOf = ({ path, rows }: Model, key: Key): Pick<Precondition, 'rows' | 'model' | 'key'> => ({
  rows: rows?.name ?? '',
  model: path,
  key,
});

/** What the request expects of the objects. */
export const unchanged = (model: Model, keys: readonly Key[], { unchangedSince }: Request): Precondition[] =>
  unchangedSince === undefined
    ? []
    : keys.map((key) => ({ ...rowOf(model, key), unchangedSince, otherwise: 'precondition-failed' }));
