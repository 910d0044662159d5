import type { Clock, CommandGateway, NamedCommand } from '#event-store';
import { CommandContext } from '#event-store';
import type { ReadStore } from '#read-store';
import { ForgetSubcontractor, NoteSubcontractor, NoteSubcontractorGone } from './subcontractor.commands.ts';
import type { PresenceRecord } from './subcontractor-presence.ts';
import { subcontractors } from './subcontractors.ts';

/** How long the read models are waited for, in milliseconds. */
const SHOWN_MS = 60_000;

/** Presence as the log has it. */
export function recordedPresence(
  commands: Pick<CommandGateway, 'execute'>,
  reads: ReadStore,
  clock: Pick<Clock, 'now'>,
): PresenceRecord {
  const execute = async (command: NamedCommand): Promise<void> => {
    const { position } = await commands.execute(command, CommandContext.system(clock.now()));
    if (position !== undefined) await reads.projector.caughtUp(position, SHOWN_MS);
  };
  return {
    async all() {
      const { rows } = await reads.now.list(subcontractors);
      return new Map(
        rows.map(({ key, row: { site, agent, transport, modules, present, since } }) => [
          String(key),
          { shown: { site, agent, transport, modules }, present, since },
        ]),
      );
    },
    show: (shown) => execute(new NoteSubcontractor(shown)),
    lose: (id, lastSeen) => execute(new NoteSubcontractorGone(id, lastSeen)),
    forget: (id) => execute(new ForgetSubcontractor(id)),
  };
}
