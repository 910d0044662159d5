import type { Meta, StoredEvent } from '#event-store';

/** What stands together in the log of what one request did, or of what that caused. */
export interface RequestPart {
  /** Id of the first request of the chain. */
  readonly request: string;
  /** Positions of the first and the last event. */
  readonly first: bigint;
  readonly last: bigint;
  readonly events: number;
  readonly actor: string;
  /** Name of the command; null where the log does not say. */
  readonly command: string | null;
  readonly reason: string | null;
  /** Whether events caused it, not the request itself. */
  readonly caused: boolean;
  /** ISO 8601 with microseconds. */
  readonly at: string;
}

/** What begins the metadata of events that agents caused by their reports, as it is written. */
const OF_AGENTS = '"actor":"agent ';

/** Commands by which agents that poll fetch tasks and report. */
const AGENT_COMMANDS: ReadonlySet<string | null> = new Set(['ClaimTask', 'ReportTask']);

/**
 * What events that follow each other in the log are parts of. Left out is what nobody asked for: the reports of agents,
 * and what the server does on its own, such as the steps of jobs.
 */
export function partsOf(events: readonly StoredEvent[]): RequestPart[] {
  const parts: RequestPart[] = [];
  let open: RequestPart | undefined;
  let wasNext = -1;
  for (const [n, { meta, position }] of events.entries()) {
    if (meta.includes(OF_AGENTS)) continue;
    const { actor, request, correlation, command = null, reason = null, at } = JSON.parse(meta) as Meta;
    if ((actor === 'system' && correlation === request) || AGENT_COMMANDS.has(command)) continue;
    const caused = correlation !== request;
    if (open && open.request === correlation && open.actor === actor && open.caused === caused && wasNext === n) {
      open = { ...open, last: position, events: open.events + 1 };
      parts[parts.length - 1] = open;
    } else {
      open = { request: correlation, first: position, last: position, events: 1, actor, command, reason, caused, at };
      parts.push(open);
    }
    wasNext = n + 1;
  }
  return parts;
}
