import type { Clock, CommandGateway, NamedCommand } from '#event-store';
import { CommandContext } from '#event-store';
import type { ReadStore } from '#read-store';
import type { AgentAtSite } from '#wire';
import { EVERY_SITE } from '#wire';
import { ForgetSubcontractor, NoteSubcontractors, NoteSubcontractorGone } from './subcontractor.commands.ts';
import type { PresenceRecord } from './subcontractor-presence.ts';
import { subcontractors } from './subcontractors.ts';

/** How long the read models are waited for, in milliseconds. */
const SHOWN_MS = 60_000;

/** The agents on the wire that are recorded to be there. */
export async function recordedOnWire(reads: ReadStore): Promise<readonly AgentAtSite[]> {
  const { rows } = await reads.now.list(subcontractors, { where: { present: 'yes' } });
  return rows
    .filter(({ row }) => row.transport === 'wire')
    .map(({ row: { site, agent, modules } }) => ({
      site: site ?? EVERY_SITE,
      agent,
      modules: Object.fromEntries(Object.entries(modules).map(([module, limit]) => [module, limit ?? 1])),
    }));
}

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
    show: (shown) => execute(new NoteSubcontractors(shown)),
    lose: (id, lastSeen) => execute(new NoteSubcontractorGone(id, lastSeen)),
    forget: (id) => execute(new ForgetSubcontractor(id)),
  };
}
