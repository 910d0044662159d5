import type { Features } from '#event-sourcing';
import type { LoggedEvent } from '#event-store';
import type { CommandMetadata } from '#kernel';
import type { Reaction, Reconciler } from '#reactions';
import type { Recorded } from '#read-store';
import type { RunParts } from './preview-run.ts';
import { PreviewRun } from './preview-run.ts';

/** How often what reactions cause may cause more before it is cut. */
export const MAX_ROUNDS = 5;
/** How many events may follow before it is cut. */
export const MAX_FOLLOWING = 1000;

/** What would follow from what a preview has decided. */
export interface FollowUp {
  /** Its unit of work holds the events of the preview and those that would follow. */
  readonly run: PreviewRun;
  readonly events: readonly Recorded[];
  /** Whether there may be more. */
  readonly cut: boolean;
  /** Reactions that failed meanwhile, and why. */
  readonly failed: readonly { readonly name: string; readonly reason: string }[];
}

type Following = Reaction | Reconciler;

/** Runs the reactions and reconcilers that only read and send commands, until nothing follows any more. */
export async function followUp(
  decided: PreviewRun,
  { listeners }: Pick<Features, 'listeners'>,
  parts: RunParts,
  id: string,
): Promise<FollowUp> {
  const work = decided.work.fork();
  work.absorb(decided.work);
  const run = new PreviewRun(work, parts, decided.view);
  const all = listeners.filter(
    (one): one is Following => one.kind !== 'follower' && one.onlyCommands === true,
  );
  const failed = new Map<string, string>();
  const known = new Set(decided.events.map(nameOf));
  const events: Recorded[] = [];
  let fresh: readonly Recorded[] = decided.events;
  let cut = false;
  await run.within(async () => {
    for (let round = 0; fresh.length > 0; round += 1) {
      cut = round === MAX_ROUNDS || events.length > MAX_FOLLOWING;
      if (cut) return;
      for (const one of all) {
        await react(one, fresh, id).catch((error: unknown) => failed.set(one.name, String(error)));
      }
      fresh = run.events.filter((event) => !known.has(nameOf(event)));
      for (const event of fresh) known.add(nameOf(event));
      events.push(...fresh);
    }
  });
  const failures = [...failed].map(([name, reason]) => ({ name, reason }));
  return { run, events: events.slice(0, MAX_FOLLOWING), cut, failed: failures };
}

const nameOf = ({ stream, revision }: Recorded): string => `${stream} ${revision}`;

async function react(one: Following, events: readonly Recorded[], id: string): Promise<void> {
  const { signal } = new AbortController();
  const selection = one.kind === 'reaction' ? one : one.wakeOn;
  const its = events.filter(
    ({ stream, type }) =>
      selection?.categories.includes(stream.slice(0, stream.indexOf('-'))) === true &&
      (selection.types?.includes(type) ?? true),
  );
  if (its.length === 0) return;
  if (one.kind === 'reconciler') return one.reconcile(signal);
  const metadata = ({ stream, revision }: Recorded): CommandMetadata => ({
    actor: 'system',
    request: `${id}/${stream}/${revision}/${one.name}`,
    correlation: id,
  });
  // The read models of a preview show its events already, wherever the log is.
  const logged = its.map((event): LoggedEvent => ({ ...event, position: 0n, eventId: id, request: id, correlation: id }));
  return one.handle(logged, { signal, metadata });
}
