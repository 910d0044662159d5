import type { Outcome } from './outcome.ts';
import type { Program } from './program.ts';
import { type Answer, type Answers, type Prompter, type Rehearsal, type TraceEntry, perform } from './rehearse.ts';
import { sameJson } from './json.ts';

/** A run that was noted: what it was given, and what it did outside of itself. */
export interface Recorded {
  readonly variables?: Answers['variables'];
  readonly trace: readonly TraceEntry[];
}

/** The first place where a script does not do what a noted run did. */
export interface Divergence {
  /** The line of the changed script; null when it ended too early. */
  readonly line: number | null;
  /** What the noted run did there; null when it did nothing more. */
  readonly recorded: TraceEntry | null;
  /** What the changed script does, in words. */
  readonly found: string;
}

/** What a replay led to. */
export interface Replay {
  readonly divergence: Divergence | null;
  readonly rehearsal: Rehearsal;
}

/** Runs a script with the answers of a noted run until it does something else. */
export function replay(program: Program, recorded: Recorded): Replay {
  const following: Following = { trace: recorded.trace, at: 0, divergence: null };
  const rehearsal = perform(program, follower(following), recorded.variables);
  const rest = skipReads(following);
  if (following.divergence === null && rest !== null) {
    following.divergence = { line: null, recorded: rest, found: 'the script ended' };
  }
  return { divergence: following.divergence, rehearsal };
}

interface Following {
  readonly trace: readonly TraceEntry[];
  at: number;
  divergence: Divergence | null;
}

/** The next entry that is not a read: a script may read what it likes as long as it is known. */
function skipReads(following: Following): TraceEntry | null {
  while (following.trace[following.at]?.kind === 'read') following.at += 1;
  return following.trace[following.at] ?? null;
}

/** Takes the next entry when it is the one that is found, and notes the divergence when it is not. */
function follow(
  following: Following,
  line: number,
  found: string,
  same: (entry: TraceEntry) => boolean,
): TraceEntry | null {
  if (following.divergence !== null) return null;
  const entry = skipReads(following);
  if (entry !== null && same(entry)) {
    following.at += 1;
    return entry;
  }
  following.divergence = { line, recorded: entry, found };
  return null;
}

function follower(following: Following): Prompter {
  return {
    answer(name, parameters, line): Answer | undefined {
      const found = `the script calls ${name} with ${JSON.stringify(parameters)}`;
      const entry = follow(following, line, found, (next) => {
        return next.kind === 'call' && next.name === name && sameJson(next.parameters, parameters);
      });
      return entry?.kind === 'call' ? (entry.answer ?? undefined) : undefined;
    },
    has: (name) => following.trace.some((entry) => valueOf(entry, name)),
    read: (name) => {
      const before = following.trace.slice(0, following.at).findLast((entry) => valueOf(entry, name));
      const ahead = following.trace.slice(following.at).find((entry) => entry.kind !== 'read' || entry.name === name);
      const entry = ahead?.kind === 'read' ? ahead : (before ?? following.trace.find((next) => valueOf(next, name)));
      return entry?.kind === 'read' || entry?.kind === 'write' ? entry.value : null;
    },
    wrote(name, value, line) {
      const found = `the script sets ${name} to ${JSON.stringify(value)}`;
      follow(
        following,
        line,
        found,
        (next) => next.kind === 'write' && next.name === name && sameJson(next.value, value),
      );
    },
    stopped(outcome: Outcome, line) {
      const message = 'message' in outcome ? outcome.message : '';
      const found = `the script stops (${outcome.kind}): ${message}`;
      follow(following, line, found, (next) => {
        return (
          next.kind === 'stop' && next.outcome === outcome.kind && unnumbered(next.message) === unnumbered(message)
        );
      });
    },
  };
}

function valueOf(entry: TraceEntry, name: string): boolean {
  return (entry.kind === 'read' || entry.kind === 'write') && entry.name === name;
}

/** A message without line numbers, which a change of the script moves. */
function unnumbered(message: string): string {
  return message.replace(/\bline "?\d+"?/g, 'line');
}
