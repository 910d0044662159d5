import { createHash } from 'node:crypto';
import type { Permission } from '#api';
import { currentVersion } from '#event-store';
import type { Precondition, Upcasters } from '#event-store';
import type { ServiceScope, UnitOfWork } from '#kernel';
import { parseStored, writeJson } from '#kernel';
import type { Key, ReadModel, View } from '#read-store';
import type { DecidedPreview } from './decide-preview.ts';

/** Events of one stream, on the revision they were decided on. */
export interface DecidedWrite {
  readonly stream: string;
  readonly expected: number;
  /** How many of them, the first ones, only close what is deleted. */
  readonly closing: number;
  readonly events: readonly { readonly type: string; readonly v: number; readonly data: unknown }[];
}

/** A row that a precondition has looked at, and since when it was as it was; null: it was not there. */
export interface LookedAt extends Pick<Precondition, 'rows' | 'model' | 'key'> {
  readonly since: string | null;
}

/** What a preview appends on its commit, and what it rests on. */
export interface Decided {
  /** When it was decided, ISO 8601; not there in what servers kept that did not note it. */
  readonly at?: string;
  /** The name its events are recorded under. */
  readonly command: string;
  readonly large: boolean;
  readonly writes: readonly DecidedWrite[];
  readonly checks: readonly { readonly stream: string; readonly revision: number }[];
  readonly rows: readonly LookedAt[];
  readonly permissions: readonly Permission[];
  /** Where the service works that has made it; null: a user. */
  readonly scope: ServiceScope | null;
  readonly deletions: readonly { readonly command: string; readonly keys: readonly Key[] }[];
}

/** What there is to be known of a preview to append it later. */
export async function decidedOf(
  work: UnitOfWork,
  { run, closing }: DecidedPreview,
  parts: { readonly upcasters: Upcasters; readonly models: readonly ReadModel[]; readonly base: View },
): Promise<Omit<Decided, 'permissions' | 'scope'>> {
  const { commands, deletions } = run;
  return {
    at: run.by.at,
    command: commands.size === 1 ? [...commands][0]! : 'CommandBatch',
    large: run.isLarge,
    writes: work.written().map(({ stream, expected, events }) => ({
      stream,
      expected,
      closing: closing.get(stream) ?? 0,
      events: events.map(({ type, data }) => ({ type, v: currentVersion(parts.upcasters, type), data })),
    })),
    checks: work.read(),
    rows: await lookedAt(run.preconditions, parts),
    deletions: deletions.map(({ command }) => ({
      command: command.commandName,
      keys: (command as unknown as { readonly keys: readonly Key[] }).keys,
    })),
  };
}

/** Since when rows are as they are. */
export async function lookedAt(
  rows: readonly Pick<LookedAt, 'rows' | 'model' | 'key'>[],
  { models, base }: { readonly models: readonly ReadModel[]; readonly base: View },
): Promise<readonly LookedAt[]> {
  const found = new Map<string, LookedAt>();
  for (const { rows: name, model, key } of rows) {
    const table = models.find((one) => one.name === name);
    if (!table) continue;
    const held = (await base.cached(table, [key])).get(key);
    found.set(`${name} ${key}`, { rows: name, model, key, since: held === undefined ? null : String(held.since) });
  }
  return [...found.values()];
}

/** As it is kept: JSON text. */
export const decidedText = (decided: Decided): string => writeJson(decided);

export const readDecided = (text: string): Decided => parseStored(text) as Decided;

/** What tells a preview from any other: of its events, and of all it rests on. */
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What a preview does of itself: its events behind those that only close what is deleted, or these alone. */
export const partOf = ({ stream, expected, closing, events }: DecidedWrite, part: 'closing' | 'rest') =>
  part === 'closing'
    ? { stream, expected, events: events.slice(0, closing) }
    : { stream, expected: expected + closing, events: events.slice(closing) };
