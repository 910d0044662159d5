import type { Clock, CommandGateway } from '#event-store';
import { CommandContext } from '#event-store';
import type { Reaction } from '#reactions';
import type { ReadStore } from '#read-store';
import { FreeDockerPorts, RemoveDockerPorts } from './docker-port.commands.ts';
import { dockerPorts } from './docker-ports.ts';

/** How long it waits for the read models to show an event, in milliseconds. */
const TIMEOUT_MS = 10_000;
/** So many ports of a complex are deleted in one append. */
const MAX_TOGETHER = 100;

export interface FreePortsContext {
  readonly reads: Pick<ReadStore, 'now'> & { readonly projector: Pick<ReadStore['projector'], 'caughtUp'> };
  readonly clock: Pick<Clock, 'now'>;
  readonly gateway: Pick<CommandGateway, 'execute'>;
}

/** Ports are free again when their foundation is deleted or carried by another complex, and go with their complex. */
export const freePorts = ({ reads, clock, gateway }: FreePortsContext): Reaction => ({
  kind: 'reaction',
  name: 'docker-ports.free-ports',
  categories: ['foundation', 'complex'],
  types: ['FoundationDeleted', 'FoundationCarrierChosen', 'ComplexDeleted'],
  from: 'start',
  onlyCommands: true,
  handle: async (events, { metadata, signal }) => {
    for (const event of events) {
      if (!(await reads.projector.caughtUp(event.position, TIMEOUT_MS))) throw new Error('the read models are late');
      const caused = metadata(event);
      // Each command has an id of its own, the same one when the event comes again.
      const contextFor = (what: string) =>
        new CommandContext({ metadata: { ...caused, request: `${caused.request}/${what}` }, now: clock.now() });
      const index = event.type === 'ComplexDeleted' ? 'complex' : 'foundation';
      const { rows } = await reads.now.list(dockerPorts, { where: { [index]: event.id } });
      if (index === 'complex') {
        const keys = rows.map(({ key }) => Number(key));
        for (let at = 0; at < keys.length; at += MAX_TOGETHER) {
          if (signal.aborted) return;
          const some = keys.slice(at, at + MAX_TOGETHER);
          await gateway.execute(new RemoveDockerPorts(some), contextFor(`ports/${some[0] ?? ''}`));
        }
        continue;
      }
      const carrier = event.type === 'FoundationDeleted' ? null : (event.data as { complex: string | null }).complex;
      for (const complex of new Set(rows.map(({ row }) => row.complex))) {
        if (signal.aborted) return;
        if (complex !== carrier) await gateway.execute(new FreeDockerPorts(complex, event.id), contextFor(complex));
      }
    }
  },
});
